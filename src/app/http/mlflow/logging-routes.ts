// What is logged into runs. A thousand metrics come at once, from many clients: nothing is looked at twice here.
import type { ConflictError } from '../../../base/index.js'
import type { LogBatch, MetricPoint, Store } from '../../../operate/store/index.js'
import { invalidParameter } from './errors.js'
import type { Fields } from './fields.js'
import { checkName } from './limits.js'
import { plainMetrics } from './plain-metrics.js'
import { checkBatchLimits, param, params, runTag, runTags } from './pairs.js'
import type { MlflowRoute } from './protocol.js'
import { runIdOf } from './run-routes.js'

export function loggingRoutes({ logging }: Store): MlflowRoute[] {
  return [
    {
      method: 'POST',
      path: '/runs/log-metric',
      async handle(input) {
        const runId = runIdOf(input)
        await logging.batch(runId, { metrics: [metric(input, 'key')] })
      },
    },
    {
      method: 'POST',
      path: '/runs/log-parameter',
      async handle(input) {
        const runId = runIdOf(input)
        const { key, value } = param(input)
        await unchanged(runId, one, () => logging.batch(runId, { params: { [key]: value } }))
      },
    },
    {
      method: 'POST',
      path: '/runs/set-tag',
      async handle(input) {
        const runId = runIdOf(input)
        const { key, value } = runTag(input)
        await logging.batch(runId, { tags: { [key]: value } })
      },
    },
    {
      method: 'POST',
      path: '/runs/log-batch',
      async handle(input) {
        const runId = runIdOf(input)
        const batch = batchOf(input)
        await unchanged(runId, many, () => logging.batch(runId, batch))
      },
    },
    {
      method: 'POST',
      path: '/runs/log-model',
      async handle(input) {
        const runId = runIdOf(input)
        await logging.recordModel(runId, modelJson(input))
      },
    },
  ]
}

function batchOf(input: Fields): LogBatch {
  checkBatchLimits({
    metrics: input.size('metrics'),
    params: input.size('params'),
    tags: input.size('tags'),
  })
  const columns = plainMetrics(input.raw('metrics'))
  return {
    ...(columns === undefined
      ? { metrics: input.list('metrics', (entry) => metric(entry, 'name')) }
      : { columns }),
    params: params(input),
    tags: runTags(input),
  }
}

/** MLflow calls the key of a metric its name in messages about lists. */
function metric(input: Fields, keyName: string): MetricPoint {
  const at = (name: string): string => (input.path === '' ? name : `${input.path}.${name}`)
  const key = input.requiredText('key')
  checkName(key, at(keyName))
  const value = input.requiredDouble('value')
  const timestamp = input.requiredInteger('timestamp')
  if (timestamp < 0) {
    throw invalidParameter(
      `Invalid value ${timestamp} for parameter '${at('timestamp')}' supplied: metric '${key}' (value=${value}). Timestamp must be a nonnegative long (64-bit integer) `,
    )
  }
  const point = { key, value, timestamp, step: input.integer('step') ?? 0 }
  const modelId = input.text('model_id')
  if (!modelId) return point
  return {
    ...point,
    modelId,
    datasetName: input.text('dataset_name'),
    datasetDigest: input.text('dataset_digest'),
  }
}

function modelJson(input: Fields): unknown {
  const text = input.requiredText('model_json')
  let model: unknown
  try {
    model = JSON.parse(text)
  } catch {
    throw invalidParameter(`Malformed model info. \n ${text.slice(0, 500)} \n is not a valid JSON.`)
  }
  const missingFields = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'].filter(
    (name) => typeof model !== 'object' || model === null || !(name in model),
  )
  if (missingFields.length === 0) return model
  throw invalidParameter(
    `Model json is missing mandatory fields: {${missingFields.map((name) => `'${name}'`).join(', ')}}`,
  )
}

interface Change {
  readonly id: string
  readonly value: string
  readonly received: string
}

const one = ({ id, value, received }: Change, runId: string): string =>
  `Changing param values is not allowed. Param with key='${id}' was already logged with value='${value}' for run ID='${runId}'. Attempted logging new value '${received}'.`

const many = ({ id, value, received }: Change, runId: string): string =>
  `Changing param values is not allowed. Params were already logged='[{'key': ${quoted(id)}, 'old_value': ${quoted(value)}, 'new_value': ${quoted(received)}}]' for run ID='${runId}'.`

/** A text as Python shows it. */
const quoted = (text: string): string =>
  text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", String.raw`\'`)}'`

/** Says in MLflow's words that a parameter would change. */
async function unchanged(
  runId: string,
  words: (change: Change, runId: string) => string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { code, details } = error as ConflictError
    if (code !== 'conflict' || details['kind'] !== 'param') throw error
    throw invalidParameter(words(details as unknown as Change, runId))
  }
}
