// What a run logs: metrics by step, parameters, tags; and the history of a metric, thinned out where it is long.
import { type RawBuilder, type SelectQueryBuilder, sql, type Transaction } from 'kysely'
import { ConflictError } from '../../base/index.js'
import type { Database, Queries } from './database.js'
import { type Pairs, pairsOf, setPairs } from './pairs.js'
import { addModelMetrics } from './logged-models/model-metrics.js'
import { columnsOfPoints, type MetricColumns, type MetricPoint } from './metric-columns.js'
import { addMetrics } from './metric-rows.js'
import { addNames, newNames, rememberNames } from './names.js'
import { activeRun, findRun } from './runs.js'
import type { MetricsTable, Schema } from './schema.js'
import { checkedPoints, compare, type Place, seekIn, spread } from './search/history.js'

export interface Downsampling {
  /** Between 2 and 10,000. */
  readonly points: number
  /** Only points of these steps and those between; the whole history where undefined. */
  readonly steps?: readonly [number, number] | undefined
}

/** What is logged at once: all of it is kept, or none. */
export interface LogBatch {
  readonly metrics?: readonly MetricPoint[] | undefined
  /** The same in columns, for those who have many. */
  readonly columns?: MetricColumns | undefined
  /** May not change once logged. */
  readonly params?: Pairs | undefined
  /** Replace those of the same name. */
  readonly tags?: Pairs | undefined
}

export type HistoryPoint = Pick<MetricPoint, 'value' | 'step' | 'timestamp'>

export function logging(database: Database) {
  const { db, write } = database
  return {
    /**
     * Keeps a batch, all or nothing; the same batch again changes nothing.
     *
     * @throws {@link NotFoundError}; {@link ConflictError} when the run is deleted or a parameter has another value already
     */
    async batch(runId: string, given: LogBatch): Promise<void> {
      const { metrics = [], columns = columnsOfPoints(metrics), params = {}, tags = {} } = given
      const added = await write(async (queries) => {
        const { id, experiment } = await activeRun(queries, runId)
        const names = newNames(database, experiment, { params, tags, metrics: columns.keys })
        await addNames(database, queries, { experiment, names })
        await addParams(database, queries, { id, runId, params })
        await setPairs(database, queries, 'tags', { owner: id, pairs: tags })
        await nameRun(queries, id, tags['mlflow.runName'])
        await addMetrics(database, queries, id, columns)
        await addModelMetrics(database, queries, id, metrics)
        return { experiment, names }
      })
      rememberNames(database, added)
    },
    /**
     * Adds a model to the list in the tag `mlflow.log-model.history`, where clients before MLflow 3 look for it; the same
     * model again changes nothing.
     *
     * @throws {@link NotFoundError}; {@link ConflictError} when the run is deleted
     */
    recordModel: (runId: string, model: unknown): Promise<void> =>
      write(async (queries) => {
        const { id, experiment } = await activeRun(queries, runId)
        await addNames(database, queries, { experiment, names: [['tags', modelHistory]] })
        // Two at once: the second waits here, and reads what the first has written.
        await queries.updateTable('runs').set({ lifecycle_stage: 'active' }).where('id', '=', id).execute()
        const known = (await pairsOf(queries, 'tags', [id], [modelHistory])).get(id)![modelHistory] ?? '[]'
        const before = JSON.parse(known) as unknown[]
        // Asked again after an answer that was lost.
        if (before.some((one) => JSON.stringify(one) === JSON.stringify(model))) return
        const models = JSON.stringify([...before, model])
        await setPairs(database, queries, 'tags', { owner: id, pairs: { [modelHistory]: models } })
      }),
    /** A page of the history by step and time, and where the next one begins. @throws {@link NotFoundError} */
    async history(
      runId: string,
      key: string,
      { after, limit }: { readonly after?: HistoryPoint | undefined; readonly limit: number },
    ): Promise<HistoryPoint[]> {
      const { id: run } = await findRun(db, runId)
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
    /** How many points the history has, counted up to a number. @throws {@link NotFoundError} */
    async historyLength(runId: string, key: string, most: number): Promise<number> {
      const { id: run } = await findRun(db, runId)
      const some = db
        .selectFrom('metrics')
        .select('step')
        .where('run', '=', run)
        .where('key', '=', key)
        .limit(most)
        .as('some')
      const { points } = await db
        .selectFrom(some)
        .select(db.fn.countAll<number>().as('points'))
        .executeTakeFirstOrThrow()
      return Number(points)
    },
    /**
     * At most so many points of the history: the first, the last, the least, the greatest, and others evenly spread between them by step (by
     * time where steps are equal). All of it where it is short. Costs some seeks a point, however long the history is.
     *
     * @throws {@link NotFoundError}; {@link UsageError} unless points is a whole number between 2 and 10,000
     */
    async downsampledHistory(
      runId: string,
      key: string,
      { points, steps }: Downsampling,
    ): Promise<HistoryPoint[]> {
      const { id: run } = await findRun(db, runId)
      return (await downsampled(database, { run, key }, { points: checkedPoints(points), steps })).map(
        pointOf,
      )
    },
  }
}

const modelHistory = 'mlflow.log-model.history'

async function nameRun(queries: Queries, id: number, name: string | undefined): Promise<void> {
  if (name !== undefined) await queries.updateTable('runs').set({ name }).where('id', '=', id).execute()
}

async function downsampled(
  database: Database,
  curve: Curve,
  { points, steps }: Downsampling,
): Promise<Place[]> {
  const start = await ordered(rowsOf(database, curve, steps), 'asc')
    .limit(points + 1)
    .execute()
  if (start.length <= points) return start
  const last = await ordered(rowsOf(database, curve, steps), 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  // Fewer than five would be no curve, only extremes.
  const extremes = points < 5 ? [] : await extremesOf(database, curve)
  const within = extremes.filter(({ step }) => start[0]!.step <= step && step <= last.step)
  const places = await spread(
    seekIn(database, curve.run, curve.key),
    [start[0]!, last],
    points - within.length,
  )
  const missing = within.filter((extreme) => places.every((place) => compare(place, extreme) !== 0))
  return [...places, ...missing].sort(compare)
}

interface Curve {
  readonly run: number
  readonly key: string
}

type MetricRows = SelectQueryBuilder<Schema, 'metrics', MetricsTable>

function rowsOf({ db }: Database, { run, key }: Curve, steps: Downsampling['steps']): MetricRows {
  const all = db.selectFrom('metrics').selectAll().where('run', '=', run).where('key', '=', key)
  return steps === undefined ? all : all.where('step', '>=', steps[0]).where('step', '<=', steps[1])
}

const ordered = (rows: MetricRows, direction: 'asc' | 'desc'): MetricRows =>
  rows
    .orderBy('step', direction)
    .orderBy('timestamp', direction)
    .orderBy('value', direction)
    .orderBy('is_nan', direction)

async function extremesOf({ db }: Database, { run, key }: Curve): Promise<Place[]> {
  const known = await db
    .selectFrom('latest_metrics')
    .selectAll()
    .where('run', '=', run)
    .where('key', '=', key)
    .executeTakeFirst()
  if (known === undefined) return []
  const { min_value, min_step, min_timestamp, max_value, max_step, max_timestamp } = known
  const places: Place[] = []
  if (min_value !== null)
    places.push({ step: min_step!, timestamp: min_timestamp!, value: min_value, is_nan: 0 })
  if (max_value !== null && max_value !== min_value)
    places.push({ step: max_step!, timestamp: max_timestamp!, value: max_value, is_nan: 0 })
  return places
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
