// A model of another registry, with what only that one knows: numbers of its versions, times, stages. What is here already is not changed.
import type { Transaction } from 'kysely'
import type { Database } from '../database.js'
import { type Pairs, setPairs } from '../pairs.js'
import type { Schema } from '../schema.js'
import { moveAlias } from './model-aliases.js'
import { addEvent } from './model-events.js'
import { deletedStage, lockModel, type ModelRow } from './model-rows.js'
import type { ModelStage, ModelVersionStatus, NewModelVersion } from './model-types.js'
import { newRow, redacted } from './model-versions.js'

export interface VersionToBringIn extends NewModelVersion {
  readonly version: number
  readonly stage: ModelStage
  readonly status: ModelVersionStatus
  readonly statusMessage: string
  readonly creationTime: number
  readonly lastUpdateTime: number
}

export interface ModelToBringIn {
  readonly name: string
  readonly description: string
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly tags: Pairs
  readonly versions: readonly VersionToBringIn[]
  /** Numbers that are not given again. */
  readonly deletedVersions: readonly number[]
  /** Version by alias; those of versions that are not there are left out. */
  readonly aliases: Readonly<Record<string, number>>
}

export interface BroughtIn {
  /** False where there was a model of that name. */
  readonly isNew: boolean
  /** Those that were not here. */
  readonly versions: readonly number[]
}

/** Behind `models.bringIn`. */
export async function bringIn(
  database: Database,
  queries: Transaction<Schema>,
  given: ModelToBringIn,
  time: number,
): Promise<BroughtIn> {
  const isNew = await addModel(database, queries, given, time)
  const model = await lockModel(queries, given.name)
  const known = await versionsOf(queries, model)
  const added = given.versions.filter(({ version }) => !known.has(version))
  for (const version of added) await addVersion(database, queries, { model, version, time })
  for (const version of given.deletedVersions) {
    if (known.has(version)) continue
    const row = newRow({ model: model.id, version, at: given.lastUpdateTime }, { source: '' })
    await queries
      .insertInto('model_versions')
      .values({ ...row, ...redacted, current_stage: deletedStage })
      .execute()
  }
  await addAliases(queries, model, given.aliases, time)
  return { isNew, versions: added.map(({ version }) => version) }
}

/** True when the model was not there. */
async function addModel(
  database: Database,
  queries: Transaction<Schema>,
  given: ModelToBringIn,
  time: number,
): Promise<boolean> {
  const row = await queries
    .insertInto('registered_models')
    .values({
      name: given.name,
      description: given.description,
      creation_time: given.creationTime,
      last_update_time: given.lastUpdateTime,
    })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return false
  await setPairs(database, queries, 'registered_model_tags', { owner: row.id, pairs: given.tags })
  await addEvent(queries, row, { kind: 'model-created', details: imported }, time)
  return true
}

/** Told by events of what came in. */
const imported = { imported: true } as const

async function versionsOf(queries: Transaction<Schema>, { id }: ModelRow): Promise<ReadonlySet<number>> {
  const rows = await queries.selectFrom('model_versions').select('version').where('model', '=', id).execute()
  return new Set(rows.map(({ version }) => version))
}

async function addVersion(
  database: Database,
  queries: Transaction<Schema>,
  {
    model,
    version,
    time,
  }: { readonly model: ModelRow; readonly version: VersionToBringIn; readonly time: number },
): Promise<void> {
  const { version: number, tags = {}, stage, status, statusMessage, creationTime, lastUpdateTime } = version
  const { id } = await queries
    .insertInto('model_versions')
    .values({
      ...newRow({ model: model.id, version: number, at: creationTime }, version),
      current_stage: stage,
      status,
      status_message: statusMessage,
      last_update_time: lastUpdateTime,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await setPairs(database, queries, 'model_version_tags', { owner: id, pairs: tags })
  const details = { ...imported, source: version.source, ...(version.runId && { runId: version.runId }) }
  await addEvent(
    queries,
    model,
    { kind: 'version-created', version: number, userId: version.userId, details },
    time,
  )
}

async function addAliases(
  queries: Transaction<Schema>,
  model: ModelRow,
  aliases: ModelToBringIn['aliases'],
  time: number,
): Promise<void> {
  const taken = await queries
    .selectFrom('model_aliases')
    .select('alias')
    .where('model', '=', model.id)
    .execute()
  const there = await queries
    .selectFrom('model_versions')
    .select('version')
    .where('model', '=', model.id)
    .where('current_stage', '!=', deletedStage)
    .execute()
  for (const [alias, version] of Object.entries(aliases)) {
    if (taken.some((known) => known.alias === alias)) continue
    if (!there.some((known) => known.version === version)) continue
    const event = { kind: 'alias-set', details: imported } as const
    await moveAlias(queries, model.name, { alias, version, event }, time)
  }
}
