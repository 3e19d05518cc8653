import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MlflowServer, startMlflow } from '../../../../test/support/mlflow-server.js'

let mlflow: MlflowServer
let time = 1000
beforeAll(async () => {
  mlflow = await startMlflow(() => time)
})
afterAll(() => mlflow[Symbol.asyncDispose]())

const gone = (id: string) => ({
  status: 404,
  body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: `No Experiment with id=${id} exists` },
})

test('an experiment lives from creation to restoration, field by field', async () => {
  const created = await mlflow.post('/experiments/create', {
    name: 'prod',
    tags: [{ key: 'team', value: 'blue' }],
  })
  expect(created).toEqual({ status: 200, body: { experiment_id: '1' } })
  const experiment = {
    experiment_id: '1',
    name: 'prod',
    artifact_location: 'mlflow-artifacts:/1',
    lifecycle_stage: 'active',
    last_update_time: 1000,
    creation_time: 1000,
    tags: [{ key: 'team', value: 'blue' }],
  }
  expect(await mlflow.get('/experiments/get', { experiment_id: '1' })).toEqual({
    status: 200,
    body: { experiment },
  })
  expect((await mlflow.get('/experiments/get-by-name', { experiment_name: 'prod' })).body).toEqual({
    experiment,
  })
  time = 2000
  expect(await mlflow.post('/experiments/update', { experiment_id: '1', new_name: 'production' })).toEqual({
    status: 200,
    body: {},
  })
  expect(
    await mlflow.post('/experiments/set-experiment-tag', { experiment_id: '1', key: 'a b', value: 'c' }),
  ).toEqual({ status: 200, body: {} })
  expect(
    await mlflow.post('/experiments/delete-experiment-tag', { experiment_id: '1', key: 'team' }),
  ).toEqual({ status: 200, body: {} })
  expect((await mlflow.get('/experiments/get', { experiment_id: '1' })).body.experiment).toMatchObject({
    name: 'production',
    last_update_time: 2000,
    tags: [{ key: 'a b', value: 'c' }],
  })
  expect(await mlflow.post('/experiments/delete', { experiment_id: '1' })).toEqual({ status: 200, body: {} })
  expect(await mlflow.post('/experiments/delete', { experiment_id: '1' })).toEqual(gone('1'))
  expect((await mlflow.get('/experiments/get', { experiment_id: '1' })).body.experiment.lifecycle_stage).toBe(
    'deleted',
  )
  expect((await mlflow.post('/experiments/update', { experiment_id: '1', new_name: 'x' })).body).toEqual({
    error_code: 'INVALID_STATE',
    message: 'Cannot rename a non-active experiment.',
  })
  const message = "The experiment 1 must be in the 'active' state. Current state is deleted."
  for (const [path, body] of [
    ['/runs/create', { experiment_id: '1' }],
    ['/experiments/set-experiment-tag', { experiment_id: '1', key: 'k', value: 'v' }],
  ] as const) {
    expect(await mlflow.post(path, body)).toEqual({
      status: 400,
      body: { error_code: 'INVALID_PARAMETER_VALUE', message },
    })
  }
  expect(await mlflow.post('/experiments/restore', { experiment_id: '1' })).toEqual({ status: 200, body: {} })
  expect(await mlflow.post('/experiments/restore', { experiment_id: '1' })).toEqual(gone('1'))
})

test('names are unique, also against deleted ones, and clients see the code that they know', async () => {
  await mlflow.post('/experiments/create', { name: 'taken' })
  const again = await mlflow.post('/experiments/create', { name: 'taken' })
  expect(again.status).toBe(400)
  expect(again.body.error_code).toBe('RESOURCE_ALREADY_EXISTS')
  expect(again.body.message).toMatch(/^Experiment\(name=taken\) already exists\. Error: /)
  const { experiment_id } = (await mlflow.post('/experiments/create', { name: 'other' })).body
  const renamed = await mlflow.post('/experiments/update', { experiment_id, new_name: 'taken' })
  expect(renamed.body.error_code).toBe('RESOURCE_ALREADY_EXISTS')
})

test.each([
  [
    {},
    "Missing value for required parameter 'name'. See the API docs for more information about request parameters.",
  ],
  [{ name: 'n'.repeat(501) }, "'name' exceeds the maximum length of 500 characters"],
  [{ name: 'a', artifact_location: 'runs:/x' }, "Artifact location cannot be a runs:/ URI. Given: 'runs:/x'"],
  [
    { name: 'a', artifact_location: 's3://b/c#d' },
    "'artifact_location' URL can't include fragments or params.",
  ],
  [{ name: 'a', tags: [{ key: 'k*', value: '' }] }, expect.stringContaining('Names may only contain')],
] as const)('%j is refused', async (body, message) => {
  expect(await mlflow.post('/experiments/create', body)).toEqual({
    status: 400,
    body: { error_code: 'INVALID_PARAMETER_VALUE', message },
  })
})

test('unknown ones are told as clients expect', async () => {
  expect(await mlflow.get('/experiments/get', { experiment_id: '77' })).toEqual(gone('77'))
  expect(await mlflow.get('/experiments/get-by-name', { experiment_name: 'none' })).toEqual({
    status: 404,
    body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: "Could not find experiment with name 'none'" },
  })
  const tag = await mlflow.post('/experiments/delete-experiment-tag', { experiment_id: '0', key: 'none' })
  expect(tag.body.message).toBe('No tag with name: none in experiment with id 0')
})

test('are searched by GET and POST, filtered, ordered and paged', async () => {
  await mlflow.post('/experiments/create', { name: 'zz-1', artifact_location: 's3://bucket/path/' })
  await mlflow.post('/experiments/create', { name: 'zz-2' })
  const names = (body: { experiments: { name: string }[] }) => body.experiments.map(({ name }) => name)
  const query = { filter: "name LIKE 'zz-%'", order_by: ['name ASC'], max_results: 1, view_type: 'ALL' }
  const first = (await mlflow.post('/experiments/search', query)).body
  expect(names(first)).toEqual(['zz-1'])
  expect(first.experiments[0].artifact_location).toBe('s3://bucket/path')
  expect(first.experiments[0].tags).toBeUndefined()
  const second = (await mlflow.get('/experiments/search', { ...query, page_token: first.next_page_token }))
    .body
  expect(names(second)).toEqual(['zz-2'])
  expect(second.next_page_token).toBeUndefined()
  expect((await mlflow.get('/experiments/list', { view_type: '2' })).body).toEqual({ experiments: [] })
  const bad = await mlflow.post('/experiments/search', { max_results: 0 })
  expect(bad.status).toBe(400)
})

test('the server tells what it is', async () => {
  expect((await mlflow.inject({ url: '/health' })).body).toBe('OK')
  expect((await mlflow.inject({ url: '/version' })).body).toMatch(/^3\.\d+\.\d+$/)
  expect((await mlflow.inject({ url: '/api/3.0/mlflow/server-info' })).json()).toMatchObject({
    workspaces_enabled: false,
  })
})
