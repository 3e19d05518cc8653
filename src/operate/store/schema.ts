// The tables as TypeScript sees them. Rows of runs are found by a short number inside and by MLflow's names outside: the number keeps the
// index of a billion metrics small. Times are milliseconds since 1970; texts in JSON are marked so.
import type { Generated, Insertable, Selectable } from 'kysely'

export interface ExperimentsTable {
  /** MLflow's experiment id is this number as text; 0 is the default experiment. */
  id: Generated<number>
  name: string
  artifact_location: string
  lifecycle_stage: string
  creation_time: number
  last_update_time: number
}

export interface RunsTable {
  id: Generated<number>
  /** 32 hexadecimal digits. */
  run_id: string
  experiment: number
  name: string
  status: string
  user_id: string
  start_time: number
  end_time: number | null
  lifecycle_stage: string
  deleted_time: number | null
  artifact_uri: string
  /** The last sign of life; null for clients that give none. */
  heartbeat_time: number | null
  /** JSON: which process of which machine writes it; null for clients that do not say. */
  owner: string | null
}

/** Parameters and tags of runs, tags of experiments, models and versions. */
export interface PairsTable {
  owner: number
  key: string
  value: string
}

export interface MetricsTable {
  run: number
  key: string
  step: number
  timestamp: number
  /** 0 where is_nan is 1: NULL would not be equal to itself, and a repeated request would add a row. */
  value: number
  is_nan: number
}

export interface LatestMetricsTable extends MetricsTable {
  /** Of all values that are numbers; null while there is none. */
  min_value: number | null
  max_value: number | null
  /** Where the extremes were met first. */
  min_step: number | null
  min_timestamp: number | null
  max_step: number | null
  max_timestamp: number | null
}

/** The names of parameters, metrics and tags that runs of an experiment have or had. */
export interface ColumnNamesTable {
  experiment: number
  kind: string
  key: string
}

export interface DatasetsTable {
  id: Generated<number>
  experiment: number
  name: string
  digest: string
  source_type: string
  source: string
  schema: string | null
  profile: string | null
}

export interface RunInputsTable {
  run: number
  dataset: number
  /** JSON: a record of tags, such as mlflow.data.context. */
  tags: string
}

/** Logged models that a run read (`input`) or wrote (`output`). */
export interface RunModelsTable {
  run: number
  model_id: string
  direction: string
  step: number
}

export interface LoggedModelsTable {
  id: Generated<number>
  /** `m-` and 32 hexadecimal digits. */
  model_id: string
  experiment: number
  name: string
  artifact_uri: string
  creation_time: number
  last_update_time: number
  status: string
  status_message: string | null
  model_type: string | null
  source_run_id: string | null
  lifecycle_stage: string
}

export interface LoggedModelMetricsTable {
  model: number
  run: number
  key: string
  step: number
  timestamp: number
  value: number
  is_nan: number
  dataset_name: string
  dataset_digest: string
}

export interface RegisteredModelsTable {
  id: Generated<number>
  name: string
  description: string
  creation_time: number
  last_update_time: number
}

export interface ModelVersionsTable {
  id: Generated<number>
  model: number
  version: number
  description: string
  user_id: string
  /** MLflow's stages: None, Staging, Production, Archived. */
  current_stage: string
  source: string
  storage_location: string
  run_id: string | null
  run_link: string
  model_id: string | null
  status: string
  status_message: string
  creation_time: number
  last_update_time: number
  /** JSON: columns, outputs and classes; null where the source is no bundle of ours. */
  signature: string | null
  /** JSON: what the version came from: data hash, code commit, recipe. */
  lineage: string | null
}

export interface ModelAliasesTable {
  model: number
  alias: string
  version: number
}

/** What happened to a model: promotions with their verdict, rollbacks, approvals, deletions. Only ever added to. */
export interface ModelEventsTable {
  id: Generated<number>
  /** Null once the model is deleted: its number may be given again, its events are kept. */
  model: number | null
  /** What the model was called when it happened. */
  name: string
  version: number | null
  time: number
  user_id: string
  kind: string
  /** JSON. */
  details: string
}

export interface ArtifactsTable {
  root: string
  path: string
  hash: string
  size: number
  content_type: string | null
  creation_time: number
}

export interface ApiKeysTable {
  id: Generated<number>
  name: string
  /** The first characters, by which its owner recognizes it. */
  prefix: string
  /** SHA-256 of the key, which has 256 random bits: nothing to guess, so nothing to slow down. */
  hash: string
  /** JSON: a list of scopes. */
  scopes: string
  creation_time: number
  expiration_time: number | null
  last_used_time: number | null
  revoked_time: number | null
}

/** Sampled requests of models in service; monitoring reads them. */
export interface RequestLogTable {
  id: Generated<number>
  time: number
  model: string
  version: string
  request_id: string | null
  rows: number
  queue_time: number
  compute_time: number
  error_code: string | null
  /** JSON, redacted: rows of columns. */
  inputs: string | null
  /** JSON, redacted: predictions and probabilities. */
  outputs: string | null
}

export interface Schema {
  schema_version: { version: number }
  experiments: ExperimentsTable
  experiment_tags: PairsTable
  runs: RunsTable
  params: PairsTable
  tags: PairsTable
  metrics: MetricsTable
  latest_metrics: LatestMetricsTable
  column_names: ColumnNamesTable
  datasets: DatasetsTable
  run_inputs: RunInputsTable
  run_models: RunModelsTable
  logged_models: LoggedModelsTable
  logged_model_params: PairsTable
  logged_model_tags: PairsTable
  logged_model_metrics: LoggedModelMetricsTable
  registered_models: RegisteredModelsTable
  registered_model_tags: PairsTable
  model_versions: ModelVersionsTable
  model_version_tags: PairsTable
  model_aliases: ModelAliasesTable
  model_events: ModelEventsTable
  artifacts: ArtifactsTable
  api_keys: ApiKeysTable
  request_log: RequestLogTable
}

export type ExperimentRow = Selectable<ExperimentsTable>
export type DatasetRow = Selectable<DatasetsTable>
export type RunRow = Selectable<RunsTable>
export type NewRun = Insertable<RunsTable>
