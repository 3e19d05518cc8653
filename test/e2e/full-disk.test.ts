// A disk that fills up below a server that runs, and stores where nothing can be written: what was acknowledged is there, answers say why,
// and nobody has to start anything again.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openArtifacts } from '../../src/operate/artifacts/index.js'
import { openRegistry } from '../../src/operate/registry/index.js'
import { openStore } from '../../src/operate/store/index.js'
import { smallBundle } from '../support/bundles.js'
import { cli, expectDone, expectRefused, scratch } from '../support/cli.js'
import { served, type ServedProgram } from '../support/served.js'
import { tinyDisk } from '../support/tiny-disk.js'

const disk = tinyDisk(32)
const folder = scratch()
const patient = { timeout: 30_000, interval: 100 }
const modelsPath = '/api/v1/models'
const json = { 'content-type': 'application/json' }

interface Answer {
  readonly status: number
  readonly text: string
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const answer = await fetch(url, init)
  return { status: answer.status, text: await answer.text() }
}
const post = (url: string, body: unknown): Promise<Answer> =>
  ask(url, { method: 'POST', headers: json, body: JSON.stringify(body) })

async function end(server: ServedProgram): Promise<void> {
  expect(server.child.exitCode).toBe(null)
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
}

/** A store with a registered model of two versions, and its options for the program. */
async function home(name: string) {
  const [url, files] = [join(disk!.path, name, 'store.db'), join(disk!.path, name, 'files')]
  await using store = await openStore(url)
  await using artifacts = await openArtifacts({ url: files, store })
  const registry = await openRegistry({ store, artifacts })
  for (const version of [1, 2]) {
    await registry.register('cost', join(folder.path, 'cost'))
    await registry.setAlias('cost', version === 1 ? 'champion' : 'challenger', version)
  }
  return { url, files, options: ['--store', url, '--artifacts', files] }
}

beforeAll(() => smallBundle(folder.path, 'cost'))
afterEach(() => disk?.free())

