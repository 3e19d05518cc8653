// Bodies as MLflow's service.proto defines them, answers as its server gives them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MlflowServer, startMlflow } from '../../../../test/support/mlflow-server.js'

let mlflow: MlflowServer
beforeAll(async () => {
  mlflow = await startMlflow()
})
afterAll(() => mlflow[Symbol.asyncDispose]())

const startRun = async (more: object = {}): Promise<string> =>
  (await mlflow.post('/runs/create', { experiment_id: '0', start_time: 5, ...more })).body.run.info.run_id

const errorOf = (error_code: string, message: unknown) => ({ error_code, message })
const missing = (name: string) =>
  `Missing value for required parameter '${name}'. See the API docs for more information about request parameters.`

describe('a run', () => {
  test('is created, logged into, read and ended, field by field', async () => {
    const created = await mlflow.post('/runs/create', {
      experiment_id: '0',
      user_id: 'ada',
      run_name: 'first',
      start_time: 1_600_000_000_000,
      tags: [{ key: 'mlflow.source.name', value: 'train.py' }],
      unknown_field: { of: 'a newer client' },
    })
    expect(created.status).toBe(200)
    const runId = created.body.run.info.run_id
    expect(runId).toMatch(/^[0-9a-f]{32}$/)
    const info = {
      run_uuid: runId,
      run_id: runId,
      experiment_id: '0',
      run_name: 'first',
      user_id: 'ada',
      status: 'RUNNING',
      start_time: 1_600_000_000_000,
      artifact_uri: `mlflow-artifacts:/0/${runId}/artifacts`,
      lifecycle_stage: 'active',
    }
    expect(created.body).toEqual({
      run: {
        info,
        data: {
          tags: [
            { key: 'mlflow.runName', value: 'first' },
            { key: 'mlflow.source.name', value: 'train.py' },
          ],
        },
        inputs: {},
        outputs: {},
      },
    })
    for (const [path, body] of [
      ['log-parameter', { run_id: runId, run_uuid: runId, key: 'lr', value: '0.1' }],
      ['log-metric', { run_id: runId, key: 'loss', value: 0.5, timestamp: 10, step: 1 }],
      ['log-metric', { run_id: runId, key: 'loss', value: 0.25, timestamp: '11', step: '2' }],
      ['set-tag', { run_id: runId, key: 'mlflow.note.content', value: 'a *note*' }],
      [
        'log-batch',
        {
          run_id: runId,
          metrics: [{ key: 'acc', value: 1, timestamp: 1 }],
          params: [{ key: 'depth', value: '3' }],
        },
      ],
      ['log-batch', { run_id: runId }],
    ] as const) {
      expect(await mlflow.post(`/runs/${path}`, body)).toEqual({ status: 200, body: {} })
    }
    const ended = await mlflow.post('/runs/update', {
      run_id: runId,
      status: 'FINISHED',
      end_time: 1_600_000_001_000,
    })
    expect(ended.body).toEqual({ run_info: { ...info, status: 'FINISHED', end_time: 1_600_000_001_000 } })
    const { body } = await mlflow.get('/runs/get', { run_id: runId, run_uuid: runId })
    expect(body.run.data).toEqual({
      metrics: [
        { key: 'acc', value: 1, timestamp: 1, step: 0 },
        { key: 'loss', value: 0.25, timestamp: 11, step: 2 },
      ],
      params: [
        { key: 'depth', value: '3' },
        { key: 'lr', value: '0.1' },
      ],
      tags: [
        { key: 'mlflow.note.content', value: 'a *note*' },
        { key: 'mlflow.runName', value: 'first' },
        { key: 'mlflow.source.name', value: 'train.py' },
      ],
    })
  })

  test('has a name in any case, and keeps tag and name the same', async () => {
    const nameOf = async (runId: string) =>
      (await mlflow.get('/runs/get', { run_id: runId })).body.run.info.run_name
    expect(await nameOf(await startRun())).toMatch(/^[a-z]+-[a-z]+-\d+$/)
    const tagged = await startRun({ tags: [{ key: 'mlflow.runName', value: 'by tag' }] })
    expect(await nameOf(tagged)).toBe('by tag')
    await mlflow.post('/runs/set-tag', { run_id: tagged, key: 'mlflow.runName', value: 'again' })
    expect(await nameOf(tagged)).toBe('again')
    await mlflow.post('/runs/update', { run_id: tagged, run_name: 'third' })
    expect((await mlflow.get('/runs/get', { run_id: tagged })).body.run.data.tags).toEqual([
      { key: 'mlflow.runName', value: 'third' },
    ])
    const differ = await mlflow.post('/runs/create', {
      run_name: 'a',
      tags: [{ key: 'mlflow.runName', value: 'b' }],
    })
    expect(differ).toEqual({
      status: 400,
      body: errorOf(
        'INVALID_PARAMETER_VALUE',
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='a', mlflow.runName='b').",
      ),
    })
  })

  test('is deleted, refused and restored', async () => {
    const runId = await startRun()
    expect(await mlflow.post('/runs/delete', { run_id: runId })).toEqual({ status: 200, body: {} })
    expect((await mlflow.get('/runs/get', { run_id: runId })).body.run.info.lifecycle_stage).toBe('deleted')
    const refused = {
      status: 400,
      body: errorOf(
        'INVALID_PARAMETER_VALUE',
        `The run ${runId} must be in the 'active' state. Current state is deleted.`,
      ),
    }
    expect(
      await mlflow.post('/runs/log-metric', { run_id: runId, key: 'm', value: 1, timestamp: 1 }),
    ).toEqual(refused)
    expect(await mlflow.post('/runs/update', { run_id: runId, status: 'FAILED' })).toEqual(refused)
    expect(await mlflow.post('/runs/restore', { run_id: runId })).toEqual({ status: 200, body: {} })
    expect(
      (
        await mlflow.post('/runs/log-batch', {
          run_id: runId,
          metrics: [{ key: 'm', value: 1, timestamp: 1 }],
        })
      ).status,
    ).toBe(200)
  })

  test('tags are deleted, once', async () => {
    const runId = await startRun({ tags: [{ key: 'a', value: '1' }] })
    expect(await mlflow.post('/runs/delete-tag', { run_id: runId, key: 'a' })).toEqual({
      status: 200,
      body: {},
    })
    expect(await mlflow.post('/runs/delete-tag', { run_id: runId, key: 'a' })).toEqual({
      status: 404,
      body: errorOf('RESOURCE_DOES_NOT_EXIST', `No tag with name: a in run with id ${runId}`),
    })
  })

  test('models of clients before MLflow 3 are listed in a tag', async () => {
    const runId = await startRun()
    const model = { artifact_path: 'model', flavors: {}, utc_time_created: 'now', run_id: runId }
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        mlflow.post('/runs/log-model', { run_id: runId, model_json: JSON.stringify({ ...model, name }) }),
      ),
    )
    const { body } = await mlflow.get('/runs/get', { run_id: runId })
    const history = JSON.parse(
      body.run.data.tags.find(({ key }: { key: string }) => key === 'mlflow.log-model.history').value,
    )
    expect(history.map(({ name }: { name: string }) => name).sort()).toEqual(['a', 'b', 'c'])
    const bad = await mlflow.post('/runs/log-model', { run_id: runId, model_json: '{}' })
    expect(bad.body.message).toContain('missing mandatory fields')
    expect((await mlflow.post('/runs/log-model', { run_id: runId, model_json: 'x' })).status).toBe(400)
  })
})

