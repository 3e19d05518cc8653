import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { afterAll, describe, expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { FormatError, NotFoundError, OverloadError, StorageError, UsageError } from '../../base/index.js'
import { openDatabase } from './open-store.js'
import { openStore } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-open-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A program that uses the built store, as another process of the user would. */
function startProgram(code: string): {
  readonly ended: Promise<string>
  readonly said: () => string
  readonly kill: () => void
} {
  const built = new URL('../../../dist/operate/store/index.js', import.meta.url).href
  const program = `import { openStore } from '${built}'; ${code}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const ended = new Promise<string>((resolve, reject) => {
    child.on('close', (code, signal) =>
      code === 0 || signal === 'SIGKILL' ? resolve(output) : reject(new Error(errors)),
    )
  })
  return { ended, said: () => output, kill: () => child.kill('SIGKILL') }
}

onBothStores('opening a store', (home) => {
  test('many processes open an empty one at the same time, and each has the schema', async () => {
    const url = await home.newUrl()
    const code = `const store = await openStore('${url}'); const { runId } = await store.runs.create({ experimentId: '0', name: 'r' }); console.log(runId); await store.close()`
    const ids = await Promise.all(Array.from({ length: 4 }, () => startProgram(code).ended))
    await using store = await openStore(url)
    for (const id of ids) expect((await store.runs.get(id.trim())).name).toBe('r')
  })

  test('a store of a newer version is refused and not touched', async () => {
    const url = await home.newUrl()
    await (await openStore(url)).close()
    const database = await openDatabase(url)
    await database.db.updateTable('schema_version').set({ version: 99 }).execute()
    const refusal = openStore(url)
    await expect(refusal).rejects.toSatisfy(FormatError.is)
    await expect(refusal).rejects.toThrow(
      /schema version 99, expected at most \d+: a newer Modelwright wrote it/,
    )
    expect(await database.db.selectFrom('schema_version').selectAll().execute()).toEqual([{ version: 99 }])
    await database.close()
  })

  test('what was acknowledged is there after kill -9, from two writers at once', async () => {
    const url = await home.newUrl()
    await (await openStore(url)).close()
    const code = (name: string): string => `
      const store = await openStore('${url}')
      const { runId } = await store.runs.create({ experimentId: '0', name: '${name}' })
      console.log(runId)
      for (let step = 0; ; step++) {
        await store.logging.batch(runId, { metrics: [{ key: 'm', value: step, step, timestamp: step }] })
        process.stdout.write(step + '\\n')
      }`
    const writers = ['a', 'b'].map((name) => startProgram(code(name)))
    // A busy machine starts processes slowly: they are killed once each has something to lose.
    while (writers.some((writer) => writer.said().split('\n').length < 20)) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    for (const writer of writers) writer.kill()
    await using store = await openStore(url)
    for (const writer of writers) {
      const [runId, ...steps] = (await writer.ended).trim().split('\n')
      const acknowledged = Number(steps.at(-1))
      expect(acknowledged).toBeGreaterThan(0)
      const history = await store.logging.history(runId!, 'm', { limit: 1_000_000 })
      expect(history.slice(0, acknowledged + 1).map(({ step }) => step)).toEqual(
        Array.from({ length: acknowledged + 1 }, (_, step) => step),
      )
    }
  })
})

describe('an address that is no store', () => {
  test.each([
    ['a file of something else', () => writeText('other.db', 'x'.repeat(5000)), FormatError],
    ['a path through a file', () => join(writeText('file', 'x'), 'store.db'), StorageError],
    ['a folder', () => folder, StorageError],
    ['another scheme', () => 'mysql://localhost/db', UsageError],
    ['a Postgres that is not there', () => 'postgres://a:secret@127.0.0.1:1/db', OverloadError],
    ['one with a sign in its password', () => 'postgres://a:p@secret@127.0.0.1:1/db', OverloadError],
    ['one with its password behind', () => 'postgres://127.0.0.1:1/db?user=a&password=secret', OverloadError],
  ])('%s is refused in a sentence', async (_, url, kind) => {
    const refusal = openStore(url())
    await expect(refusal).rejects.toSatisfy((error) => kind.is(error))
    await expect(refusal).rejects.not.toThrow(/secret/)
  })
})

test('who only looks makes no store', async () => {
  const path = join(folder, 'mistyped', 'store.db')
  for (const url of [path, `sqlite:${path}`, `file://${path}`]) {
    const refusal = openStore(url, { create: false })
    await expect(refusal).rejects.toSatisfy(NotFoundError.is)
    await expect(refusal).rejects.toThrow(/There is no store at .*mistyped.*--store/)
  }
  expect(existsSync(join(folder, 'mistyped'))).toBe(false)
  await (await openStore(path)).close()
  await (await openStore(path, { create: false })).close()
})

function writeText(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
