// Bodies that nobody would write on purpose: whatever comes, the answer is one of MLflow's, and the server stays up.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MlflowServer, startMlflow } from '../../../../test/support/mlflow-server.js'

let mlflow: MlflowServer
let runId = ''
beforeAll(async () => {
  mlflow = await startMlflow()
  runId = (await mlflow.post('/runs/create', {})).body.run.info.run_id
})
afterAll(() => mlflow[Symbol.asyncDispose]())

const paths = [
  '/experiments/create',
  '/experiments/search',
  '/experiments/update',
  '/experiments/set-experiment-tag',
  '/runs/create',
  '/runs/update',
  '/runs/search',
  '/runs/log-metric',
  '/runs/log-parameter',
  '/runs/set-tag',
  '/runs/delete-tag',
  '/runs/log-batch',
  '/runs/log-model',
  '/runs/log-inputs',
  '/runs/outputs',
  '/experiments/search-datasets',
  '/logged-models',
  '/logged-models/search',
]

const anything = fc.oneof(
  fc.constantFrom(
    null,
    '',
    0,
    -1,
    1e308,
    2 ** 53,
    'NaN',
    '__proto__',
    "'; drop table runs; --",
    '\u0000',
    '\ud800',
    [],
    {},
    true,
  ),
  fc.jsonValue({ maxDepth: 3 }),
)
const entry = fc.record(
  {
    key: anything,
    value: anything,
    timestamp: anything,
    step: anything,
    model_id: anything,
    dataset: anything,
    tags: anything,
    field_name: anything,
  },
  { requiredKeys: [] },
)
const field = fc.oneof(anything, fc.array(fc.oneof(anything, entry), { maxLength: 3 }))
const names = [
  'name',
  'new_name',
  'experiment_id',
  'experiment_ids',
  'filter',
  'order_by',
  'max_results',
  'page_token',
  'view_type',
  'run_view_type',
  'tags',
  'metrics',
  'params',
  'key',
  'value',
  'timestamp',
  'step',
  'status',
  'end_time',
  'run_name',
  'model_json',
  'datasets',
  'models',
  'artifact_location',
] as const
const body = fc.record(Object.fromEntries(names.map((name) => [name, field])), { requiredKeys: [] })

test('any JSON is answered with success or with a reason', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), body, fc.boolean(), async (path, given, ofRun) => {
      const answer = await mlflow.post(path, ofRun ? { ...given, run_id: runId } : given)
      expect([200, 400, 404]).toContain(answer.status)
      if (answer.status === 200) return
      expect(answer.body.error_code).toMatch(
        /^(INVALID_PARAMETER_VALUE|RESOURCE_DOES_NOT_EXIST|RESOURCE_ALREADY_EXISTS)$/,
      )
      expect(answer.body.message).not.toMatch(/at \S+\.js|SQLITE|syntax error/)
    }),
    { numRuns: 600, seed: 12 },
  )
  expect((await mlflow.get('/runs/get', { run_id: runId })).status).toBe(200)
})

test('any bytes are answered with success or with a reason', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string().map((inner) => `{"run_id": "${runId}", "metrics": [{"key": NaN${inner}}]}`),
    fc.constantFrom(
      '{',
      '[[[[',
      '"',
      'null',
      'NaN',
      '-Infinity',
      '{"a":'.repeat(5000),
      `{"__proto__": {"run_id": "${runId}"}}`,
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/runs/log-batch', '/runs/search'), text, async (path, given) => {
      const answer = await mlflow.post(path, given)
      expect([200, 400, 404]).toContain(answer.status)
    }),
    { numRuns: 300, seed: 5 },
  )
})

test('any filter and any order of runs is answered with success or with a position', async () => {
  const words = fc.constantFrom(
    'metrics.',
    'params.',
    'tags.`',
    '`',
    '"',
    "'",
    ' ',
    '=',
    '<',
    '!=',
    'LIKE',
    ' IN ',
    '(',
    ')',
    ',',
    ' AND ',
    '1',
    '1e9',
    'status',
    'IS NULL',
    ';',
    '--',
    '.',
    'x',
    '😀',
  )
  const text = fc.array(words, { maxLength: 12 }).map((parts) => parts.join(''))
  await fc.assert(
    fc.asyncProperty(text, text, async (filter, order) => {
      const answer = await mlflow.post('/runs/search', {
        experiment_ids: ['0'],
        filter,
        order_by: order === '' ? [] : [order],
      })
      if (answer.status !== 200) {
        expect(answer.status).toBe(400)
        expect(answer.body.message).toMatch(/at position \d+: expected|duplicate fields/)
      }
    }),
    { numRuns: 600, seed: 9 },
  )
})

test.each([
  ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['objects', '{"a":'.repeat(40_000) + '1' + '}'.repeat(40_000)],
])('%s within each other are shown in no message', async (_name, deep) => {
  for (const [path, field] of [
    ['/runs/search', 'filter'],
    ['/runs/log-batch', 'run_id'],
    ['/experiments/create', 'name'],
  ] as const)
    expect((await mlflow.post(path, `{"${field}":${deep}}`)).status).toBe(400)
})
