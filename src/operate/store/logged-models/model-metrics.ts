// Metrics that were measured on a logged model: kept with the run, and with the model.
import type { Transaction } from 'kysely'
import type { Database } from '../database.js'
import type { MetricPoint } from '../metric-columns.js'
import type { Schema } from '../schema.js'
import { modelRow } from './model-rows.js'

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
