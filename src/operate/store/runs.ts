// Runs: one piece of work each, with what went in and what came out.
import { ConflictError, NotFoundError } from '../../base/index.js'
import type { Database, Queries } from './database.js'
import type { LifecycleStage } from './experiments.js'
import { newRunId } from './ids.js'
import { addNames } from './names.js'
import { deletePair, type Pairs, pairsOf, portions, setPairs } from './pairs.js'
import type { LatestMetricsTable, NewRun, RunRow } from './schema.js'

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED'

/** The last value of a metric, with the extremes of all before it. */
export interface LatestMetric {
  readonly key: string
  readonly value: number
  readonly step: number
  readonly timestamp: number
  /** NaN while no value was a number. */
  readonly min: number
  readonly max: number
}

export interface RunInfo {
  readonly runId: string
  readonly experimentId: string
  readonly name: string
  readonly status: RunStatus
  readonly userId: string
  readonly startTime: number
  readonly endTime: number | undefined
  readonly lifecycleStage: LifecycleStage
  readonly artifactUri: string
  readonly heartbeatTime: number | undefined
}

export interface Run extends RunInfo {
  readonly params: Pairs
  readonly tags: Pairs
  readonly metrics: readonly LatestMetric[]
}

export interface RunToCreate {
  readonly experimentId: string
  readonly name: string
  readonly userId?: string | undefined
  readonly startTime?: number | undefined
  readonly tags?: Pairs | undefined
  /** Which process writes it; it must then give signs of life by `heartbeat`. */
  readonly owner?: string | undefined
  /** For imports; a new one is made otherwise. */
  readonly runId?: string | undefined
}

export interface RunChange {
  readonly name?: string | undefined
  readonly status?: RunStatus | undefined
  readonly endTime?: number | undefined
}

export function runs(database: Database, time: () => number) {
  const { db, write } = database
  return {
    /** @throws {@link NotFoundError} for the experiment; {@link ConflictError} when it is deleted or the id is taken */
    create: (given: RunToCreate): Promise<Run> =>
      write(async (queries) => {
        const row = await newRun(queries, given, time())
        const made = await queries
          .insertInto('runs')
          .values(row)
          .onConflict((conflict) => conflict.column('run_id').doNothing())
          .returning('id')
          .executeTakeFirst()
        // Another process may have taken the id since it was looked for.
        if (made === undefined) throw idTaken(row.run_id)
        const { id } = made
        const pairs = { ...given.tags, 'mlflow.runName': given.name }
        const names = Object.keys(pairs).map((key) => ['tags', key] as const)
        await addNames(database, queries, { experiment: row.experiment, names })
        await setPairs(database, queries, 'tags', { owner: id, pairs })
        return runById(queries, row.run_id)
      }),
    /** @throws {@link NotFoundError} */
    get: (runId: string): Promise<Run> => runById(db, runId),
    /** @throws {@link NotFoundError}; {@link ConflictError} when it is deleted */
    update: (runId: string, { name, status, endTime }: RunChange): Promise<Run> =>
      write(async (queries) => {
        const { id } = await activeRun(queries, runId)
        const values = {
          ...(name !== undefined && { name }),
          ...(status !== undefined && { status }),
          ...(endTime !== undefined && { end_time: endTime }),
        }
        if (Object.keys(values).length > 0)
          await queries.updateTable('runs').set(values).where('id', '=', id).execute()
        if (name !== undefined)
          await setPairs(database, queries, 'tags', { owner: id, pairs: { 'mlflow.runName': name } })
        return runById(queries, runId)
      }),
    /** Marks it as deleted; nothing is removed. @throws {@link NotFoundError} */
    delete: (runId: string): Promise<void> => setStage(runId, 'deleted'),
    /** @throws {@link NotFoundError} */
    restore: (runId: string): Promise<void> => setStage(runId, 'active'),
    /** @throws {@link NotFoundError}; true when the tag was there */
    deleteTag: async (runId: string, key: string): Promise<boolean> =>
      deletePair(db, 'tags', (await activeRun(db, runId)).id, key),
    /** A sign of life of the process that writes it; of a run that nobody is known to write it says nothing. */
    async heartbeat(runId: string): Promise<void> {
      await db
        .updateTable('runs')
        .set({ heartbeat_time: time() })
        .where('run_id', '=', runId)
        .where('heartbeat_time', 'is not', null)
        .execute()
    },
  }

  async function setStage(runId: string, stage: LifecycleStage): Promise<void> {
    const { numUpdatedRows } = await db
      .updateTable('runs')
      .set({ lifecycle_stage: stage, deleted_time: stage === 'deleted' ? time() : null })
      .where('run_id', '=', runId)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) throw noRun(runId)
  }
}

