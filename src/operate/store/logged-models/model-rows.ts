// Rows of logged models as they are told.
import { sql } from 'kysely'
import { NotFoundError } from '../../../base/index.js'
import type { Database, Queries } from '../database.js'
import type { LifecycleStage } from '../experiments.js'
import { type Pairs, pairsOf } from '../pairs.js'
import { isOneOf } from '../search/conditions.js'

export type LoggedModelStatus = 'PENDING' | 'READY' | 'UPLOAD_FAILED'

/** The last value of a metric of a model, for each run and dataset that it was measured with. */
export interface LoggedModelMetric {
  readonly key: string
  readonly value: number
  readonly step: number
  readonly timestamp: number
  readonly runId: string
  readonly datasetName: string | undefined
  readonly datasetDigest: string | undefined
}

/** A model as one run or another made it; versions of registered models may point to it. */
export interface LoggedModel {
  readonly modelId: string
  readonly experimentId: string
  readonly name: string
  readonly artifactUri: string
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly status: LoggedModelStatus
  readonly statusMessage: string | undefined
  readonly modelType: string | undefined
  readonly sourceRunId: string | undefined
  readonly lifecycleStage: LifecycleStage
  readonly params: Pairs
  readonly tags: Pairs
  readonly metrics: readonly LoggedModelMetric[]
}

export interface LoggedModelRow {
  readonly id: number
  readonly model_id: string
  readonly experiment: number
  readonly name: string
  readonly artifact_uri: string
  readonly creation_time: number
  readonly last_update_time: number
  readonly status: string
  readonly status_message: string | null
  readonly model_type: string | null
  readonly source_run_id: string | null
  readonly lifecycle_stage: string
}

export const noLoggedModel = (modelId: string): NotFoundError =>
  new NotFoundError(
    `There is no logged model with id '${modelId}'. Search the logged models to see which there are.`,
    {
      kind: 'logged model',
      id: modelId,
    },
  )

/** The row of a model, also of a deleted one. */
export const findModelRow = (queries: Queries, modelId: string): Promise<LoggedModelRow | undefined> =>
  queries.selectFrom('logged_models').selectAll().where('model_id', '=', modelId).executeTakeFirst()

/** @throws {@link NotFoundError} where there is none, deleted or not */
export async function modelRow(queries: Queries, modelId: string): Promise<LoggedModelRow> {
  const row = await findModelRow(queries, modelId)
  if (row === undefined) throw noLoggedModel(modelId)
  return row
}

/** Rows as models, in the same order, in three queries however many there are. */
export async function modelsWithData(
  dialect: Database['dialect'],
  queries: Queries,
  rows: readonly LoggedModelRow[],
): Promise<LoggedModel[]> {
  const ids = rows.map(({ id }) => id)
  const params = await pairsOf(queries, 'logged_model_params', ids)
  const tags = await pairsOf(queries, 'logged_model_tags', ids)
  const metrics = await metricsOf(dialect, queries, ids)
  return rows.map((row) => ({
    modelId: row.model_id,
    experimentId: String(row.experiment),
    name: row.name,
    artifactUri: row.artifact_uri,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    status: row.status as LoggedModelStatus,
    statusMessage: row.status_message ?? undefined,
    modelType: row.model_type ?? undefined,
    sourceRunId: row.source_run_id ?? undefined,
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    params: params.get(row.id)!,
    tags: tags.get(row.id)!,
    metrics: metrics.get(row.id)!,
  }))
}

/** A row of the table, with the name of the run. */
export interface MetricRow {
  readonly model: number
  readonly key: string
  readonly value: number
  readonly is_nan: number
  readonly step: number
  readonly timestamp: number
  readonly run_id: string
  readonly dataset_name: string
  readonly dataset_digest: string
}

async function metricsOf(
  dialect: Database['dialect'],
  queries: Queries,
  ids: readonly number[],
): Promise<Map<number, LoggedModelMetric[]>> {
  const found = new Map(ids.map((id) => [id, [] as LoggedModelMetric[]]))
  const { rows } = await sql<MetricRow>`select m.*, r.run_id from (
      select *, row_number() over (
        partition by model, run, dataset_name, dataset_digest, key order by step desc, timestamp desc, value desc
      ) as place from logged_model_metrics where ${isOneOf(dialect, sql`model`, ids)}
    ) m join runs r on r.id = m.run where m.place = 1 order by m.model, m.key, r.run_id`.execute(queries)
  for (const row of rows) found.get(row.model)!.push(metricOf(row))
  return found
}

export const metricOf = (row: Omit<MetricRow, 'model'>): LoggedModelMetric => ({
  key: row.key,
  value: row.is_nan === 1 ? NaN : row.value,
  step: row.step,
  timestamp: row.timestamp,
  runId: row.run_id,
  datasetName: row.dataset_name || undefined,
  datasetDigest: row.dataset_digest || undefined,
})
