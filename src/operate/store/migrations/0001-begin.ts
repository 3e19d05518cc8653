// The first schema: tracking, registry, artifacts, keys, the log of requests.
import type { Kysely } from 'kysely'
import { columns, type Dialect, table } from './define.js'

export async function begin(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const c = columns(dialect)
  const create = table(db, dialect)
  const named = { name: c.text }
  const times = { creation_time: c.integer, last_update_time: c.integer }
  const pairs = { owner: c.integer, key: c.text, value: c.text }
  const measured = { key: c.text, step: c.integer, timestamp: c.integer, value: c.real, is_nan: c.integer }
  const point = ['key', 'step', 'timestamp', 'value', 'is_nan']

  await create('experiments', {
    id: c.id,
    ...named,
    artifact_location: c.text,
    lifecycle_stage: c.text,
    ...times,
  })
  await create.unique('experiments', ['name'])
  await create('runs', {
    id: c.id,
    run_id: c.text,
    experiment: c.integer,
    ...named,
    status: c.text,
    user_id: c.text,
    start_time: c.integer,
    end_time: c.optionalInteger,
    lifecycle_stage: c.text,
    deleted_time: c.optionalInteger,
    artifact_uri: c.text,
    heartbeat_time: c.optionalInteger,
    owner: c.optionalText,
  })
  await create.unique('runs', ['run_id'])
  // The list of runs, newest first, page by page.
  await create.index('runs', ['experiment', 'start_time', 'id'])
  for (const name of pairTables) await create.clustered(name, pairs, ['owner', 'key'])
  await create.clustered('metrics', { run: c.integer, ...measured }, ['run', ...point])
  await create.clustered('latest_metrics', { run: c.integer, ...measured, ...extremes(c) }, ['run', 'key'])
  await create.clustered('column_names', { experiment: c.integer, kind: c.text, key: c.text }, [
    'experiment',
    'kind',
    'key',
  ])
  await create('datasets', {
    id: c.id,
    experiment: c.integer,
    ...named,
    digest: c.text,
    source_type: c.text,
    source: c.text,
    schema: c.optionalText,
    profile: c.optionalText,
  })
  await create.unique('datasets', ['experiment', 'name', 'digest'])
  await create.clustered('run_inputs', { run: c.integer, dataset: c.integer, tags: c.text }, [
    'run',
    'dataset',
  ])
  await create.index('run_inputs', ['dataset'])
  await create.clustered(
    'run_models',
    { run: c.integer, model_id: c.text, direction: c.text, step: c.integer },
    ['run', 'model_id', 'direction'],
  )
  await create('logged_models', {
    id: c.id,
    model_id: c.text,
    experiment: c.integer,
    ...named,
    artifact_uri: c.text,
    ...times,
    status: c.text,
    status_message: c.optionalText,
    model_type: c.optionalText,
    source_run_id: c.optionalText,
    lifecycle_stage: c.text,
  })
  await create.unique('logged_models', ['model_id'])
  await create.index('logged_models', ['experiment', 'creation_time', 'id'])
  await create.index('logged_models', ['source_run_id'])
  await create.clustered(
    'logged_model_metrics',
    { model: c.integer, run: c.integer, ...measured, dataset_name: c.text, dataset_digest: c.text },
    ['model', 'run', 'dataset_name', 'dataset_digest', ...point],
  )
  await registry(create, c)
  await service(create, c)
}

const extremes = (c: ReturnType<typeof columns>) => ({
  min_value: c.optionalReal,
  max_value: c.optionalReal,
  min_step: c.optionalInteger,
  min_timestamp: c.optionalInteger,
  max_step: c.optionalInteger,
  max_timestamp: c.optionalInteger,
})

const pairTables = [
  'experiment_tags',
  'params',
  'tags',
  'logged_model_params',
  'logged_model_tags',
  'registered_model_tags',
  'model_version_tags',
]

async function registry(create: ReturnType<typeof table>, c: ReturnType<typeof columns>): Promise<void> {
  const times = { creation_time: c.integer, last_update_time: c.integer }
  await create('registered_models', { id: c.id, name: c.text, description: c.text, ...times })
  await create.unique('registered_models', ['name'])
  await create('model_versions', {
    id: c.id,
    model: c.integer,
    version: c.integer,
    description: c.text,
    user_id: c.text,
    current_stage: c.text,
    source: c.text,
    storage_location: c.text,
    run_id: c.optionalText,
    run_link: c.text,
    model_id: c.optionalText,
    status: c.text,
    status_message: c.text,
    ...times,
    signature: c.optionalText,
    lineage: c.optionalText,
  })
  await create.unique('model_versions', ['model', 'version'])
  await create.index('model_versions', ['run_id'])
  await create.clustered('model_aliases', { model: c.integer, alias: c.text, version: c.integer }, [
    'model',
    'alias',
  ])
  await create('model_events', {
    id: c.id,
    model: c.optionalInteger,
    name: c.text,
    version: c.optionalInteger,
    time: c.integer,
    user_id: c.text,
    kind: c.text,
    details: c.text,
  })
  await create.index('model_events', ['model', 'id'])
  // Of models that are no more.
  await create.index('model_events', ['name', 'id'])
}

async function service(create: ReturnType<typeof table>, c: ReturnType<typeof columns>): Promise<void> {
  await create.clustered(
    'artifacts',
    {
      root: c.text,
      path: c.text,
      hash: c.text,
      size: c.integer,
      content_type: c.optionalText,
      creation_time: c.integer,
    },
    ['root', 'path'],
  )
  await create.index('artifacts', ['hash'])
  await create('api_keys', {
    id: c.id,
    name: c.text,
    prefix: c.text,
    hash: c.text,
    scopes: c.text,
    creation_time: c.integer,
    expiration_time: c.optionalInteger,
    last_used_time: c.optionalInteger,
    revoked_time: c.optionalInteger,
  })
  await create.unique('api_keys', ['hash'])
  await create('request_log', {
    id: c.id,
    time: c.integer,
    model: c.text,
    version: c.text,
    request_id: c.optionalText,
    rows: c.integer,
    queue_time: c.real,
    compute_time: c.real,
    error_code: c.optionalText,
    inputs: c.optionalText,
    outputs: c.optionalText,
  })
  await create.index('request_log', ['model', 'version', 'time', 'id'])
  // All models in one list, and what is too old.
  await create.index('request_log', ['time', 'id'])
}