describe('parameters', () => {
  test('do not change, and say so; the same again is nothing', async () => {
    const runId = await startRun()
    const log = (value: string) => mlflow.post('/runs/log-parameter', { run_id: runId, key: 'p', value })
    expect((await log('1')).status).toBe(200)
    expect((await log('1')).status).toBe(200)
    expect(await log('2')).toEqual({
      status: 400,
      body: errorOf(
        'INVALID_PARAMETER_VALUE',
        `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${runId}'. Attempted logging new value '2'.`,
      ),
    })
    const batch = await mlflow.post('/runs/log-batch', {
      run_id: runId,
      params: [{ key: 'p', value: "it's" }],
    })
    expect(batch.body).toEqual(
      errorOf(
        'INVALID_PARAMETER_VALUE',
        `Changing param values is not allowed. Params were already logged='[{'key': 'p', 'old_value': '1', 'new_value': "it's"}]' for run ID='${runId}'.`,
      ),
    )
    const twice = await mlflow.post('/runs/log-batch', {
      run_id: runId,
      params: [
        { key: 'q', value: '1' },
        { key: 'q', value: '2' },
      ],
    })
    expect(twice.body.message).toBe(
      "Duplicate parameter keys have been submitted: ['q']. Please ensure the request contains only one param value per param key.",
    )
  })

  test('names that objects of JavaScript have are only names; long values are cut as MLflow cuts them', async () => {
    const runId = await startRun()
    const params = ['__proto__', 'constructor', 'toString'].map((key) => ({ key, value: 'x' }))
    await mlflow.post('/runs/log-batch', { run_id: runId, params, tags: params })
    await mlflow.post('/runs/log-parameter', { run_id: runId, key: 'long', value: '😀'.repeat(6001) })
    await mlflow.post('/runs/set-tag', { run_id: runId, key: 'long', value: 'y'.repeat(8001) })
    await mlflow.post('/runs/log-parameter', { run_id: runId, key: 'empty', value: '' })
    const { data } = (await mlflow.get('/runs/get', { run_id: runId })).body.run
    const valueOf = (list: { key: string; value: string }[], name: string) =>
      list.find(({ key }) => key === name)?.value
    for (const { key } of params) {
      expect(valueOf(data.params, key)).toBe('x')
      expect(valueOf(data.tags, key)).toBe('x')
    }
    expect(valueOf(data.params, 'long')).toBe('😀'.repeat(6000))
    expect(valueOf(data.tags, 'long')).toHaveLength(8000)
    expect(valueOf(data.params, 'empty')).toBe('')
  })
})

