// What the tests of MLflow's own server look for, in our words: answers that its client and its page are known to rely on.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Answer, type MlflowServer, startMlflow } from '../../../../test/support/mlflow-server.js'

let mlflow: MlflowServer
beforeAll(async () => {
  mlflow = await startMlflow()
})
afterAll(() => mlflow[Symbol.asyncDispose]())

const newRun = async (): Promise<string> => (await mlflow.post('/runs/create', {})).body.run.info.run_id
const refused = (message: unknown) => ({
  status: 400,
  body: { error_code: 'INVALID_PARAMETER_VALUE', message },
})

async function ask(url: string, method: 'GET' | 'POST' = 'GET', payload?: string) {
  const file = payload !== undefined && { payload, headers: { 'content-type': 'application/octet-stream' } }
  const answer = await mlflow.inject({ method, url, ...file })
  return { status: answer.statusCode, body: answer.body, sent: answer.headers }
}
const answerOf = ({ status, body }: { readonly status: number; readonly body: string }): Answer => ({
  status,
  body: JSON.parse(body) as unknown,
})

describe('curves of several runs', () => {
  const curve = async (steps: number, timestamp = 1, runId?: string): Promise<string> => {
    const id = runId ?? (await newRun())
    const metrics = Array.from({ length: steps }, (_, step) => ({ key: 'm', value: 10, timestamp, step }))
    for (let start = 0; start < steps; start += 1000)
      await mlflow.post('/runs/log-batch', { run_id: id, metrics: metrics.slice(start, start + 1000) })
    return id
  }
  const steps = async (query: Record<string, string | number | readonly string[]>) => {
    const { body } = await mlflow.get('/metrics/get-history-bulk-interval', { metric_key: 'm', ...query })
    return (body.metrics ?? []).map((point: { step: number; run_id: string }) => [point.run_id, point.step])
  }
  const of = (runId: string, list: readonly number[]) => list.map((step) => [runId, step])

  test('are shown at the same steps, with the ends of each and all points at a step', async () => {
    const [ten, twenty] = [await curve(10), await curve(20)]
    expect(await steps({ run_ids: ten, max_results: 5 })).toEqual(of(ten, [0, 2, 4, 6, 8, 9]))
    expect(await steps({ run_ids: ten, max_results: 5, start_step: 0, end_step: 4 })).toEqual(
      of(ten, [0, 1, 2, 3, 4]),
    )
    expect(await steps({ run_ids: [ten, twenty], max_results: 5 })).toEqual([
      ...of(ten, [0, 4, 8, 9]),
      ...of(twenty, [0, 4, 8, 9, 12, 16, 19]),
    ])
    await curve(10, 2, ten)
    expect(await steps({ run_ids: ten, max_results: 5 })).toEqual(
      of(
        ten,
        [0, 2, 4, 6, 8, 9].flatMap((step) => [step, step]),
      ),
    )
    expect(await steps({ run_ids: [ten, 'nobody'], max_results: 1 })).toEqual(of(ten, [0, 0, 9, 9]))
    expect(await steps({ run_ids: ten, start_step: 100, end_step: 200 })).toEqual([])
  })

  test('that are very long are thinned out without being read', async () => {
    const long = await curve(26_000)
    const found = await steps({ run_ids: [long, 'nobody'], max_results: 10 })
    expect(found.length).toBeLessThanOrEqual(10)
    expect(found.at(-1)).toEqual([long, 25_999])
  })

  test('come whole in the order of their times; runs that are not there have none', async () => {
    const runId = await newRun()
    for (const [timestamp, step] of [
      [30, 1],
      [20, 2],
      [20, 1],
    ])
      await mlflow.post('/runs/log-metric', { run_id: runId, key: 'm', value: 1, timestamp, step })
    const { body } = await mlflow.get('/metrics/get-history-bulk', {
      run_id: ['nobody', runId],
      metric_key: 'm',
    })
    const places = body.metrics.map((point: { timestamp: number; step: number }) => [
      point.timestamp,
      point.step,
    ])
    expect(places).toEqual([
      [20, 1],
      [20, 2],
      [30, 1],
    ])
  })

  test.each([0, -5])('a page of a history has at least one point, not %d', async (max_results) => {
    const run_id = await newRun()
    expect(await mlflow.get('/metrics/get-history', { run_id, metric_key: 'm', max_results })).toEqual(
      refused(expect.stringContaining('max_results')),
    )
  })
})

test('outputs name their models', async () => {
  const run_id = await newRun()
  expect(await mlflow.post('/runs/outputs', { run_id })).toEqual(
    refused(
      "Missing value for required parameter 'models'. See the API docs for more information about request parameters.",
    ),
  )
  expect((await mlflow.post('/runs/outputs', { run_id, models: [] })).status).toBe(200)
})

