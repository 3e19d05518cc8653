// Points of metrics to rows: all of them into the histories, the last and the extremes of each name into the table of latest values.
import type { Transaction } from 'kysely'
import type { Database, SqlValue } from './database.js'
import type { MetricColumns } from './metric-columns.js'
import type { Schema } from './schema.js'

const pointColumns = {
  run: 'integer',
  key: 'text',
  step: 'integer',
  timestamp: 'integer',
  value: 'real',
  is_nan: 'integer',
} as const

const latestColumns = {
  ...pointColumns,
  min_value: 'real',
  min_step: 'integer',
  min_timestamp: 'integer',
  max_value: 'real',
  max_step: 'integer',
  max_timestamp: 'integer',
} as const

/** Adds points of a run. The same point again changes nothing. */
export async function addMetrics(
  { bulkInsert, insertColumns }: Database,
  queries: Transaction<Schema>,
  run: number,
  points: MetricColumns,
): Promise<void> {
  const rows = points.key.length
  if (rows === 0) return
  const values = points.value.map(stored)
  await insertColumns(queries, {
    table: 'metrics',
    columns: pointColumns,
    rows,
    lists: [
      run,
      Array.from(points.key, (place) => points.keys[place]!),
      points.step,
      points.timestamp,
      values,
      points.value.map(nan),
    ],
    suffix: 'on conflict do nothing',
  })
  await bulkInsert(queries, {
    table: 'latest_metrics',
    columns: latestColumns,
    values: latestRows(run, points, values),
    suffix: keepLatest,
  })
}

/** NULL would not be equal to itself, and a repeated request would add a row. */
const stored = (value: number): number => (Number.isNaN(value) ? 0 : value)
const nan = (value: number): number => (Number.isNaN(value) ? 1 : 0)

/** Rows of latest values, in order of the names: two transactions that update the same never wait for each other in a circle. */
function latestRows(run: number, points: MetricColumns, values: Float64Array): SqlValue[] {
  const { keys, key, step, timestamp, value } = points
  const none = (): Int32Array => new Int32Array(keys.length).fill(-1)
  const [last, least, most] = [none(), none(), none()]
  for (let i = 0; i < key.length; i++) {
    const k = key[i]!
    if (last[k]! < 0 || isLater(points, values, i, last[k]!)) last[k] = i
    if (Number.isNaN(value[i])) continue
    if (least[k]! < 0 || value[i]! < value[least[k]!]!) least[k] = i
    if (most[k]! < 0 || value[i]! > value[most[k]!]!) most[k] = i
  }
  const extreme = (i: number): SqlValue[] =>
    i < 0 ? [null, null, null] : [value[i]!, step[i]!, timestamp[i]!]
  const order = keys.map((_, k) => k).sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1))
  return order.flatMap((k) => {
    const i = last[k]!
    const point = [run, keys[k]!, step[i]!, timestamp[i]!, values[i]!, nan(value[i]!)]
    return [...point, ...extreme(least[k]!), ...extreme(most[k]!)]
  })
}

/** Later is what MLflow calls later: by step, then time, then value. */
function isLater({ step, timestamp }: MetricColumns, values: Float64Array, i: number, j: number): boolean {
  if (step[i] !== step[j]) return step[i]! > step[j]!
  if (timestamp[i] !== timestamp[j]) return timestamp[i]! > timestamp[j]!
  return values[i]! >= values[j]!
}

const isNewer =
  '(excluded.step, excluded.timestamp, excluded.value) >= (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)'

const beats = (column: string, sign: string): string =>
  `(latest_metrics.${column} is null or excluded.${column} ${sign} latest_metrics.${column})`

/** The new value where the condition holds and there is one, else the old. */
const replaced = (column: string, condition: string): string =>
  `${column} = case when ${condition} then coalesce(excluded.${column}, latest_metrics.${column}) else latest_metrics.${column} end`

const keepLatest = `on conflict (run, key) do update set ${[
  ...['step', 'timestamp', 'value', 'is_nan'].map((column) => replaced(column, isNewer)),
  ...['min_value', 'min_step', 'min_timestamp'].map((column) => replaced(column, beats('min_value', '<'))),
  ...['max_value', 'max_step', 'max_timestamp'].map((column) => replaced(column, beats('max_value', '>'))),
].join(', ')}`