describe('numbers that JSON does not know', () => {
  test('are read bare, as Python writes them, and as texts, and are written as texts', async () => {
    const runId = await startRun()
    const body = `{"run_id": "${runId}", "metrics": [
      {"key": "a", "value": NaN, "timestamp": 1}, {"key": "b", "value": -Infinity, "timestamp": 1},
      {"key": "c", "value": "Infinity", "timestamp": 1}, {"key": "d", "value": "NaN", "timestamp": 1},
      {"key": "e", "value": "1e-3", "timestamp": 1}], "tags": [{"key": "NaN", "value": "a NaN, -Infinity \\" NaN"}]}`
    expect(await mlflow.post('/runs/log-batch', body)).toEqual({ status: 200, body: {} })
    const { data } = (await mlflow.get('/runs/get', { run_id: runId })).body.run
    expect(data.metrics.map(({ value }: { value: unknown }) => value)).toEqual([
      'NaN',
      '-Infinity',
      'Infinity',
      'NaN',
      0.001,
    ])
    expect(data.tags).toContainEqual({ key: 'NaN', value: 'a NaN, -Infinity " NaN' })
    const { body: history } = await mlflow.get('/metrics/get-history', { run_id: runId, metric_key: 'b' })
    expect(history).toEqual({ metrics: [{ key: 'b', value: '-Infinity', timestamp: 1, step: 0 }] })
  })
})

