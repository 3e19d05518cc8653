// Versions of registered models: created with the next number, changed, moved between stages, deleted but for their number.
import { ConflictError, NotFoundError } from '../../../base/index.js'
import type { Database, Queries } from '../database.js'
import { deletePair, type Pairs, setPairs } from '../pairs.js'
import { dropAliases } from './model-aliases.js'
import { addEvent } from './model-events.js'
import {
  deletedStage,
  lockModel,
  type ModelRow,
  modelRow,
  versionRow,
  versionsWithData,
  versionWithData,
} from './model-rows.js'
import type { ModelStage, ModelVersion, NewModelVersion } from './model-types.js'

export interface StageChange {
  readonly stage: ModelStage
  /** Moves the other versions of that stage to Archived. */
  readonly archiveOthers: boolean
  readonly userId?: string | undefined
}

export function modelVersions(database: Database, time: () => number) {
  const { db, write } = database
  return {
    /** Adds a version under the next number. @throws {@link NotFoundError} for the model */
    createVersion: (name: string, given: NewModelVersion): Promise<ModelVersion> =>
      write(async (queries) => {
        const model = await lockModel(queries, name)
        const at = time()
        const version = await nextVersion(queries, model)
        const { tags = {}, ...values } = given
        const row = await queries
          .insertInto('model_versions')
          .values(newRow({ model: model.id, version, at }, values))
          .returningAll()
          .executeTakeFirstOrThrow()
        await setPairs(database, queries, 'model_version_tags', { owner: row.id, pairs: tags })
        await touch(queries, model, at)
        const { source, userId, runId } = given
        await addEvent(
          queries,
          model,
          { kind: 'version-created', version, userId, details: { source, ...(runId && { runId }) } },
          at,
        )
        return versionWithData(queries, model, row)
      }),
    /** @throws {@link NotFoundError} */
    async getVersion(name: string, version: number): Promise<ModelVersion> {
      const model = await modelRow(db, name)
      return versionWithData(db, model, await versionRow(db, model, version))
    },
    /** The version that an alias points to. @throws {@link NotFoundError} for the model or the alias */
    async getVersionByAlias(name: string, alias: string): Promise<ModelVersion> {
      const model = await modelRow(db, name)
      const row = await db
        .selectFrom('model_versions')
        .innerJoin('model_aliases', (join) =>
          join
            .onRef('model_aliases.model', '=', 'model_versions.model')
            .onRef('model_aliases.version', '=', 'model_versions.version'),
        )
        .selectAll('model_versions')
        .where('model_aliases.model', '=', model.id)
        .where('model_aliases.alias', '=', alias)
        .executeTakeFirst()
      if (row !== undefined) return versionWithData(db, model, row)
      throw new NotFoundError(
        `The model '${name}' has no alias '${alias}'. Show the model to see its aliases, or set it.`,
        { kind: 'alias', id: `${name}@${alias}` },
      )
    },
    /** All that were not deleted, the newest first. @throws {@link NotFoundError} */
    async versions(name: string): Promise<ModelVersion[]> {
      const model = await modelRow(db, name)
      const rows = await db
        .selectFrom('model_versions')
        .selectAll()
        .where('model', '=', model.id)
        .where('current_stage', '!=', deletedStage)
        .orderBy('version', 'desc')
        .execute()
      return versionsWithData(db, rows, new Map([[model.id, model.name]]))
    },
    /** The numbers of those that were deleted. @throws {@link NotFoundError} */
    async deletedVersions(name: string): Promise<number[]> {
      const { id } = await modelRow(db, name)
      const rows = await db
        .selectFrom('model_versions')
        .select('version')
        .where('model', '=', id)
        .where('current_stage', '=', deletedStage)
        .orderBy('version')
        .execute()
      return rows.map(({ version }) => version)
    },
    /** @throws {@link NotFoundError} */
    describeVersion: (name: string, version: number, description: string): Promise<ModelVersion> =>
      write(async (queries) => {
        const model = await modelRow(queries, name)
        const { id } = await versionRow(queries, model, version)
        const row = await queries
          .updateTable('model_versions')
          .set({ description, last_update_time: time() })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        return versionWithData(queries, model, row)
      }),
    /** @throws {@link NotFoundError} */
    setStage: (name: string, version: number, change: StageChange): Promise<ModelVersion> =>
      write(async (queries) => {
        const model = await lockModel(queries, name)
        const { id, current_stage: from } = await versionRow(queries, model, version)
        const at = time()
        if (change.archiveOthers) {
          await queries
            .updateTable('model_versions')
            .set({ current_stage: 'Archived', last_update_time: at })
            .where('model', '=', model.id)
            .where('current_stage', '=', change.stage)
            .where('version', '!=', version)
            .execute()
        }
        const row = await queries
          .updateTable('model_versions')
          .set({ current_stage: change.stage, last_update_time: at })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirstOrThrow()
        await touch(queries, model, at)
        const details = { from, to: change.stage, archiveOthers: change.archiveOthers }
        await addEvent(queries, model, { kind: 'stage-changed', version, userId: change.userId, details }, at)
        return versionWithData(queries, model, row)
      }),
    /**
     * Deletes a version. Its number, its events and its files remain.
     *
     * @param options.keepAliased - refuses a version that an alias points to; its aliases are taken away otherwise
     * @throws {@link NotFoundError}; {@link ConflictError}
     */
    deleteVersion: (
      name: string,
      version: number,
      { keepAliased = false, userId = '' }: { readonly keepAliased?: boolean; readonly userId?: string } = {},
    ): Promise<void> =>
      write(async (queries) => {
        const model = await lockModel(queries, name)
        const row = await versionRow(queries, model, version)
        const at = time()
        if (keepAliased) await requireNoAlias(queries, model, version)
        await dropAliases(queries, model, { version, userId, time: at })
        await queries
          .updateTable('model_versions')
          .set({ ...redacted, current_stage: deletedStage, last_update_time: at })
          .where('id', '=', row.id)
          .execute()
        await queries.deleteFrom('model_version_tags').where('owner', '=', row.id).execute()
        await touch(queries, model, at)
        await addEvent(queries, model, { kind: 'version-deleted', version, userId }, at)
      }),
    /** @throws {@link NotFoundError} */
    setVersionTags: (name: string, version: number, pairs: Pairs): Promise<void> =>
      write(async (queries) => {
        const { id } = await versionRow(queries, await modelRow(queries, name), version)
        await setPairs(database, queries, 'model_version_tags', { owner: id, pairs })
      }),
    /** @throws {@link NotFoundError} for the version; true when the tag was there */
    async deleteVersionTag(name: string, version: number, key: string): Promise<boolean> {
      const { id } = await versionRow(db, await modelRow(db, name), version)
      return deletePair(db, 'model_version_tags', id, key)
    },
  }
}

