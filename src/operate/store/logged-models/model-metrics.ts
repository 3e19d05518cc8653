// Metrics that were measured on a logged model: kept with the run, and with the model.
import { sql, type Transaction } from 'kysely'
import type { Database, Queries } from '../database.js'
import type { MetricPoint } from '../metric-columns.js'
import { findRun } from '../runs.js'
import type { Schema } from '../schema.js'
import { type LoggedModelMetric, metricOf, type MetricRow, modelRow } from './model-rows.js'

/** Of the points, those that name a model. @throws {@link NotFoundError} for a model that is not there */
export async function addModelMetrics(
  { bulkInsert }: Database,
  queries: Transaction<Schema>,
  run: number,
  points: readonly MetricPoint[],
): Promise<void> {
  const measured = points.filter(({ modelId }) => modelId !== undefined)
  if (measured.length === 0) return
  const ids = new Map<string, number>()
  for (const modelId of new Set(measured.map((point) => point.modelId!))) {
    ids.set(modelId, (await modelRow(queries, modelId)).id)
  }
  await bulkInsert(queries, {
    table: 'logged_model_metrics',
    columns: {
      model: 'integer',
      run: 'integer',
      dataset_name: 'text',
      dataset_digest: 'text',
      key: 'text',
      step: 'integer',
      timestamp: 'integer',
      value: 'real',
      is_nan: 'integer',
    },
    values: measured.flatMap(
      ({ modelId, datasetName = '', datasetDigest = '', key, step, timestamp, value }) => {
        const nan = Number.isNaN(value)
        return [
          ids.get(modelId!)!,
          run,
          datasetName,
          datasetDigest,
          key,
          step,
          timestamp,
          nan ? 0 : value,
          nan ? 1 : 0,
        ]
      },
    ),
    suffix: 'on conflict do nothing',
  })
}

/** A page of a history. */
export interface HistoryQuery {
  /** The last of the page before. */
  readonly after?: LoggedModelMetric | undefined
  readonly limit: number
}

/** Behind `loggedModels.history`: in the order of the table, so that a page is one seek. */
export async function modelHistory(
  queries: Queries,
  modelId: string,
  { after, limit }: HistoryQuery,
): Promise<LoggedModelMetric[]> {
  const { id } = await modelRow(queries, modelId)
  const behind = after === undefined ? sql`` : await isBehind(queries, after)
  const { rows } = await sql<MetricRow>`select m.*, r.run_id from logged_model_metrics m
    join runs r on r.id = m.run where m.model = ${id} ${behind}
    order by m.run, m.dataset_name, m.dataset_digest, m.key, m.step, m.timestamp, m.value, m.is_nan
    limit ${limit}`.execute(queries)
  return rows.map(metricOf)
}

async function isBehind(queries: Queries, after: LoggedModelMetric) {
  const { id } = await findRun(queries, after.runId)
  const { datasetName = '', datasetDigest = '', key, step, timestamp, value } = after
  const place = [id, datasetName, datasetDigest, key, step, timestamp]
  const nan = Number.isNaN(value)
  return sql`and (m.run, m.dataset_name, m.dataset_digest, m.key, m.step, m.timestamp, m.value, m.is_nan)
    > (${sql.join([...place, nan ? 0 : value, nan ? 1 : 0])})`
}