describe('what is refused', () => {
  test.each([
    ['/runs/get?x=1', undefined, 'INVALID_PARAMETER_VALUE', missing('run_id')],
    ['/runs/get?run_id=', undefined, 'INVALID_PARAMETER_VALUE', missing('run_id')],
    [
      `/runs/get?run_id=${'0'.repeat(32)}`,
      undefined,
      'RESOURCE_DOES_NOT_EXIST',
      `Run with id=${'0'.repeat(32)} not found`,
    ],
    [
      '/runs/get?run_id=..%2Fetc',
      undefined,
      'INVALID_PARAMETER_VALUE',
      `Invalid value "../etc" for parameter 'run_id' supplied.`,
    ],
    ['/runs/create', { experiment_id: '99' }, 'RESOURCE_DOES_NOT_EXIST', 'No Experiment with id=99 exists'],
    [
      '/runs/create',
      { experiment_id: "0'; drop table runs" },
      'RESOURCE_DOES_NOT_EXIST',
      "No Experiment with id=0'; drop table runs exists",
    ],
    [
      '/runs/create',
      { experiment_id: '0', start_time: 'soon' },
      'INVALID_PARAMETER_VALUE',
      `Invalid value "soon" for parameter 'start_time' supplied:  Hint: Value was of type 'str'. See the API docs for more information about request parameters.`,
    ],
    [
      '/runs/create',
      { tags: 'x' },
      'INVALID_PARAMETER_VALUE',
      `Invalid value "x" for parameter 'tags' supplied:  Hint: Value was of type 'str'. See the API docs for more information about request parameters.`,
    ],
    ['/runs/log-metric', { run_id: 'a', value: 1, timestamp: 1 }, 'INVALID_PARAMETER_VALUE', missing('key')],
    [
      '/runs/log-metric',
      { run_id: 'a', key: 'm', timestamp: 1 },
      'INVALID_PARAMETER_VALUE',
      missing('value'),
    ],
    [
      '/runs/log-metric',
      { run_id: 'a', key: 'm', value: 1 },
      'INVALID_PARAMETER_VALUE',
      missing('timestamp'),
    ],
    [
      '/runs/log-metric',
      { run_id: 'a', key: 'm', value: [], timestamp: 1 },
      'INVALID_PARAMETER_VALUE',
      `Invalid value [] for parameter 'value' supplied:  Hint: Value was of type 'list'. See the API docs for more information about request parameters.`,
    ],
    [
      '/runs/log-metric',
      { run_id: 'a', key: 'm', value: 1, timestamp: -1 },
      'INVALID_PARAMETER_VALUE',
      "Invalid value -1 for parameter 'timestamp' supplied: metric 'm' (value=1). Timestamp must be a nonnegative long (64-bit integer) ",
    ],
    [
      '/runs/log-metric',
      { run_id: 'a', key: 'm', value: 1, timestamp: 1, step: 1e300 },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining("for parameter 'step' supplied"),
    ],
    [
      '/runs/log-metric',
      { run_id: 'a', key: 'bad*name', value: 1, timestamp: 1 },
      'INVALID_PARAMETER_VALUE',
      `Invalid value "bad*name" for parameter 'key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).`,
    ],
    [
      '/runs/log-parameter',
      { run_id: 'a', key: '../up', value: 'x' },
      'INVALID_PARAMETER_VALUE',
      `Invalid value "../up" for parameter 'key' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '../up'`,
    ],
    [
      '/runs/set-tag',
      { run_id: 'a', key: 'k'.repeat(251), value: 'x' },
      'INVALID_PARAMETER_VALUE',
      "'key' exceeds the maximum length of 250 characters",
    ],
    [
      '/runs/set-tag',
      { run_id: 'a', key: 'k', value: 'a\0b' },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining("for parameter 'value'"),
    ],
    [
      '/runs/log-batch',
      { run_id: 'a', metrics: [{ key: 'm', value: 1, timestamp: 1 }, { value: 1 }] },
      'INVALID_PARAMETER_VALUE',
      missing('metrics[1].key'),
    ],
    [
      '/runs/log-batch',
      { run_id: 'a', metrics: [{ key: 'a/../b', value: 1, timestamp: 1 }] },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining("for parameter 'metrics[0].name' supplied: Names may be treated as files"),
    ],
    [
      '/runs/log-batch',
      { run_id: 'a', metrics: Array.from({ length: 1001 }, () => ({ key: 'm', value: 1, timestamp: 1 })) },
      'INVALID_PARAMETER_VALUE',
      'A batch logging request can contain at most 1000 metrics. Got 1001 metrics. Please split up metrics across multiple requests and try again.',
    ],
    [
      '/runs/log-batch',
      { run_id: 'a', tags: Array.from({ length: 101 }, (_, i) => ({ key: `t${i}`, value: '' })) },
      'INVALID_PARAMETER_VALUE',
      'A batch logging request can contain at most 100 tags. Got 101 tags. Please split up tags across multiple requests and try again.',
    ],
    [
      '/runs/log-batch',
      {
        run_id: 'a',
        metrics: Array.from({ length: 950 }, () => ({ key: 'm', value: 1, timestamp: 1 })),
        params: Array.from({ length: 51 }, (_, i) => ({ key: `p${i}`, value: '' })),
      },
      'INVALID_PARAMETER_VALUE',
      'A batch logging request can contain at most 1000 metrics, params, and tags. Got 1001 metrics, params, and tags. Please split up metrics, params, and tags across multiple requests and try again.',
    ],
    ['/runs/log-batch', '[1]', 'INVALID_PARAMETER_VALUE', 'The body is a JSON array, expected an object.'],
    [
      '/runs/log-batch',
      '{"run_id": NaNa}',
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining('cannot be read as JSON'),
    ],
    [
      '/runs/search',
      { max_results: 50_001 },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining("for parameter 'max_results' supplied"),
    ],
    [
      '/runs/search',
      { order_by: [5] },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining("for parameter 'order_by' supplied"),
    ],
    [
      '/runs/search',
      { filter: 'metrics.a ~ 5' },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining('at position 11: expected one of'),
    ],
    [
      '/runs/search',
      { page_token: 'x' },
      'INVALID_PARAMETER_VALUE',
      expect.stringContaining('Invalid page token'),
    ],
    [
      '/traces',
      { any: 'thing' },
      'ENDPOINT_NOT_FOUND',
      'API not found: this server does not know POST /api/2.0/mlflow/traces.',
    ],
    ['/runs/create/more', undefined, 'ENDPOINT_NOT_FOUND', expect.stringContaining('does not know GET')],
  ] as const)('%s %j', async (path, body, code, message) => {
    const answer = body === undefined ? await mlflow.get(path) : await mlflow.post(path, body)
    expect(answer.body).toEqual(errorOf(code, message))
    expect(answer.status).toBe(code === 'INVALID_PARAMETER_VALUE' ? 400 : 404)
  })

  test('bodies of another type, which browsers send anywhere', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await mlflow.inject({
        method: 'POST',
        url: '/api/2.0/mlflow/runs/create',
        payload: '{}',
        headers: { 'content-type': type },
      })
      const bare = await mlflow.inject({ method: 'POST', url: '/api/2.0/mlflow/runs/delete?run_id=a' })
      expect(bare.json().message).toBe(missing('run_id'))
      expect(answer.statusCode).toBe(400)
      expect(answer.json()).toEqual(
        errorOf('INVALID_PARAMETER_VALUE', "Bad Request. Content-Type must be one of ['application/json']."),
      )
    }
  })
})

