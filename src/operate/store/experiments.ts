// Experiments: named groups of runs.
import { ConflictError, NotFoundError } from '../../base/index.js'
import type { Database, Queries } from './database.js'
import type { ExperimentRow } from './schema.js'
import { experimentNumbers } from './ids.js'
import { deletePair, type Pairs, pairsOf, setPairs } from './pairs.js'

export type LifecycleStage = 'active' | 'deleted'

export interface Experiment {
  /** A whole number as text; '0' is the default experiment. */
  readonly experimentId: string
  readonly name: string
  readonly artifactLocation: string
  readonly lifecycleStage: LifecycleStage
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly tags: Pairs
}

export interface NewExperiment {
  readonly name: string
  /** Where artifacts of its runs go. @default this server's own store, `mlflow-artifacts:/<experiment id>` */
  readonly artifactLocation?: string | undefined
  readonly tags?: Pairs | undefined
  /** For imports. @default now */
  readonly creationTime?: number | undefined
  readonly lastUpdateTime?: number | undefined
}

export function experiments(database: Database, time: () => number) {
  const { db, write } = database
  return {
    /** @throws {@link ConflictError} when the name is taken, also by a deleted experiment */
    create: (given: NewExperiment): Promise<Experiment> =>
      write(async (queries) => {
        await requireFree(queries, given.name)
        const { creationTime: at = time(), lastUpdateTime = at } = given
        const made = await queries
          .insertInto('experiments')
          .values({
            name: given.name,
            artifact_location: given.artifactLocation ?? '',
            lifecycle_stage: 'active',
            creation_time: at,
            last_update_time: lastUpdateTime,
          })
          // Two that create it at once: the second waits for the first, and is told.
          .onConflict((conflict) => conflict.column('name').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (made === undefined) throw nameTaken(given.name, 'active')
        const { id } = made
        if (given.artifactLocation === undefined) {
          const artifact_location = `mlflow-artifacts:/${id}`
          await queries.updateTable('experiments').set({ artifact_location }).where('id', '=', id).execute()
        }
        await setPairs(database, queries, 'experiment_tags', { owner: id, pairs: given.tags ?? {} })
        return experimentById(queries, String(id))
      }),
    /** @throws {@link NotFoundError} */
    get: (experimentId: string): Promise<Experiment> => experimentById(db, experimentId),
    async findByName(name: string): Promise<Experiment | undefined> {
      const row = await db.selectFrom('experiments').selectAll().where('name', '=', name).executeTakeFirst()
      return row === undefined ? undefined : (await withTags(db, [row]))[0]
    },
    /** @throws {@link NotFoundError}, {@link ConflictError} when the name is taken */
    rename: (experimentId: string, name: string): Promise<void> =>
      write(async (queries) => {
        const { name: old } = await experimentById(queries, experimentId)
        if (old === name) return
        await requireFree(queries, name)
        await change(queries, experimentId, { name })
      }),
    /** Marks it and its active runs as deleted; nothing is removed. @throws {@link NotFoundError} */
    delete: (experimentId: string): Promise<void> => setStage(experimentId, 'deleted'),
    /** Takes the mark away from it and its runs. @throws {@link NotFoundError} */
    restore: (experimentId: string): Promise<void> => setStage(experimentId, 'active'),
    /** @throws {@link NotFoundError} */
    setTags: (experimentId: string, pairs: Pairs): Promise<void> =>
      write(async (queries) => {
        await experimentById(queries, experimentId)
        await setPairs(database, queries, 'experiment_tags', { owner: Number(experimentId), pairs })
      }),
    /** @throws {@link NotFoundError} for the experiment; true when the tag was there */
    deleteTag: async (experimentId: string, key: string): Promise<boolean> => {
      await experimentById(db, experimentId)
      return deletePair(db, 'experiment_tags', Number(experimentId), key)
    },
  }

  function setStage(experimentId: string, stage: LifecycleStage): Promise<void> {
    return write(async (queries) => {
      await experimentById(queries, experimentId)
      await change(queries, experimentId, { lifecycle_stage: stage })
      await queries
        .updateTable('runs')
        .set({ lifecycle_stage: stage, deleted_time: stage === 'deleted' ? time() : null })
        .where('experiment', '=', Number(experimentId))
        .where('lifecycle_stage', '!=', stage)
        .execute()
    })
  }

  async function change(
    queries: Queries,
    experimentId: string,
    values: { readonly name?: string; readonly lifecycle_stage?: string },
  ): Promise<void> {
    await queries
      .updateTable('experiments')
      .set({ ...values, last_update_time: time() })
      .where('id', '=', Number(experimentId))
      .execute()
  }
}

async function requireFree(queries: Queries, name: string): Promise<void> {
  const taken = await queries
    .selectFrom('experiments')
    .select('lifecycle_stage')
    .where('name', '=', name)
    .executeTakeFirst()
  if (taken !== undefined) throw nameTaken(name, taken.lifecycle_stage)
}

const nameTaken = (name: string, lifecycleStage: string): ConflictError =>
  new ConflictError(
    lifecycleStage === 'active'
      ? `There is an experiment '${name}' already. Choose another name, or use it as it is.`
      : `There is a deleted experiment '${name}'. Restore it, or choose another name.`,
    { kind: 'experiment', id: name, lifecycleStage },
  )

/** @throws {@link NotFoundError} */
export async function experimentById(queries: Queries, experimentId: string): Promise<Experiment> {
  const [id = -1] = experimentNumbers([experimentId])
  const row = await queries.selectFrom('experiments').selectAll().where('id', '=', id).executeTakeFirst()
  if (row === undefined) {
    throw new NotFoundError(
      `There is no experiment with id '${experimentId}'. List them to see which there are.`,
      {
        kind: 'experiment',
        id: experimentId,
      },
    )
  }
  return (await withTags(queries, [row]))[0]!
}

/** Rows of the table as experiments, in the same order. */
export async function withTags(queries: Queries, rows: readonly ExperimentRow[]): Promise<Experiment[]> {
  const tags = await pairsOf(
    queries,
    'experiment_tags',
    rows.map(({ id }) => id),
  )
  return rows.map((row) => ({
    experimentId: String(row.id),
    name: row.name,
    artifactLocation: row.artifact_location,
    lifecycleStage: row.lifecycle_stage as LifecycleStage,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    tags: tags.get(row.id)!,
  }))
}
