import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { cacheFolder, root } from '../../scripts/paths.mjs'
import { run } from '../../scripts/run.mjs'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-scripts-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('exclusively', () => {
  const lock = `test-${process.pid}`
  const log = join(folder, 'log')
  // Each worker writes its number, waits, and writes it again: undisturbed, equal numbers stand in pairs.
  const worker = (number: number) => `
    import { appendFileSync } from 'node:fs'
    import { exclusively } from ${JSON.stringify(join(root, 'scripts/exclusively.mjs'))}
    await exclusively('${lock}', async () => {
      appendFileSync(${JSON.stringify(log)}, '${number}')
      await new Promise((resolve) => setTimeout(resolve, 50))
      appendFileSync(${JSON.stringify(log)}, '${number}')
    })`
  const runWorkers = (numbers: readonly number[]) =>
    Promise.all(numbers.map((number) => run(process.execPath, ['--input-type=module', '-e', worker(number)])))

  it('lets one process work at a time, also after one died with the lock in hand', async () => {
    const held = join(cacheFolder, `${lock}.lock`)
    mkdirSync(held, { recursive: true })
    // A process that has ended: its number is free or belongs to nobody who runs this.
    const dead = await run(process.execPath, ['-e', 'console.log(process.pid)'])
    writeFileSync(join(held, 'pid'), dead.output.trim())
    await runWorkers([1, 2, 3])
    expect(readFileSync(log, 'utf8')).toMatch(/^(?:(\d)\1){3}$/)
  })
})

describe('the last lines of CI', () => {
  async function summarize(tests: object | undefined, checks: object, exits: readonly [number, number]) {
    const files = { tests: join(folder, 'tests.json'), checks: join(folder, 'checks.json') }
    rmSync(files.tests, { force: true })
    if (tests !== undefined) writeFileSync(files.tests, JSON.stringify(tests))
    writeFileSync(files.checks, JSON.stringify(checks))
    const env = {
      ...process.env,
      MODELWRIGHT_TEST_RESULTS: files.tests,
      MODELWRIGHT_CHECK_RESULTS: files.checks,
    }
    const { code, output } = await run(process.execPath, ['scripts/ci-summary.mjs', ...exits.map(String)], {
      env,
    })
    return { code, lines: output.trim().split('\n') }
  }

  it('add up tests and checks and count skips by reason', async () => {
    const skipped = [
      { name: 'a', reason: 'needs Python' },
      { name: 'b', reason: 'needs Python' },
    ]
    const summary = await summarize({ passed: 40, failed: [], skipped }, { passed: 8, failed: [] }, [0, 0])
    expect(summary).toEqual({ code: 0, lines: ['skipped 2: needs Python', '48 passed, 0 failed'] })
  })

  it('name what failed and end badly', async () => {
    const tests = { passed: 1, failed: ['src/a.test.ts: adds'], skipped: [] }
    const summary = await summarize(tests, { passed: 7, failed: ['types (tsc)'] }, [1, 1])
    const lines = ['failed: src/a.test.ts: adds', 'failed: types (tsc)', '8 passed, 2 failed']
    expect(summary).toEqual({ code: 1, lines })
  })

  it.each([
    ['left no result', undefined, 1],
    ['left no result and claims success', undefined, 0],
    ['crashed after its last test', { passed: 3, failed: [], skipped: [] }, 134],
  ])('count a run that %s as a failure', async (_, tests, exit) => {
    const { code, lines } = await summarize(tests, { passed: 8, failed: [] }, [exit, 0])
    expect(code).toBe(1)
    expect(lines.at(-1)).toMatch(/^\d+ passed, 1 failed$/)
  })
})