/** What MLflow takes out of a deleted version, and what we know more. */
export const redacted = {
  description: '',
  user_id: '',
  source: '',
  storage_location: '',
  run_id: null,
  run_link: '',
  model_id: null,
  status_message: '',
  signature: null,
  lineage: null,
}

export function newRow(
  { model, version, at }: { readonly model: number; readonly version: number; readonly at: number },
  given: Omit<NewModelVersion, 'tags'>,
) {
  return {
    model,
    version,
    description: given.description ?? '',
    user_id: given.userId ?? '',
    current_stage: 'None',
    source: given.source,
    storage_location: given.storageLocation ?? given.source,
    run_id: given.runId ?? null,
    run_link: given.runLink ?? '',
    model_id: given.modelId ?? null,
    status: 'READY',
    status_message: '',
    creation_time: at,
    last_update_time: at,
    signature: json(given.signature),
    lineage: json(given.lineage),
  }
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

/** Deleted versions count: their rows are there. */
async function nextVersion(queries: Queries, { id }: ModelRow): Promise<number> {
  const { newest } = await queries
    .selectFrom('model_versions')
    .select(({ fn }) => fn.max('version').as('newest'))
    .where('model', '=', id)
    .executeTakeFirstOrThrow()
  return (newest ?? 0) + 1
}

async function touch(queries: Queries, { id }: ModelRow, at: number): Promise<void> {
  await queries.updateTable('registered_models').set({ last_update_time: at }).where('id', '=', id).execute()
}

async function requireNoAlias(queries: Queries, model: ModelRow, version: number): Promise<void> {
  const found = await queries
    .selectFrom('model_aliases')
    .select('alias')
    .where('model', '=', model.id)
    .where('version', '=', version)
    .orderBy('alias')
    .execute()
  if (found.length === 0) return
  const aliases = found.map(({ alias }) => `'${alias}'`).join(', ')
  throw new ConflictError(
    `Version ${version} of model '${model.name}' is ${aliases}, and who asks for that name would find nothing. Move ${found.length === 1 ? 'the alias' : 'these aliases'} to another version or delete ${found.length === 1 ? 'it' : 'them'} first.`,
    { kind: 'model version', id: `${model.name}/${version}`, aliases: found.map(({ alias }) => alias) },
  )
}