describe.skipIf(disk === undefined)('a full disk [needs the right to mount]', () => {
  test('below a server that runs', async () => {
    const { url, files, options } = await home('running')
    const cache = ['--cache', join(folder.path, 'cache')]
    const server = await served(
      ['ui', '--port', '0', '--serve', 'cost@champion', '--log-requests', '1', ...options, ...cache],
      { cwd: folder.path },
    )
    const mlflow = `${server.url}/api/2.0/mlflow`
    const { text } = await post(`${mlflow}/runs/create`, { experiment_id: '0', start_time: 1 })
    const { run_id: runId } = (JSON.parse(text) as { run: { info: { run_id: string } } }).run.info
    const acknowledged: number[] = []
    const log = async (step: number): Promise<Answer> => {
      const metrics = Array.from({ length: 500 }, (_, i) => ({
        key: `m${i}`,
        value: step,
        step,
        timestamp: 1,
      }))
      const answer = await post(`${mlflow}/runs/log-batch`, { run_id: runId, metrics })
      if (answer.status === 200) acknowledged.push(step)
      return answer
    }
    const put = (path: string, size: number): Promise<Answer> =>
      ask(`${server.url}/api/2.0/mlflow-artifacts/artifacts/0/${runId}/artifacts/${path}`, {
        method: 'PUT',
        body: Buffer.alloc(size, path),
      })
    const predict = () => post(`${server.url}/api/v1/serving/models/cost/predict`, { size: 50, city: 'Oslo' })
    const alias = (name: string, version: string) =>
      post(`${mlflow}/registered-models/alias`, { name: 'cost', alias: name, version })
    expect((await log(0)).status).toBe(200)
    expect((await put('before', 1000)).status).toBe(200)

    disk!.fill(600_000)
    // Larger than what is left: its first bytes must not stay.
    const large = await put('large', 20_000_000)
    expect(large).toMatchObject({ status: 507, text: expect.stringMatching(/disk is full/) as string })
    let step = 1
    let refused = await log(step)
    while (refused.status === 200) refused = await log(++step)
    expect(refused).toMatchObject({ status: 507, text: expect.stringMatching(/full.*Free space/) as string })
    disk!.fill()
    expect(await put('small', 100_000)).toMatchObject({
      status: 507,
      text: expect.stringMatching(/full/) as string,
    })
    // What is small may still find room in the store's log; whatever is acknowledged must then be there.
    const aliases: Record<string, number> = { champion: 1, challenger: 2 }
    for (let i = 0; ; i++) {
      const { status, text } = await alias(`a${i}`, '2')
      if (status !== 200) {
        expect([status, text]).toEqual([507, expect.stringMatching(/full/)])
        break
      }
      aliases[`a${i}`] = 2
    }
    const promoted = await post(`${server.url}${modelsPath}/cost/promote`, {
      version: 2,
      force: true,
      note: 'a test',
    })
    if (promoted.status === 200) aliases['champion'] = 2
    else expect([promoted.status, promoted.text]).toEqual([507, expect.stringMatching(/full/)])
    // What needs no space goes on.
    const full = await Promise.all([
      ask(`${server.url}/livez`),
      ask(`${server.url}/readyz`),
      ask(`${mlflow}/runs/get?run_id=${runId}`),
      predict(),
    ])
    expect(full.map(({ status }) => status)).toEqual([200, 200, 200, 200])

    disk!.free()
    expect((await log(step)).status).toBe(200)
    expect((await put('small', 100_000)).status).toBe(200)
    expect((await alias('again', '2')).status).toBe(200)
    await expect
      .poll(async () => {
        await predict()
        await wait(50)
        await using kept = await openStore(url)
        return (await kept.requests.search()).requests.length
      }, patient)
      .toBeGreaterThan(1)
    await end(server)

    await using kept = await openStore(url)
    const points = await kept.logging.history(runId, 'm499', { limit: 25_000 })
    expect(points.map((point) => point.step)).toEqual(acknowledged)
    expect((await kept.models.get('cost')).aliases).toEqual({ ...aliases, again: 2 })
    const entries = await kept.artifactEntries.list(`runs/${runId}`, { limit: 10 })
    expect(entries.map(({ path, size }) => [path, size])).toEqual([
      ['before', 1000],
      ['small', 100_000],
    ])
    expect(readdirSync(join(files, 'temporary'))).toEqual([])
  }, 60_000)

  test('is read by the command line and by a server that starts on it', async () => {
    const { url, options } = await home('full')
    await using store = await openStore(url)
    const { runId } = await store.runs.create({ experimentId: '0', name: 'kept' })
    await store.close()
    disk!.fill()
    await expectReadable(runId, options)
  }, 60_000)

  test('a file system that can only be read likewise', async () => {
    const { url } = await home('read-only')
    await using store = await openStore(url)
    const { runId } = await store.runs.create({ experimentId: '0', name: 'kept' })
    await store.close()
    const place = join(disk!.readOnly, 'read-only')
    await expectReadable(runId, ['--store', join(place, 'store.db'), '--artifacts', join(place, 'files')])
  }, 60_000)
})

async function expectReadable(runId: string, options: readonly string[]): Promise<void> {
  const at = { cwd: folder.path }
  expect(expectDone(await cli(['runs', 'list', ...options.slice(0, 2)], at)).stdout).toContain('kept')
  const deleted = await cli(['runs', 'delete', runId, ...options.slice(0, 2)], at)
  expectRefused(deleted, deleted.code!, /cannot be written.*Free space or give another file/)
  const server = await served(['ui', '--port', '0', ...options], at)
  const got = await ask(`${server.url}/api/2.0/mlflow/runs/get?run_id=${runId}`)
  expect(got).toMatchObject({ status: 200, text: expect.stringContaining('kept') as string })
  const made = await post(`${server.url}/api/2.0/mlflow/runs/create`, { experiment_id: '0' })
  expect(made).toMatchObject({ status: 507, text: expect.stringMatching(/cannot be written/) as string })
  expect((await ask(`${server.url}/readyz`)).status).toBe(200)
  await end(server)
}