describe('files', () => {
  test('have paths that are looked at before anything else', async () => {
    const runId = await newRun()
    const outside = 'path=../path'
    for (const url of [
      `/api/2.0/mlflow/artifacts/list?run_id=${runId}&${outside}`,
      `/api/2.0/mlflow/artifacts/list?run_id=nobody&${outside}`,
      `/get-artifact?run_id=${runId}&${outside}`,
      `/get-artifact?run_id=nobody&path=%2e%2e/path`,
      `/model-versions/get-artifact?name=model&version=1&${outside}`,
      `/ajax-api/2.0/mlflow/logged-models/m-x/artifacts/files?artifact_file_path=../x`,
    ])
      expect([url, answerOf(await ask(url))]).toEqual([url, refused('Invalid path')])
    expect(answerOf(await ask('/model-versions/get-artifact?name=model&version=1&path=x'))).toEqual({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'Registered Model with name=model not found' },
    })
    expect(answerOf(await ask('/get-artifact?run_id=nobody&path=x'))).toEqual({
      status: 404,
      body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'Run with id=nobody not found' },
    })
  })

  test('of a run are uploaded by the page', async () => {
    const runId = await newRun()
    const url = '/ajax-api/2.0/mlflow/upload-artifact'
    for (const [query, body, message] of [
      ['', 'x', 'Request must specify run_uuid.'],
      [`?run_uuid=${runId}`, 'x', 'Request must specify path.'],
      [`?run_uuid=${runId}&path=`, 'x', 'Request must specify path.'],
      [`?run_uuid=${runId}&path=../test.txt`, 'x', 'Invalid path'],
      [`?run_uuid=${runId}&path=test.txt`, undefined, 'Request must specify data.'],
      [
        `?run_uuid=${runId}&path=test.txt`,
        'x'.repeat(10 * 2 ** 20 + 1),
        'Artifact size is too large. Max size is 10MB.',
      ],
    ] as const)
      expect([query, answerOf(await ask(url + query, 'POST', body))]).toEqual([query, refused(message)])
    expect((await ask(`${url}?run_uuid=${runId}&path=a/test.txt`, 'POST', 'hello')).status).toBe(200)
    const read = await ask(`/get-artifact?run_uuid=${runId}&path=a/test.txt`)
    expect([read.status, read.body]).toEqual([200, 'hello'])
    expect(read.sent['content-type']).toBe('text/plain')
    expect(read.sent['content-disposition']).toMatch(/^attachment; filename=test\.txt;/)
  })

  test('of a logged model are read one by one', async () => {
    const { model } = (await mlflow.post('/logged-models', { experiment_id: '0' })).body
    const { model_id } = model.info
    await mlflow.artifacts.write(`logged-models/${model_id}`, 'data/mlproject', Buffer.from('name: x'))
    const url = `/ajax-api/2.0/mlflow/logged-models/${model_id}/artifacts/files`
    const read = await ask(`${url}?artifact_file_path=data/mlproject`)
    expect([read.status, read.body, read.sent['content-type']]).toEqual([200, 'name: x', 'text/plain'])
    expect((await ask(url)).status).toBe(400)
    expect((await ask(`${url}?artifact_file_path=data`)).status).toBe(404)
  })

  test('of nobody are those of the root, also of a version that says so', async () => {
    await mlflow.artifacts.write('files', 'a.txt', Buffer.from('abc'))
    await mlflow.store.models.create({ name: 'root' })
    await mlflow.store.models.createVersion('root', { source: 'mlflow-artifacts:' })
    const read = await ask('/model-versions/get-artifact?name=root&version=1&path=a.txt')
    expect([read.status, read.body]).toEqual([200, 'abc'])
  })
})

test.each([
  '/api/2.0/mlflow/traces',
  '/api/3.0/mlflow/traces/tr-1',
  '/ajax-api/3.0/mlflow/datasets/search',
  '/api/2.0/mlflow/webhooks',
  '/api/2.0/mlflow-artifacts/presigned/a.txt',
  '/ajax-api/2.0/mlflow-artifacts/other/a.txt',
])('what is not there is said so that a client goes on without: %s', async (url) => {
  for (const method of ['GET', 'POST'] as const)
    expect(answerOf(await ask(url, method))).toEqual({
      status: 404,
      body: {
        error_code: 'ENDPOINT_NOT_FOUND',
        message: `API not found: this server does not know ${method} ${url}.`,
      },
    })
})
