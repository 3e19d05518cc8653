// Signs of life over HTTP: our server learns which process writes a run, and notices when it is gone.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { apiFace } from '../../../app/http/api/api-face.js'
import type { Face } from '../../../app/http/face.js'
import { mlflowFace } from '../../../app/http/mlflow/index.js'
import { mlflowArtifactsFace } from '../../../app/http/mlflow-artifacts/index.js'
import { createServer } from '../../../app/http/server.js'
import { NotFoundError } from '../../../base/index.js'
import { openArtifacts } from '../../artifacts/index.js'
import { openStore } from '../../store/index.js'
import { openTracker } from '../index.js'
import { sweepStore } from '../sweep.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-heartbeat-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let places = 0
async function serve(faces: readonly Face[]) {
  const clock = { time: 1000 }
  const place = join(folder, String(++places))
  const store = await openStore(join(place, 'store.db'), { time: () => clock.time })
  const artifacts = await openArtifacts({ url: join(place, 'artifacts'), store })
  const server = await createServer({ store, artifacts }, { faces })
  const url = await server.listen({ port: 0, host: '127.0.0.1' })
  const dispose = async (): Promise<void> => {
    await server.close()
    await store.close()
  }
  return { url, store, clock, [Symbol.asyncDispose]: dispose }
}

test('a run over HTTP is watched, gives signs of life, and counts as killed once it is silent', async () => {
  await using served = await serve([mlflowFace, mlflowArtifactsFace, apiFace])
  const { store, clock } = served
  await using tracker = await openTracker({ store: served.url, onError: 'throw' })
  await using run = await tracker.start({ environment: false })
  const [watched] = await store.liveness.watched()
  expect(watched).toMatchObject({ runId: run.id, heartbeatTime: 1000 })
  expect(JSON.parse(watched!.owner)).toMatchObject({ pid: process.pid })
  expect((await store.runs.get(run.id)).tags).not.toHaveProperty('modelwright.owner')
  clock.time = 5000
  await tracker.backend.heartbeat(run.id)
  expect((await store.liveness.watched())[0]!.heartbeatTime).toBe(5000)

  // The same from another machine, which falls silent.
  const far = await tracker.backend.createRun({
    experimentId: '0',
    name: 'far',
    owner: JSON.stringify({ host: 'elsewhere', pid: 1, boot: null, pidSpace: null, started: null }),
  })
  expect(await sweepStore(store, 5000 + 60_000)).toEqual([])
  expect(await sweepStore(store, 5000 + 60_001)).toEqual([far.runId])
  expect(await tracker.backend.getRun(far.runId)).toMatchObject({ status: 'KILLED', endTime: 5000 })
})

test('runs of other clients are nobody’s to watch, also when somebody says that they live', async () => {
  await using served = await serve([mlflowFace, apiFace])
  const { runId } = await served.store.runs.create({ experimentId: '0', name: 'of another client' })
  const answer = await fetch(`${served.url}/api/v1/runs/${runId}/heartbeat`, { method: 'POST' })
  expect(answer.status).toBe(200)
  expect((await served.store.runs.get(runId)).heartbeatTime).toBeUndefined()
})

test('a server that knows no signs of life is told one', async () => {
  const asked: string[] = []
  const other = createPlainServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end('{"error_code":"ENDPOINT_NOT_FOUND","message":"not here"}')
  })
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
  try {
    const { port } = other.address() as AddressInfo
    await using tracker = await openTracker({ store: `http://127.0.0.1:${port}` })
    const runId = 'a'.repeat(32)
    await expect(tracker.backend.heartbeat(runId)).rejects.toSatisfy(NotFoundError.is)
    await tracker.backend.heartbeat(runId)
    expect(asked).toEqual([`POST /api/v1/runs/${runId}/heartbeat`])
  } finally {
    other.close()
  }
})
