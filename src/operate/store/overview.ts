// What a page over the store asks that no protocol does: how much there is, what has changed, what belongs together.
import { sql } from 'kysely'
import { NotFoundError } from '../../base/index.js'
import type { Database, Queries } from './database.js'
import { type Experiment, withTags } from './experiments.js'
import { datasetOf } from './inputs.js'
import { findRun, type LatestMetric, type RunInfo, runInfo } from './runs.js'
import type { DatasetRow } from './schema.js'
import { inExperiments, isOneOf } from './search/conditions.js'

/** Which runs are counted; all experiments that are not deleted when none are named. */
export interface RunCount {
  readonly experimentIds?: readonly string[] | undefined
  readonly deleted?: boolean | undefined
}

export interface DatasetInfo {
  readonly datasetId: number
  readonly experimentId: string
  readonly name: string
  readonly digest: string
  readonly sourceType: string
  readonly source: string
  /** JSON, as it was logged. */
  readonly schema: string | undefined
  readonly profile: string | undefined
  /** Runs that read it. */
  readonly runs: number
}

/** A dataset that a run read, with the tags of that use. */
export interface DatasetOfRun {
  readonly datasetId: number
  readonly name: string
  readonly digest: string
  readonly tags: Readonly<Record<string, string>>
}

/** How a run stands now: its head and the last value of each metric. */
export interface RunState {
  readonly info: RunInfo
  readonly latest: readonly Omit<LatestMetric, 'min' | 'max'>[]
}

/** The tag by which MLflow's clients say whose child a run is. */
const parentTag = 'mlflow.parentRunId'

