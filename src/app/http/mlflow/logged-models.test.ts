import { afterAll, beforeAll, expect, test } from 'vitest'
import { onBothStores } from '../../../../test/support/stores.js'
import { type MlflowServer, startMlflow } from '../../../../test/support/mlflow-server.js'

onBothStores('logged models and data sets', (home) => {
  let mlflow: MlflowServer
  beforeAll(async () => {
    mlflow = await startMlflow(undefined, await home.newUrl())
  })
  afterAll(() => mlflow[Symbol.asyncDispose]())

  const run = async () =>
    (await mlflow.post('/runs/create', { experiment_id: '0' })).body.run.info.run_id as string

  test('a logged model lives from creation to deletion, field by field', async () => {
    const source_run_id = await run()
    const created = await mlflow.post('/logged-models', {
      experiment_id: '0',
      name: 'tree',
      model_type: 'classifier',
      source_run_id,
      params: [{ key: 'depth', value: '3' }],
      tags: [{ key: 'team', value: 'blue' }],
    })
    const { model_id } = created.body.model.info
    expect(model_id).toMatch(/^m-[0-9a-f]{32}$/)
    const info = {
      model_id,
      experiment_id: '0',
      name: 'tree',
      creation_timestamp_ms: 1_700_000_000_000,
      last_updated_timestamp_ms: 1_700_000_000_000,
      artifact_uri: `mlflow-artifacts:/0/models/${model_id}/artifacts`,
      status: 'LOGGED_MODEL_PENDING',
      model_type: 'classifier',
      source_run_id,
      tags: [{ key: 'team', value: 'blue' }],
    }
    const data = { params: [{ key: 'depth', value: '3' }] }
    await mlflow.artifacts.write(`logged-models/${model_id}`, 'model/MLmodel', Buffer.from('flavors: {}'))
    expect(created).toEqual({ status: 200, body: { model: { info, data } } })
    const path = `/logged-models/${model_id}`
    const finalized = await mlflow.ask('PATCH', path, { model_id, status: 'LOGGED_MODEL_READY' })
    expect(finalized.body.model.info.status).toBe('LOGGED_MODEL_READY')
    expect(await mlflow.ask('PATCH', `${path}/tags`, { tags: [{ key: 'b', value: '2' }] })).toMatchObject({
      status: 200,
    })
    expect(await mlflow.post(`${path}/params`, { model_id, params: [{ key: 'lr', value: '1' }] })).toEqual({
      status: 200,
      body: {},
    })
    expect(await mlflow.ask('DELETE', `${path}/tags/team`)).toEqual({ status: 200, body: {} })
    expect((await mlflow.ask('DELETE', `${path}/tags/team`)).body).toEqual({
      error_code: 'RESOURCE_DOES_NOT_EXIST',
      message: `No tag with key 'team' found for model with ID '${model_id}'.`,
    })
    const metric = {
      run_id: source_run_id,
      key: 'acc',
      value: 0.9,
      timestamp: 5,
      step: 1,
      model_id,
      dataset_name: 'test',
      dataset_digest: 'd1',
    }
    expect((await mlflow.post('/runs/log-metric', metric)).status).toBe(200)
    expect(
      await mlflow.post('/runs/outputs', { run_id: source_run_id, models: [{ model_id, step: 4 }] }),
    ).toEqual({ status: 200, body: {} })
    const read = (await mlflow.get(path)).body.model
    expect(read.info.tags).toEqual([{ key: 'b', value: '2' }])
    expect(read.data).toEqual({
      params: [
        { key: 'depth', value: '3' },
        { key: 'lr', value: '1' },
      ],
      metrics: [metric],
    })
    const ran = (await mlflow.get('/runs/get', { run_id: source_run_id })).body.run
    expect(ran.outputs).toEqual({ model_outputs: [{ model_id, step: 4 }] })
    expect(ran.data.metrics).toEqual([{ key: 'acc', value: 0.9, timestamp: 5, step: 1 }])
    expect(
      (await mlflow.get(`${path}/artifacts/directories`, { artifact_directory_path: 'model' })).body,
    ).toEqual({
      root_uri: info.artifact_uri,
      files: [{ path: 'model/MLmodel', is_dir: false, file_size: 11 }],
    })
    expect(await mlflow.ask('DELETE', path, { model_id })).toEqual({ status: 200, body: {} })
    expect(await mlflow.get(path)).toEqual({
      status: 404,
      body: {
        error_code: 'RESOURCE_DOES_NOT_EXIST',
        message: `Logged model with ID '${model_id}' not found.`,
      },
    })
  })

  test('logged models are searched by attributes, data and metrics on data sets, and paged', async () => {
    const { experiment_id } = (await mlflow.post('/experiments/create', { name: 'models' })).body
    const run_id = (await mlflow.post('/runs/create', { experiment_id })).body.run.info.run_id
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      const { model } = (
        await mlflow.post('/logged-models', { experiment_id, name, params: [{ key: 'p', value: name }] })
      ).body
      const { model_id } = model.info
      if (name === 'c') continue
      for (const [dataset_name, value] of [
        ['train', i],
        ['test', 1 - i],
      ] as const) {
        await mlflow.post('/runs/log-batch', {
          run_id,
          metrics: [{ key: 'acc', value, timestamp: 1, model_id, dataset_name, dataset_digest: 'x' }],
        })
      }
    }
    const search = async (body: object) =>
      (await mlflow.post('/logged-models/search', { experiment_ids: [experiment_id], ...body })).body
    const names = async (body: object) =>
      (await search(body)).models.map(({ info }: { info: { name: string } }) => info.name)
    expect(await names({})).toEqual(['c', 'b', 'a'])
    expect(await names({ filter: "params.p = 'a' AND name LIKE '%'" })).toEqual(['a'])
    expect(
      await names({
        filter: "status = 'PENDING' AND attributes.model_type IS NULL",
        order_by: [{ field_name: 'name', ascending: true }],
      }),
    ).toEqual(['a', 'b', 'c'])
    expect(await names({ filter: 'metrics.acc > 0.5' })).toEqual(['b', 'a'])
    expect(await names({ filter: 'metrics.acc > 0.5', datasets: [{ dataset_name: 'train' }] })).toEqual(['b'])
    expect(
      await names({
        filter: 'metrics.acc > 0.5',
        datasets: [{ dataset_name: 'train', dataset_digest: 'y' }],
      }),
    ).toEqual([])
    expect(await names({ datasets: [{ dataset_name: 'test' }] })).toEqual(['b', 'a'])
    expect(
      await names({ order_by: [{ field_name: 'metrics.acc', ascending: false, dataset_name: 'test' }] }),
    ).toEqual(['a', 'b', 'c'])
    expect(await names({ order_by: [{ field_name: 'creation_timestamp', ascending: true }] })).toEqual([
      'c',
      'b',
      'a',
    ])
    const first = await search({ max_results: 2, order_by: [{ field_name: 'name' }] })
    expect(first.models).toHaveLength(2)
    const second = await search({
      max_results: 2,
      order_by: [{ field_name: 'name' }],
      page_token: first.next_page_token,
    })
    expect(second.models.map(({ info }: { info: { name: string } }) => info.name)).toEqual(['c'])
    expect((await search({ order_by: [{ field_name: 'params.p' }] })).message).toContain(
      'Invalid order by field name: params.p',
    )
    expect((await search({ order_by: [{}] })).message).toBe(
      '`field_name` in the `order_by` clause must be specified.',
    )
    expect((await search({ datasets: [{}] })).message).toBe(
      '`dataset_name` in the `datasets` clause must be specified.',
    )
  })

  test.each([
    [
      {},
      "Missing value for required parameter 'experiment_id'. See the API docs for more information about request parameters.",
    ],
    [{ experiment_id: '0', name: 'a/b' }, expect.stringContaining('Invalid model name (a/b) provided.')],
  ])('%j is no model', async (body, message) => {
    expect(await mlflow.post('/logged-models', body)).toEqual({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
  })

  test('metrics of a model that is not there are refused, and nothing of their batch is kept', async () => {
    const run_id = await run()
    const metrics = [{ key: 'acc', value: 1, timestamp: 1, model_id: 'm-none' }]
    expect(
      (await mlflow.post('/runs/log-batch', { run_id, metrics, params: [{ key: 'p', value: '1' }] })).body
        .message,
    ).toBe("Logged model with ID 'm-none' not found.")
    expect((await mlflow.get('/runs/get', { run_id })).body.run.data).toEqual({ tags: expect.any(Array) })
  })

  test('data sets are inputs of runs, found by name and in searches', async () => {
    const { experiment_id } = (await mlflow.post('/experiments/create', { name: 'data' })).body
    const run_id = (await mlflow.post('/runs/create', { experiment_id })).body.run.info.run_id
    const dataset = {
      name: 'iris',
      digest: 'abc',
      source_type: 'local',
      source: '{"path": "iris.csv"}',
      schema: '{}',
      profile: '{"rows": 150}',
    }
    const tags = [{ key: 'mlflow.data.context', value: 'training' }]
    const log = { run_id, datasets: [{ dataset, tags }], models: [{ model_id: 'm-1' }] }
    expect(await mlflow.post('/runs/log-inputs', log)).toEqual({ status: 200, body: {} })
    expect(await mlflow.post('/runs/log-inputs', log)).toEqual({ status: 200, body: {} })
    const inputs = { dataset_inputs: [{ dataset, tags }], model_inputs: [{ model_id: 'm-1' }] }
    expect((await mlflow.get('/runs/get', { run_id })).body.run.inputs).toEqual(inputs)
    for (const [filter, count] of [
      ["datasets.name = 'iris' AND dataset.context IN ('training')", 1],
      ["datasets.digest LIKE 'a%'", 1],
      ["datasets.context = 'testing'", 0],
    ] as const) {
      const { runs } = (await mlflow.post('/runs/search', { experiment_ids: [experiment_id], filter })).body
      expect(runs).toHaveLength(count)
      if (count === 1) expect(runs[0].inputs).toEqual(inputs)
    }
    expect(
      (await mlflow.post('/experiments/search-datasets', { experiment_ids: [experiment_id, '0'] })).body,
    ).toEqual({
      dataset_summaries: [{ experiment_id, name: 'iris', digest: 'abc', context: 'training' }],
    })
    expect((await mlflow.post('/experiments/search-datasets', {})).body.message).toBe(
      'SearchDatasets request must specify at least one experiment_id.',
    )
    expect(
      (
        await mlflow.post('/runs/log-inputs', {
          run_id,
          datasets: [{ dataset: { ...dataset, digest: 'x'.repeat(37) } }],
        })
      ).body.message,
    ).toBe("'digest' exceeds the maximum length of 36 characters")
    expect((await mlflow.post('/runs/log-inputs', { run_id, datasets: [{}] })).body.message).toBe(
      'Dataset cannot be None',
    )
  })

  test('artifacts of a run are listed; paths that lead elsewhere are refused', async () => {
    const run_id = await run()
    await mlflow.artifacts.write(`runs/${run_id}`, 'model/MLmodel', Buffer.from('flavors: {}'))
    await mlflow.artifacts.write(`runs/${run_id}`, 'model/code/a.py', Buffer.from(''))
    expect((await mlflow.get('/artifacts/list', { run_id, path: 'model/' })).body).toEqual({
      root_uri: `mlflow-artifacts:/0/${run_id}/artifacts`,
      files: [
        { path: 'model/MLmodel', is_dir: false, file_size: 11 },
        { path: 'model/code', is_dir: true },
      ],
    })
    expect((await mlflow.get('/artifacts/list', { run_id })).body.files).toEqual([
      { path: 'model', is_dir: true },
    ])
    expect((await mlflow.get('/artifacts/list', { run_id, path: 'none' })).body.files).toBeUndefined()
    const { experiment_id } = (
      await mlflow.post('/experiments/create', {
        name: 'elsewhere',
        artifact_location: 's3://user:secret@bucket/x',
      })
    ).body
    const other = (await mlflow.post('/runs/create', { experiment_id })).body.run.info.run_id
    const refused = await mlflow.get('/artifacts/list', { run_id: other })
    expect([refused.status, refused.body.error_code]).toEqual([501, 'NOT_IMPLEMENTED'])
    expect(refused.body.message).not.toContain('secret')
    for (const path of ['..', 'a/../../b', '/etc', 'C:\\x', '..\\x', 'a/..']) {
      expect(await mlflow.get('/artifacts/list', { run_id, path })).toEqual({
        status: 400,
        body: { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid path' },
      })
    }
  })
})
