// Real processes that log and end in every way: nothing that they were told is stored may be missing.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { startPostgres } from '../../../test/support/postgres.js'
import { openStore, type Store } from '../store/index.js'
import { openTracker } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-track-process-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Program {
  readonly child: ChildProcess
  /** What it printed so far. */
  lines(): string[]
  /** Resolves when it printed this, or so many lines. */
  printed(what: string | number): Promise<void>
  readonly ended: Promise<{
    readonly code: number | null
    readonly signal: string | null
    readonly errors: string
  }>
}

/** A program that uses the built package, as a user's would. */
function start(store: string, code: string): Program {
  const built = new URL('../../../dist/operate/track/index.js', import.meta.url).href
  const program = `import { openTracker } from '${built}'
const tracker = await openTracker({ store: ${JSON.stringify(store)}, artifacts: ${JSON.stringify(join(folder, 'artifacts'))} })
${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  const waiting = new Set<() => void>()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    for (const look of waiting) look()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const lines = (): string[] => output.split('\n').slice(0, -1)
  const ended = new Promise<Awaited<Program['ended']>>((resolve) =>
    child.on('close', (exit, signal) => resolve({ code: exit, signal, errors })),
  )
  return {
    child,
    lines,
    ended,
    printed: (what) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (typeof what === 'number' ? lines().length < what : !lines().includes(what)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        void ended.then(({ errors: said }) =>
          reject(new Error(`It ended before it printed ${what}: ${said}`)),
        )
      }),
  }
}

const steps = async (store: Store, runId: string, key = 'loss'): Promise<Set<number>> =>
  new Set((await store.logging.history(runId, key, { limit: 100_000 })).map(({ step }) => step))

const endless = `
const run = await tracker.start({ environment: false })
console.log(run.id)
for (let step = 0; ; step += 3) {
  await Promise.all([0, 1, 2].map(async (i) => {
    if (await run.logMetric('loss', 1, { step: step + i })) console.log(String(step + i))
  }))
}`

onBothStores('a process that logs', (home) => {
  test('killed at any moment: all that it was told is there, and the run is KILLED at once', async () => {
    const url = await home.newUrl()
    await using store = await openStore(url)
    // Later each time, so that it dies in the middle of different things.
    for (const lines of [2, 50, 301]) {
      const program = start(url, endless)
      await program.printed(lines)
      program.child.kill('SIGKILL')
      expect(await program.ended).toMatchObject({ signal: 'SIGKILL' })
      const [runId = '', ...acknowledged] = program.lines()
      const stored = await steps(store, runId)
      expect(acknowledged.filter((step) => !stored.has(Number(step)))).toEqual([])
      expect((await store.runs.get(runId)).status).toBe('RUNNING')
      await using tracker = await openTracker({ store: url, artifacts: join(folder, 'artifacts') })
      expect(await tracker.sweep()).toEqual([runId])
      expect(await tracker.sweep()).toEqual([])
      expect(await store.runs.get(runId)).toMatchObject({ status: 'KILLED' })
    }
  })

  test('a living process is left alone, however silent', async () => {
    const url = await home.newUrl()
    const program = start(
      url,
      `const run = await tracker.start(); console.log(run.id); setInterval(() => {}, 1000)`,
    )
    await program.printed(1)
    await using tracker = await openTracker({ store: url, artifacts: join(folder, 'artifacts') })
    expect(await tracker.sweep()).toEqual([])
    program.child.kill('SIGKILL')
    await program.ended
    expect(await tracker.sweep()).toEqual(program.lines())
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: what waits is written, the run is KILLED, the signal ends it',
    async (signal) => {
      const url = await home.newUrl()
      const program = start(
        url,
        `const run = await tracker.start({ environment: false })
       run.onEvent({ type: 'step-end', step: 7, epoch: 0, loss: 1, learningRate: 1, stepsPerSecond: 1, secondsLeft: 0 })
       console.log(run.id)
       setInterval(() => {}, 1000)`,
      )
      await program.printed(1)
      program.child.kill(signal)
      expect(await program.ended).toMatchObject({ signal })
      await using store = await openStore(url)
      const run = await store.runs.get(program.lines()[0]!)
      expect(run).toMatchObject({ status: 'KILLED' })
      expect(run.tags['modelwright.error']).toContain(signal)
      expect(await steps(store, run.runId)).toEqual(new Set([7]))
    },
  )

  test('a program with a handler of its own keeps it', async () => {
    const url = await home.newUrl()
    const program = start(
      url,
      `const run = await tracker.start({ environment: false })
       process.on('SIGTERM', async () => { await run.end(); await tracker.close(); process.exit(7) })
       console.log(run.id)
       setInterval(() => {}, 1000)`,
    )
    await program.printed(1)
    program.child.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 7 })
    await using store = await openStore(url)
    expect(await store.runs.get(program.lines()[0]!)).toMatchObject({ status: 'FINISHED' })
  })

  test('one that forgets to end its run is FINISHED when nothing is left to do, with what waited', async () => {
    const url = await home.newUrl()
    const program = start(
      url,
      `const run = await tracker.start({ environment: false })
       console.log(run.id)
       void run.logMetric('loss', 1, { step: 1 })
       run.onEvent({ type: 'epoch-end', epoch: 0, trainLoss: 1, validation: undefined, seconds: 1 })`,
    )
    expect(await program.ended).toMatchObject({ code: 0, errors: '' })
    await using store = await openStore(url)
    const runId = program.lines()[0]!
    expect(await store.runs.get(runId)).toMatchObject({ status: 'FINISHED' })
    expect(await steps(store, runId)).toEqual(new Set([1]))
    expect(await steps(store, runId, 'train_loss')).toEqual(new Set([0]))
  })

  // What TypeScript makes of `await using`: the block is left, then the error goes on.
  const leaving = (error: string): string => `
const run = await tracker.start({ environment: false })
const early = await tracker.start({ environment: false })
console.log(run.id)
console.log(early.id)
await early[Symbol.asyncDispose]()
await new Promise((resolve) => setTimeout(resolve, 50))
try {
  try { await run.log({ loss: 1 }); ${error} } finally { await run[Symbol.asyncDispose]() }
} finally { await tracker[Symbol.asyncDispose]() }`

  test('an error that leaves the block and ends the process makes the run FAILED, and no other', async () => {
    const url = await home.newUrl()
    const program = start(url, leaving(`throw new Error('diverged')`))
    const end = await program.ended
    expect(end.code).toBe(1)
    expect(end.errors).toContain('diverged')
    await using store = await openStore(url)
    const [failed, finished] = program.lines()
    const run = await store.runs.get(failed!)
    expect(run).toMatchObject({ status: 'FAILED' })
    expect(run.tags['modelwright.error']).toBe('diverged')
    expect((await store.runs.get(finished!)).status).toBe('FINISHED')
  })

  test('processes that log into one store at once, while another reads', async () => {
    const url = await home.newUrl()
    const code = `const run = await tracker.start({ environment: false, experiment: 'together' })
console.log(run.id)
for (let step = 0; step < 300; step++) await run.log({ loss: step, other: 1 }, { step })
await run.end()
await tracker.close()`
    const programs = Array.from({ length: 3 }, () => start(url, code))
    await using store = await openStore(url)
    await Promise.all(programs.map((program) => program.printed(1)))
    const ids = programs.map((program) => program.lines()[0]!)
    let running = true
    const reading = (async () => {
      let reads = 0
      while (running) {
        for (const id of ids) expect((await store.runs.get(id)).runId).toBe(id)
        await new Promise((resolve) => setTimeout(resolve, 1))
        reads++
      }
      return reads
    })()
    const ends = await Promise.all(programs.map((program) => program.ended))
    running = false
    expect(await reading).toBeGreaterThan(0)
    expect(ends.map(({ code: exit, errors }) => `${exit}${errors}`)).toEqual(['0', '0', '0'])
    for (const id of ids) {
      expect((await steps(store, id)).size).toBe(300)
      expect(await store.runs.get(id)).toMatchObject({ status: 'FINISHED' })
    }
    expect(
      new Set(await Promise.all(ids.map(async (id) => (await store.runs.get(id)).experimentId))).size,
    ).toBe(1)
  })
})

test('Postgres that is away for a while: training goes on, and what waited is stored when it is back', async () => {
  const server = await startPostgres()
  if ('missing' in server) throw new Error(server.missing)
  await using postgres = server
  const url = await postgres.newDatabase()
  const warnings: string[] = []
  await using tracker = await openTracker({
    store: url,
    artifacts: join(folder, 'artifacts'),
    onWarning: ({ message }) => warnings.push(message),
  })
  const run = await tracker.start({ environment: false })
  expect(await run.logMetric('loss', 0, { step: 0 })).toBe(true)
  await postgres.stop()
  const waiting = Array.from({ length: 20 }, (_, i) => run.logMetric('loss', 1, { step: i + 1 }))
  await new Promise((resolve) => setTimeout(resolve, 300))
  await postgres.start()
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]))
  await run.end()
  await using store = await openStore(url)
  expect((await steps(store, run.id)).size).toBe(21)
  expect((await store.runs.get(run.id)).status).toBe('FINISHED')
  expect(warnings).toEqual([])
})
