// Tracking over HTTP, against our own server on a real socket, with its store and its artifacts.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as plainServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../../test/support/postgres.js'
import { createServer } from '../../../app/http/server.js'
import { mlflowArtifactsFace } from '../../../app/http/mlflow-artifacts/index.js'
import { mlflowFace } from '../../../app/http/mlflow/index.js'
import { ridge } from '../../../learn/linear/index.js'
import { openArtifacts } from '../../artifacts/index.js'
import { openStore, type Store } from '../../store/index.js'
import { findRun, openTracker, rerun } from '../index.js'
import { train } from '../../train/index.js'
import { downloadArtifacts } from '../download.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-rest-'))
let url = ''
let store: Store
let server: Awaited<ReturnType<typeof createServer>>

beforeAll(async () => {
  store = await openStore(join(folder, 'store.db'))
  const artifacts = await openArtifacts({ url: join(folder, 'artifacts'), store })
  server = await createServer({ store, artifacts }, { faces: [mlflowFace, mlflowArtifactsFace] })
  url = await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(async () => {
  await server.close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const open = (options = {}) => openTracker({ store: url, onError: 'throw', ...options })

describe('a tracker on a server', () => {
  test('logs everything that one on a store does', async () => {
    await using tracker = await open({ experiment: 'remote' })
    const run = await tracker.start({ name: 'far', tags: { team: 'blue' }, note: 'hi' })
    expect(run.url).toBe(`${url}/#/experiments/${run.experimentId}/runs/${run.id}`)
    await run.logParams(Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, i])))
    const points = Array.from({ length: 2500 }, (_, step) =>
      run.logMetric('loss', step, { step, timestamp: 1 }),
    )
    expect(new Set(await Promise.all(points))).toEqual(new Set([true]))
    await run.log({ nan: NaN, up: Infinity, down: -Infinity })
    await run.logDataset([{ a: 1 }], { name: 'rows', context: 'training' })
    await run.logArtifact({ path: 'deep/ü x.txt', contents: 'hello' })
    const file = join(folder, 'big.bin')
    writeFileSync(file, Buffer.alloc(3_000_000, 7))
    await run.logArtifact(file)
    await run.end()
    const kept = await store.runs.get(run.id)
    expect(kept).toMatchObject({ name: 'far', status: 'FINISHED' })
    expect(Object.keys(kept.params)).toHaveLength(250)
    expect(await store.logging.history(run.id, 'loss', { limit: 5000 })).toHaveLength(2500)
    const found = await tracker.backend.getRun(run.id)
    expect(found).toMatchObject({
      params: kept.params,
      tags: kept.tags,
      startTime: kept.startTime,
      endTime: kept.endTime,
    })
    const values = new Map(found.metrics.map(({ key, value }) => [key, value]))
    expect([values.get('nan'), values.get('up'), values.get('down')]).toEqual([NaN, Infinity, -Infinity])
    expect(await tracker.backend.inputsOf(run.id)).toMatchObject([
      { name: 'rows', tags: { 'mlflow.data.context': 'training' } },
    ])
    expect(await tracker.backend.artifacts.list(found, '')).toMatchObject([
      { path: 'big.bin', size: 3_000_000 },
      { path: 'deep', isFolder: true },
      { path: 'environment.json' },
    ])
    const out = join(folder, 'out')
    expect(await downloadArtifacts(tracker.backend, found, { path: '', folder: out })).toBe(3)
    expect(await downloadArtifacts(tracker.backend, found, { path: 'big.bin', folder: out })).toBe(1)
  })

  test('finds, changes, deletes and restores runs', async () => {
    await using tracker = await open({ experiment: 'changes' })
    const run = await tracker.start({ name: "it's me", environment: false })
    await run.end()
    const { backend } = tracker
    expect((await findRun(backend, "it's me")).runId).toBe(run.id)
    expect((await findRun(backend, run.id.slice(0, 10))).runId).toBe(run.id)
    await expect(findRun(backend, 'nobody')).rejects.toThrow(/no run 'nobody'/)
    await backend.logBatch(run.id, { tags: { a: '1', b: '2' } })
    await backend.deleteTag(run.id, 'a')
    expect((await backend.getRun(run.id)).tags).toMatchObject({ b: '2' })
    await backend.deleteRun(run.id)
    const search = { experimentIds: [run.experimentId], maxResults: 10 }
    expect((await backend.searchRuns(search)).runs).toEqual([])
    expect((await backend.searchRuns({ ...search, viewType: 'DELETED_ONLY' })).runs).toHaveLength(1)
    await backend.restoreRun(run.id)
    for (let i = 0; i < 3; i++) await (await tracker.start({ environment: false })).end()
    const page = await backend.searchRuns({
      ...search,
      maxResults: 3,
      orderBy: ['attributes.start_time ASC'],
    })
    const rest = await backend.searchRuns({
      ...search,
      maxResults: 3,
      orderBy: ['attributes.start_time ASC'],
      pageToken: page.nextPageToken,
    })
    expect([page.runs.length, rest.runs.length, rest.nextPageToken]).toEqual([3, 1, undefined])
  })

  test('trackers that begin the same experiment at once get the same', async () => {
    const trackers = await Promise.all(Array.from({ length: 4 }, () => open({ experiment: 'at once' })))
    const runs = await Promise.all(trackers.map((tracker) => tracker.start({ environment: false })))
    expect(new Set(runs.map(({ experimentId }) => experimentId)).size).toBe(1)
    await Promise.all(runs.map((run) => run.end()))
  })

  test('keeps fits and trainings, which can be run again from there', async () => {
    await using tracker = await open()
    const rows = Array.from({ length: 60 }, (_, i) => ({ x: i, y: 2 * i + (i % 3) }))
    const { runId } = await tracker.fit(ridge(), rows, 'y')
    expect((await store.runs.get(runId)).status).toBe('FINISHED')
    const { result } = await train({ table: rows, target: 'y', time: 10, tracker })
    const again = await rerun(result.runId!, { tracker, table: rows })
    expect(again).toMatchObject({ sameModel: true, differences: [], scores: [] })
  })

  test('says what the server refuses in its words', async () => {
    await using tracker = await open()
    await using run = await tracker.start({ environment: false })
    await run.logParam('a', 1)
    await expect(run.logParam('a', 2)).rejects.toThrow(/'a'|key='a'|Parameter 'a'/i)
    await expect(tracker.backend.getRun('0'.repeat(32))).rejects.toMatchObject({ code: 'not-found' })
    await expect(
      tracker.backend.searchRuns({ experimentIds: ['0'], filter: 'metrics.', maxResults: 1 }),
    ).rejects.toMatchObject({ code: 'usage' })
    await expect(
      tracker.backend.artifacts.read(await tracker.backend.getRun(run.id), 'nothing'),
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})

/** A server that answers as it is told. */
async function answering(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: IncomingMessage[] = []
  const stand = plainServer((request, response) => {
    seen.push(request)
    request.resume()
    request.on('end', () => handle(request, response))
  })
  await new Promise<void>((resolve) => stand.listen(0, '127.0.0.1', resolve))
  const { port } = stand.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        stand.closeAllConnections()
        stand.close(() => resolve())
      }),
  }
}

describe('the client', () => {
  test('asks again what may be repeated, and nothing else', async () => {
    let failures = 2
    await using stand = await answering((request, response) => {
      if (failures-- > 0) return void response.writeHead(502).end('<html>bad gateway</html>')
      response.end(JSON.stringify(request.url!.includes('search') ? { experiments: [] } : {}))
    })
    await using tracker = await openTracker({ store: `http://${stand.address}` })
    expect(await tracker.backend.experiments()).toEqual([])
    expect(stand.seen).toHaveLength(3)
    failures = 1
    const create = tracker.backend.createRun({ experimentId: '0', name: 'x' })
    await expect(create).rejects.toMatchObject({ code: 'overload' })
    expect(stand.seen).toHaveLength(4)
  })

  test('sends keys, never shows them, and explains a refusal', async () => {
    await using stand = await answering(
      (_, response) => void response.writeHead(401).end('{"error_code":"UNAUTHENTICATED","message":"no"}'),
    )
    await using tracker = await openTracker({ store: `http://ada:pass%20word@${stand.address}/base/?x=1` })
    expect(tracker.url).toBe(`http://${stand.address}/base`)
    await expect(tracker.backend.experiments()).rejects.toMatchObject({ code: 'access' })
    await expect(tracker.backend.experiments()).rejects.not.toThrow(/pass/)
    expect(stand.seen[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from('ada:pass word').toString('base64')}`,
    )
    expect(stand.seen[0]!.url).toMatch(/^\/base\/api\/2\.0\/mlflow\//)
    await using keyed = await openTracker({ store: `http://${stand.address}`, token: 'mw_key' })
    await expect(keyed.backend.experiments()).rejects.toMatchObject({ code: 'access' })
    expect(stand.seen.at(-1)!.headers.authorization).toBe('Bearer mw_key')
  })

  test.each([
    ['something else than JSON', 200, '<html></html>', 'usage'],
    ['no such route', 404, 'Not Found', 'not-found'],
    ['too large', 413, '', 'limit'],
    ['busy', 429, '', 'overload'],
  ])('an answer that is %s becomes a sentence', async (_, status, body, code) => {
    await using stand = await answering((_request, response) => void response.writeHead(status).end(body))
    await using tracker = await openTracker({ store: `http://${stand.address}` })
    await expect(tracker.backend.experiments()).rejects.toMatchObject({ code })
  })

  test('a server that is not there is one that does not answer', async () => {
    const port = await freePort()
    await using tracker = await openTracker({ store: `http://127.0.0.1:${port}` })
    await expect(tracker.start({ environment: false })).rejects.toThrow(/does not answer \(ECONNREFUSED\)/)
    await expect(openTracker({ store: 'http://' })).rejects.toMatchObject({ code: 'usage' })
  })
})