export function overview(database: Database) {
  const { db, dialect } = database
  return {
    /** A text that is another one after anything was written, by whomever; costs next to nothing however much there is. */
    pulse: (): Promise<string> => (dialect === 'sqlite' ? sqlitePulse(db) : postgresPulse(db)),
    /** Every experiment, by name. */
    async experiments(): Promise<Experiment[]> {
      return withTags(db, await db.selectFrom('experiments').selectAll().orderBy('name').execute())
    },
    /** Ids of experiments that are not deleted. */
    async activeExperiments(): Promise<string[]> {
      const rows = await db
        .selectFrom('experiments')
        .select('id')
        .where('lifecycle_stage', '=', 'active')
        .execute()
      return rows.map(({ id }) => String(id))
    },
    /** Active runs of each experiment; one without any is not in it. */
    async runCounts(): Promise<Readonly<Record<string, number>>> {
      const rows = await db
        .selectFrom('runs')
        .select(['experiment', db.fn.countAll<number>().as('runs')])
        .where('lifecycle_stage', '=', 'active')
        .groupBy('experiment')
        .execute()
      return Object.fromEntries(rows.map(({ experiment, runs }) => [String(experiment), Number(runs)]))
    },
    async countRuns({ experimentIds, deleted = false }: RunCount): Promise<number> {
      let query = db
        .selectFrom('runs')
        .select(db.fn.countAll<number>().as('runs'))
        .where('lifecycle_stage', '=', deleted ? 'deleted' : 'active')
      if (experimentIds !== undefined)
        query = query.where(inExperiments(dialect, sql`experiment`, experimentIds))
      return Number((await query.executeTakeFirstOrThrow()).runs)
    },
    /** How some runs stand, in the order given; those that are gone are left out. */
    async states(runIds: readonly string[]): Promise<RunState[]> {
      if (runIds.length === 0) return []
      // As one parameter: all who listen to the page's events may name more runs than a statement takes.
      const rows = await db
        .selectFrom('runs')
        .selectAll()
        .where(isOneOf(dialect, sql`run_id`, runIds))
        .execute()
      const latest = new Map(rows.map(({ id }): [number, RunState['latest'][number][]] => [id, []]))
      const points = await db
        .selectFrom('latest_metrics')
        .select(['run', 'key', 'step', 'timestamp', 'value', 'is_nan'])
        .where(isOneOf(dialect, sql`run`, [...latest.keys()]))
        .execute()
      for (const { run, key, step, timestamp, value, is_nan } of points)
        latest.get(run)!.push({ key, step, timestamp, value: is_nan === 1 ? NaN : value })
      return rows.map((row) => ({ info: runInfo(row), latest: latest.get(row.id)! }))
    },
    /** Runs that say they are children of this one, oldest first. */
    async children(runId: string, limit: number): Promise<RunInfo[]> {
      const { experiment } = await findRun(db, runId)
      const rows = await db
        .selectFrom('runs')
        .innerJoin('tags', 'tags.owner', 'runs.id')
        .selectAll('runs')
        .where('runs.experiment', '=', experiment)
        .where('tags.key', '=', parentTag)
        .where('tags.value', '=', runId)
        .orderBy('runs.start_time')
        .orderBy('runs.id')
        .limit(limit)
        .execute()
      return rows.map(runInfo)
    },
    /** What a run read. @throws {@link NotFoundError} */
    async inputsOf(runId: string): Promise<DatasetOfRun[]> {
      const { id } = await findRun(db, runId)
      const rows = await db
        .selectFrom('run_inputs')
        .innerJoin('datasets', 'datasets.id', 'run_inputs.dataset')
        .select(['datasets.id', 'datasets.name', 'datasets.digest', 'run_inputs.tags'])
        .where('run_inputs.run', '=', id)
        .orderBy('datasets.id')
        .execute()
      return rows.map(({ id: datasetId, name, digest, tags }) => ({
        datasetId,
        name,
        digest,
        tags: JSON.parse(tags) as Record<string, string>,
      }))
    },
    /** Registered versions that a run made. */
    async versionsOf(runId: string): Promise<{ model: string; version: string }[]> {
      const rows = await db
        .selectFrom('model_versions')
        .innerJoin('registered_models', 'registered_models.id', 'model_versions.model')
        .select(['registered_models.name', 'model_versions.version'])
        .where('model_versions.run_id', '=', runId)
        .orderBy('registered_models.name')
        .orderBy('model_versions.version')
        .execute()
      return rows.map(({ name, version }) => ({ model: name, version: String(version) }))
    },
    /** Datasets, newest first. */
    async datasets(limit: number): Promise<DatasetInfo[]> {
      const rows = await db.selectFrom('datasets').selectAll().orderBy('id', 'desc').limit(limit).execute()
      return withUses(
        db,
        rows.map((row) => ({ ...row, schema: null, profile: null })),
      )
    },
    /** @throws {@link NotFoundError} */
    async dataset(datasetId: number): Promise<DatasetInfo> {
      const row = await db.selectFrom('datasets').selectAll().where('id', '=', datasetId).executeTakeFirst()
      if (row !== undefined) return (await withUses(db, [row]))[0]!
      throw new NotFoundError(
        `There is no dataset with id '${datasetId}'. List them to see which there are.`,
        {
          kind: 'dataset',
          id: String(datasetId),
        },
      )
    },
    /** Runs that read a dataset, newest first. */
    async runsOfDataset(datasetId: number, limit: number): Promise<RunInfo[]> {
      const rows = await db
        .selectFrom('run_inputs')
        .innerJoin('runs', 'runs.id', 'run_inputs.run')
        .selectAll('runs')
        .where('run_inputs.dataset', '=', datasetId)
        .orderBy('runs.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(runInfo)
    },
  }
}

/** SQLite counts what this connection changed, and notices that another one has written. */
async function sqlitePulse(db: Queries): Promise<string> {
  const own = await sql<{ n: number }>`select total_changes() as n`.execute(db)
  const others = await sql<{ data_version: number }>`pragma data_version`.execute(db)
  return `${own.rows[0]!.n} ${others.rows[0]!.data_version}`
}

/** Postgres counts rows as they are written, to its statistics, which lag by a second at most. */
async function postgresPulse(db: Queries): Promise<string> {
  const { rows } = await sql<{
    n: string
  }>`select sum(n_tup_ins + n_tup_upd + n_tup_del)::text as n from pg_stat_user_tables`.execute(db)
  return rows[0]!.n ?? ''
}

async function withUses(db: Queries, rows: readonly DatasetRow[]): Promise<DatasetInfo[]> {
  if (rows.length === 0) return []
  const counts = await db
    .selectFrom('run_inputs')
    .select(['dataset', db.fn.countAll<number>().as('runs')])
    .where(
      'dataset',
      'in',
      rows.map(({ id }) => id),
    )
    .groupBy('dataset')
    .execute()
  const uses = new Map(counts.map(({ dataset, runs }) => [dataset, Number(runs)]))
  return rows.map((row) => ({
    datasetId: row.id,
    experimentId: String(row.experiment),
    ...datasetOf(row),
    runs: uses.get(row.id) ?? 0,
  }))
}