describe('searching', () => {
  test('gives runs with data, page by page, at every address', async () => {
    const { experiment_id } = (await mlflow.post('/experiments/create', { name: 'search' })).body
    for (const i of [1, 2, 3]) {
      const runId = await startRun({ experiment_id, start_time: i, run_name: `r${i}` })
      await mlflow.post('/runs/log-metric', { run_id: runId, key: 'm', value: i, timestamp: 1 })
    }
    const names = (body: { runs?: { info: { run_name: string } }[] }) =>
      body.runs?.map(({ info }) => info.run_name)
    const first = await mlflow.post('/runs/search', { experiment_ids: [experiment_id], max_results: 2 })
    expect(names(first.body)).toEqual(['r3', 'r2'])
    const second = await mlflow.post('/runs/search', {
      experiment_ids: [experiment_id],
      max_results: 2,
      page_token: first.body.next_page_token,
    })
    expect(names(second.body)).toEqual(['r1'])
    expect(second.body.next_page_token).toBeUndefined()
    const sorted = await mlflow.post('/runs/search', {
      experiment_ids: [Number(experiment_id)],
      filter: 'metrics.m >= 2',
      order_by: ['metrics.m ASC'],
      run_view_type: 1,
    })
    expect(names(sorted.body)).toEqual(['r2', 'r3'])
    expect((await mlflow.post('/runs/search', { experiment_ids: [] })).body).toEqual({ runs: [] })
    expect(
      (await mlflow.post('/runs/search', { experiment_ids: [experiment_id], run_view_type: 'DELETED_ONLY' }))
        .body,
    ).toEqual({ runs: [] })
    for (const prefix of ['/ajax-api/2.0/mlflow', '/api/2.0/preview/mlflow']) {
      const answer = await mlflow.inject({
        method: 'POST',
        url: `${prefix}/runs/search`,
        payload: { experiment_ids: [experiment_id] },
      })
      expect(answer.json().runs).toHaveLength(3)
    }
  })
})
