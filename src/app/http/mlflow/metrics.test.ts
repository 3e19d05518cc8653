import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MlflowServer, startMlflow } from '../../../../test/support/mlflow-server.js'

let mlflow: MlflowServer
let runId = ''
let longRun = ''
/** More than is read at once. */
const long = 10_500

beforeAll(async () => {
  mlflow = await startMlflow()
  const start = async () => (await mlflow.store.runs.create({ experimentId: '0', name: 'm' })).runId
  runId = await start()
  longRun = await start()
  for (const [step, value] of [3, NaN, 1, 2].entries()) {
    await mlflow.post('/runs/log-metric', {
      run_id: runId,
      key: 'm',
      value: String(value),
      timestamp: 10 + step,
      step,
    })
  }
  const metrics = Array.from({ length: long }, (_, step) => ({
    key: 'm',
    value: step,
    step,
    timestamp: step,
  }))
  await mlflow.store.logging.batch(longRun, { metrics })
})
afterAll(() => mlflow[Symbol.asyncDispose]())

test('a history is given whole, or page by page', async () => {
  const point = (value: unknown, step: number) => ({ key: 'm', value, timestamp: 10 + step, step })
  const all = [point(3, 0), point('NaN', 1), point(1, 2), point(2, 3)]
  const whole = await mlflow.get('/metrics/get-history', { run_id: runId, metric_key: 'm' })
  expect(whole).toEqual({ status: 200, body: { metrics: all } })
  const first = await mlflow.get('/metrics/get-history', { run_uuid: runId, metric_key: 'm', max_results: 2 })
  expect(first.body.metrics).toEqual(all.slice(0, 2))
  const query = { run_id: runId, metric_key: 'm', max_results: 2, page_token: first.body.next_page_token }
  expect((await mlflow.get('/metrics/get-history', query)).body).toEqual({ metrics: all.slice(2) })
  const foreign = await mlflow.get('/metrics/get-history', { ...query, metric_key: 'other' })
  expect(foreign.body.message).toContain('Invalid page token')
  expect((await mlflow.get('/metrics/get-history', { run_id: runId, metric_key: 'none' })).body).toEqual({})
})

test('a long history comes in parts that are one JSON', async () => {
  const { body } = await mlflow.get('/metrics/get-history', { run_id: longRun, metric_key: 'm' })
  expect(body.metrics).toHaveLength(long)
  expect(body.metrics.every(({ step }: { step: number }, i: number) => step === i)).toBe(true)
})

test('several runs at once, thinned out', async () => {
  const query = { run_ids: [runId, longRun], metric_key: 'm', max_results: 300 }
  const { body } = await mlflow.get('/metrics/get-history-bulk-interval', query)
  const of = (id: string) => body.metrics.filter(({ run_id }: { run_id: string }) => run_id === id)
  // The same steps of all, and the ends of each.
  expect(of(runId).map(({ step }: { step: number }) => step)).toEqual([0, 3])
  expect(of(longRun).length).toBeGreaterThan(250)
  expect(of(longRun).length).toBeLessThanOrEqual(302)
  expect(of(longRun).at(-1)).toEqual({
    key: 'm',
    value: long - 1,
    timestamp: long - 1,
    step: long - 1,
    run_id: longRun,
  })
  const part = await mlflow.get('/metrics/get-history-bulk-interval', {
    ...query,
    start_step: 100,
    end_step: 200,
  })
  const steps = part.body.metrics.map(({ step }: { step: number }) => step)
  expect(steps).toEqual(Array.from({ length: 101 }, (_, i) => 100 + i))
  const bulk = await mlflow.get('/metrics/get-history-bulk', {
    run_id: [runId, longRun],
    metric_key: 'm',
    max_results: 7,
  })
  expect(bulk.body.metrics).toHaveLength(7)
})

test.each([
  [
    'get-history',
    { run_id: 'x' },
    "Missing value for required parameter 'metric_key'. See the API docs for more information about request parameters.",
  ],
  ['get-history-bulk', { metric_key: 'm' }, 'GetMetricHistoryBulk request must specify at least one run_id.'],
  ['get-history-bulk', { run_id: 'x' }, 'GetMetricHistoryBulk request must specify a metric_key.'],
  [
    'get-history-bulk-interval',
    { metric_key: 'm', run_ids: Array.from({ length: 101 }, String) },
    'GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids.',
  ],
  [
    'get-history-bulk-interval',
    { metric_key: 'm', run_ids: 'x', max_results: 2501 },
    'max_results must be between 1 and 2500.',
  ],
  [
    'get-history-bulk-interval',
    { metric_key: 'm', run_ids: 'x', start_step: 1 },
    'If either start step or end step are specified, both must be specified.',
  ],
  [
    'get-history-bulk-interval',
    { metric_key: 'm', run_ids: 'x', start_step: 2, end_step: 1 },
    'end_step must be greater than start_step. Found start_step=2 and end_step=1.',
  ],
])('%s %j is refused', async (path, query, message) => {
  expect(await mlflow.get(`/metrics/${path}`, query)).toEqual({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE', message },
  })
})