async function newRun(
  queries: Queries,
  given: RunToCreate,
  at: number,
): Promise<NewRun & { readonly run_id: string; readonly experiment: number }> {
  const experiment = Number(given.experimentId)
  const found = await queries
    .selectFrom('experiments')
    .select(['lifecycle_stage', 'artifact_location'])
    .where('id', '=', Number.isSafeInteger(experiment) ? experiment : -1)
    .executeTakeFirst()
  if (found === undefined) {
    throw new NotFoundError(`There is no experiment with id '${given.experimentId}'. Create it first.`, {
      kind: 'experiment',
      id: given.experimentId,
    })
  }
  if (found.lifecycle_stage !== 'active') {
    throw new ConflictError(
      `The experiment '${given.experimentId}' is deleted. Restore it before running in it.`,
      {
        kind: 'experiment',
        id: given.experimentId,
      },
    )
  }
  const runId = given.runId ?? newRunId()
  return {
    run_id: runId,
    experiment,
    name: given.name,
    status: 'RUNNING',
    user_id: given.userId ?? '',
    start_time: given.startTime ?? at,
    end_time: null,
    lifecycle_stage: 'active',
    deleted_time: null,
    artifact_uri: `${found.artifact_location}/${runId}/artifacts`,
    heartbeat_time: given.owner === undefined ? null : at,
    owner: given.owner ?? null,
  }
}

interface FoundRun {
  readonly id: number
  readonly experiment: number
  readonly lifecycle_stage: string
}

/** Where a run stands, deleted or not. @throws {@link NotFoundError} */
export async function findRun(queries: Queries, runId: string): Promise<FoundRun> {
  const row = await queries
    .selectFrom('runs')
    .select(['id', 'experiment', 'lifecycle_stage'])
    .where('run_id', '=', runId)
    .executeTakeFirst()
  if (row === undefined) throw noRun(runId)
  return row
}

/** The same for a run that may be written. @throws {@link ConflictError} when it is deleted */
export async function activeRun(queries: Queries, runId: string): Promise<FoundRun> {
  const row = await findRun(queries, runId)
  if (row.lifecycle_stage === 'active') return row
  throw new ConflictError(
    `The run '${runId}' is deleted, expected an active one. Restore it before changing it.`,
    { kind: 'run', id: runId, lifecycleStage: row.lifecycle_stage },
  )
}

const noRun = (runId: string): NotFoundError =>
  new NotFoundError(`There is no run with id '${runId}'. Search the runs to see which there are.`, {
    kind: 'run',
    id: runId,
  })

async function runById(queries: Queries, runId: string): Promise<Run> {
  const row = await queries.selectFrom('runs').selectAll().where('run_id', '=', runId).executeTakeFirst()
  if (row === undefined) throw noRun(runId)
  return (await withData(queries, [row]))[0]!
}

/** Which parameters, tags and metrics are read with a run; all where undefined. */
export interface Projection {
  readonly params?: readonly string[] | undefined
  readonly tags?: readonly string[] | undefined
  readonly metrics?: readonly string[] | undefined
}

/** Rows of the table as runs, in the same order, in three queries however many there are. */
export async function withData(
  queries: Queries,
  rows: readonly RunRow[],
  { params, tags, metrics }: Projection = {},
): Promise<Run[]> {
  const ids = rows.map(({ id }) => id)
  const paramsOf = await pairsOf(queries, 'params', ids, params)
  const tagsOf = await pairsOf(queries, 'tags', ids, tags)
  const metricsOf = await latestMetrics(queries, ids, metrics)
  return rows.map((row) => ({
    ...runInfo(row),
    params: paramsOf.get(row.id)!,
    tags: tagsOf.get(row.id)!,
    metrics: metricsOf.get(row.id)!,
  }))
}

export function runInfo(row: RunRow): RunInfo {
  return {
    runId: row.run_id,
    experimentId: String(row.experiment),
    name: row.name,
    status: row.status as RunStatus,
    userId: row.user_id,
    startTime: row.start_time,
    endTime: row.end_time ?? undefined,
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    artifactUri: row.artifact_uri,
    heartbeatTime: row.heartbeat_time ?? undefined,
  }
}

const latestMetric = (row: LatestMetricsTable): LatestMetric => ({
  key: row.key,
  value: row.is_nan === 1 ? NaN : row.value,
  step: row.step,
  timestamp: row.timestamp,
  min: row.min_value ?? NaN,
  max: row.max_value ?? NaN,
})

async function latestMetrics(
  queries: Queries,
  owners: readonly number[],
  keys: readonly string[] | undefined,
): Promise<Map<number, LatestMetric[]>> {
  const found = new Map(owners.map((owner) => [owner, [] as LatestMetric[]]))
  if (keys?.length === 0) return found
  for (const some of portions(owners)) {
    let query = queries.selectFrom('latest_metrics').selectAll().where('run', 'in', some)
    if (keys !== undefined) query = query.where('key', 'in', keys)
    for (const row of await query.execute()) found.get(row.run)!.push(latestMetric(row))
  }
  return found
}

const idTaken = (runId: string): ConflictError =>
  new ConflictError(`There is a run '${runId}' already. Leave the id out to get a new one.`, {
    kind: 'run',
    id: runId,
  })
