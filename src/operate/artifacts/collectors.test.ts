// Writers and collectors of several processes at the same blobs: nothing that is entered ever lacks its bytes.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtFile } from '../../base/index.js'
import { startPostgres, type TestPostgres } from '../../../test/support/postgres.js'
import { type S3Server, startS3Server } from '../../../test/support/s3-server.js'

let root = ''
let server: S3Server
let postgres: TestPostgres | undefined

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'modelwright-collectors-'))
  server = await startS3Server()
  const started = await startPostgres()
  if ('missing' in started) throw new Error(started.missing)
  postgres = started
}, 60_000)
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]()
  await server.close()
  await rm(root, { recursive: true, force: true })
})

const moduleOf = (path: string): string =>
  JSON.stringify(pathToFileURL(builtFile(import.meta.url, path)).href)

// The same few contents again and again: a write often meets the removal of the very blob that it needs.
const program = (store: string, url: string, name: string, times: number): string => `
  import { openArtifacts } from ${moduleOf('./index.js')}
  import { openStore } from ${moduleOf('../store/index.js')}
  const store = await openStore(${JSON.stringify(store)})
  const artifacts = await openArtifacts({ url: ${JSON.stringify(url)}, store })
  const textOf = async (root) => (await (await artifacts.read(root, 'file')).stream.toArray()).join('')
  let writing = true
  let blobs = 0
  const collect = async () => {
    while (writing) blobs += (await artifacts.collectGarbage({ grace: -60, uploads: 60 })).blobs
  }
  const write = async () => {
    for (let i = 0; i < ${times}; i++) {
      const text = 'contents ' + (i % 3)
      await artifacts.write('${name}', 'file', text)
      if (await textOf('${name}') !== text) throw new Error('written, not read')
      await artifacts.copy('${name}', '${name}-copy')
      await artifacts.remove('${name}')
      if (await textOf('${name}-copy') !== text) throw new Error('copied, not read')
      await artifacts.remove('${name}-copy')
    }
    writing = false
  }
  await Promise.all([write(), collect()])
  await store.close()
  console.log(blobs)`

const places: [string, number, () => Promise<string>, () => string][] = [
  ['a folder and SQLite', 40, async () => Promise.resolve(join(root, 'store.db')), () => join(root, 'home')],
  ['S3 and Postgres', 12, () => postgres!.newDatabase(), () => server.url('home')],
]

it.each(places)('holds for %s', async (_, times, store, url) => {
  const address = await store()
  const runs = Array.from({ length: 3 }, async (__, i) => {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', program(address, url(), `runs/${i}`, times)],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_NO_WARNINGS: '1' } },
    )
    let output = ''
    let errors = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
    await once(child, 'close')
    expect(errors).toBe('')
    return Number(output)
  })
  const collected = await Promise.all(runs)
  // They met: what one removed another had to write again.
  expect(Math.max(...collected)).toBeGreaterThan(3)
})
