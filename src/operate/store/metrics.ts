// What a run logs: metrics by step, parameters, tags; and the history of a metric, thinned out where it is long.
import { type RawBuilder, sql, type Transaction } from 'kysely'
import { ConflictError } from '../../base/index.js'
import type { Database, Queries, SqlValue } from './database.js'
import { type Pairs, pairsOf, setPairs } from './pairs.js'
import { activeRun, noRun } from './runs.js'
import type { Schema } from './schema.js'

/** One value of a metric. */
export interface MetricPoint {
  readonly key: string
  readonly value: number
  readonly step: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
}

/** What is logged at once: all of it is kept, or none. */
export interface LogBatch {
  readonly metrics?: readonly MetricPoint[] | undefined
  /** May not change once logged. */
  readonly params?: Pairs | undefined
  /** Replace those of the same name. */
  readonly tags?: Pairs | undefined
}

export type HistoryPoint = Omit<MetricPoint, 'key'>

export type Logging = ReturnType<typeof logging>

export function logging(database: Database) {
  const { db, write } = database
  return {
    /**
     * Keeps a batch, all or nothing; the same batch again changes nothing.
     *
     * @throws {@link NotFoundError}; {@link ConflictError} when the run is deleted or a parameter has another value already
     */
    batch: (runId: string, { metrics = [], params = {}, tags = {} }: LogBatch): Promise<void> =>
      write(async (queries) => {
        const { id } = await activeRun(queries, runId)
        await addParams(database, queries, { id, runId, params })
        await setPairs(database, queries, 'tags', { owner: id, pairs: tags })
        if (tags['mlflow.runName'] !== undefined)
          await queries
            .updateTable('runs')
            .set({ name: tags['mlflow.runName'] })
            .where('id', '=', id)
            .execute()
        await addMetrics(database, queries, id, metrics)
      }),
    /** A page of the history by step and time, and where the next one begins. @throws {@link NotFoundError} */
    async history(
      runId: string,
      key: string,
      { after, limit }: { readonly after?: HistoryPoint | undefined; readonly limit: number },
    ): Promise<HistoryPoint[]> {
      const run = await idOf(db, runId)
      let query = db.selectFrom('metrics').selectAll().where('run', '=', run).where('key', '=', key)
      if (after !== undefined) query = query.where(isAfter(after))
      const rows = await query
        .orderBy('step')
        .orderBy('timestamp')
        .orderBy('value')
        .orderBy('is_nan')
        .limit(limit)
        .execute()
      return rows.map(pointOf)
    },
  }
}

/** A row of the metrics table as a point. */
export const pointOf = (row: {
  readonly value: number
  readonly is_nan: number
  readonly step: number
  readonly timestamp: number
}): HistoryPoint => ({ value: row.is_nan === 1 ? NaN : row.value, step: row.step, timestamp: row.timestamp })

const isAfter = ({ step, timestamp, value }: HistoryPoint): RawBuilder<boolean> =>
  sql<boolean>`(step, timestamp, value, is_nan) > (${step}, ${timestamp}, ${Number.isNaN(value) ? 0 : value}, ${Number.isNaN(value) ? 1 : 0})`

async function idOf(queries: Queries, runId: string): Promise<number> {
  const row = await queries.selectFrom('runs').select('id').where('run_id', '=', runId).executeTakeFirst()
  if (row === undefined) throw noRun(runId)
  return row.id
}

async function addParams(
  database: Database,
  queries: Transaction<Schema>,
  { id, runId, params }: { readonly id: number; readonly runId: string; readonly params: Pairs },
): Promise<void> {
  const keys = Object.keys(params)
  if (keys.length === 0) return
  const known = (await pairsOf(queries, 'params', [id], keys)).get(id)!
  const changed = keys.find((key) => known[key] !== undefined && known[key] !== params[key])
  if (changed !== undefined) {
    throw new ConflictError(
      `Parameter '${changed}' of run '${runId}' has the value '${known[changed]}' and cannot become '${params[changed]}': parameters do not change. Log it under another name, or start another run.`,
      { kind: 'param', id: changed, runId, value: known[changed], received: params[changed] },
    )
  }
  await setPairs(database, queries, 'params', { owner: id, pairs: params })
}

const columns = {
  run: 'integer',
  key: 'text',
  step: 'integer',
  timestamp: 'integer',
  value: 'real',
  is_nan: 'integer',
} as const

async function addMetrics(
  { bulkInsert }: Database,
  queries: Transaction<Schema>,
  run: number,
  points: readonly MetricPoint[],
): Promise<void> {
  if (points.length === 0) return
  const values: SqlValue[] = []
  const latest = new Map<string, Latest>()
  for (const point of points) {
    const nan = Number.isNaN(point.value)
    values.push(run, point.key, point.step, point.timestamp, nan ? 0 : point.value, nan ? 1 : 0)
    addToLatest(latest, point)
  }
  await bulkInsert(queries, { table: 'metrics', columns, values, suffix: 'on conflict do nothing' })
  await bulkInsert(queries, {
    table: 'latest_metrics',
    columns: { ...columns, min_value: 'real', max_value: 'real' },
    values: [...latest].flatMap(([key, { point, min, max }]) => {
      const nan = Number.isNaN(point.value)
      return [run, key, point.step, point.timestamp, nan ? 0 : point.value, nan ? 1 : 0, min, max]
    }),
    suffix: keepLatest,
  })
}

interface Latest {
  readonly point: MetricPoint
  readonly min: number | null
  readonly max: number | null
}

/** Later is what MLflow calls later: by step, then time, then value. */
const isLater = (a: MetricPoint, b: MetricPoint): boolean =>
  a.step !== b.step
    ? a.step > b.step
    : a.timestamp !== b.timestamp
      ? a.timestamp > b.timestamp
      : !(a.value < b.value)

function addToLatest(latest: Map<string, Latest>, point: MetricPoint): void {
  const known = latest.get(point.key)
  const number = Number.isNaN(point.value) ? null : point.value
  latest.set(point.key, {
    point: known === undefined || isLater(point, known.point) ? point : known.point,
    min: extreme(known?.min ?? null, number, Math.min),
    max: extreme(known?.max ?? null, number, Math.max),
  })
}

const extreme = (a: number | null, b: number | null, of: (a: number, b: number) => number): number | null =>
  a === null ? b : b === null ? a : of(a, b)

const isNewer =
  '(excluded.step, excluded.timestamp, excluded.value) >= (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)'

const keepLatest = `on conflict (run, key) do update set ${['step', 'timestamp', 'value', 'is_nan']
  .map(
    (column) => `${column} = case when ${isNewer} then excluded.${column} else latest_metrics.${column} end`,
  )
  .join(', ')}, ${[
  ['min_value', '<'],
  ['max_value', '>'],
]
  .map(
    ([column, sign]) =>
      `${column} = case when latest_metrics.${column} is null or excluded.${column} ${sign} latest_metrics.${column} then coalesce(excluded.${column}, latest_metrics.${column}) else latest_metrics.${column} end`,
  )
  .join(', ')}`
