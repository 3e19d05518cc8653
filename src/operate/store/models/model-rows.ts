// Rows of the registry's tables as models and versions, in few queries however many there are.
import type { Selectable } from 'kysely'
import { NotFoundError } from '../../../base/index.js'
import type { Queries } from '../database.js'
import { pairsOf } from '../pairs.js'
import type { ModelVersionsTable, RegisteredModelsTable } from '../schema.js'
import type { ModelStage, ModelVersion, ModelVersionStatus, RegisteredModel } from './model-types.js'

export type ModelRow = Selectable<RegisteredModelsTable>
export type VersionRow = Selectable<ModelVersionsTable>

/** The stage of a version that was deleted: its row stays, so that its number is not given again. */
export const deletedStage = 'Deleted_Internal'

export const noModel = (name: string): NotFoundError =>
  new NotFoundError(`There is no registered model '${name}'. List the models to see which there are.`, {
    kind: 'model',
    id: name,
  })

const noVersion = (name: string, version: number): NotFoundError =>
  new NotFoundError(
    `There is no version ${version} of model '${name}'. Show the model to see which versions it has.`,
    { kind: 'model version', id: `${name}/${version}` },
  )

/** @throws {@link NotFoundError} */
export async function modelRow(queries: Queries, name: string): Promise<ModelRow> {
  const row = await queries
    .selectFrom('registered_models')
    .selectAll()
    .where('name', '=', name)
    .executeTakeFirst()
  if (row === undefined) throw noModel(name)
  return row
}

/**
 * The row of a model that nobody else changes until the transaction ends: numbers of versions and moves of aliases hang on it.
 *
 * @throws {@link NotFoundError}
 */
export async function lockModel(queries: Queries, name: string): Promise<ModelRow> {
  // An update locks the row in Postgres; a transaction of SQLite that writes is alone anyway.
  const row = await queries
    .updateTable('registered_models')
    .set((eb) => ({ last_update_time: eb.ref('last_update_time') }))
    .where('name', '=', name)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw noModel(name)
  return row
}

/** @throws {@link NotFoundError} also for a deleted version */
export async function versionRow(queries: Queries, model: ModelRow, version: number): Promise<VersionRow> {
  const row = await queries
    .selectFrom('model_versions')
    .selectAll()
    .where('model', '=', model.id)
    // A number that no column can hold is no version of ours.
    .where('version', '=', Number.isSafeInteger(version) ? version : -1)
    .where('current_stage', '!=', deletedStage)
    .executeTakeFirst()
  if (row === undefined) throw noVersion(model.name, version)
  return row
}

/** Versions of models whose names are known, in the same order. */
export async function versionsWithData(
  queries: Queries,
  rows: readonly VersionRow[],
  names: ReadonlyMap<number, string>,
): Promise<ModelVersion[]> {
  const tags = await pairsOf(
    queries,
    'model_version_tags',
    rows.map(({ id }) => id),
  )
  const aliases = await aliasesOf(queries, [...new Set(rows.map(({ model }) => model))])
  return rows.map((row) => ({
    name: names.get(row.model)!,
    version: row.version,
    description: row.description,
    userId: row.user_id,
    stage: row.current_stage as ModelStage,
    source: row.source,
    storageLocation: row.storage_location,
    runId: row.run_id ?? undefined,
    runLink: row.run_link,
    modelId: row.model_id ?? undefined,
    status: row.status as ModelVersionStatus,
    statusMessage: row.status_message,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    aliases: aliases
      .filter(({ model, version }) => model === row.model && version === row.version)
      .map(({ alias }) => alias),
    tags: tags.get(row.id)!,
    signature: parsed(row.signature),
    lineage: parsed(row.lineage),
  }))
}

const parsed = (text: string | null): unknown => (text === null ? undefined : (JSON.parse(text) as unknown))

/** One version. */
export async function versionWithData(
  queries: Queries,
  model: ModelRow,
  row: VersionRow,
): Promise<ModelVersion> {
  return (await versionsWithData(queries, [row], new Map([[model.id, model.name]])))[0]!
}

async function aliasesOf(
  queries: Queries,
  models: readonly number[],
): Promise<{ readonly model: number; readonly alias: string; readonly version: number }[]> {
  if (models.length === 0) return []
  return queries
    .selectFrom('model_aliases')
    .selectAll()
    .where('model', 'in', models)
    .orderBy('alias')
    .execute()
}

/** Models with their tags, aliases and newest versions, in the same order. */
export async function modelsWithData(
  queries: Queries,
  rows: readonly ModelRow[],
): Promise<RegisteredModel[]> {
  const ids = rows.map(({ id }) => id)
  const tags = await pairsOf(queries, 'registered_model_tags', ids)
  const aliases = await aliasesOf(queries, ids)
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  const latest = await latestRows(queries, ids)
  const versions = await versionsWithData(queries, latest, names)
  return rows.map((row) => ({
    name: row.name,
    description: row.description,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    tags: tags.get(row.id)!,
    aliases: Object.fromEntries(
      aliases.filter(({ model }) => model === row.id).map(({ alias, version }) => [alias, version]),
    ),
    latestVersions: versions.filter((_, i) => latest[i]!.model === row.id),
  }))
}

/** Of each model and stage the newest version, by version. */
async function latestRows(queries: Queries, models: readonly number[]): Promise<VersionRow[]> {
  if (models.length === 0) return []
  return queries
    .selectFrom('model_versions')
    .selectAll()
    .where('model', 'in', models)
    .where('current_stage', '!=', deletedStage)
    .where(({ eb, selectFrom }) =>
      eb(
        'version',
        '=',
        selectFrom('model_versions as other')
          .select(({ fn }) => fn.max('other.version').as('newest'))
          .whereRef('other.model', '=', 'model_versions.model')
          .whereRef('other.current_stage', '=', 'model_versions.current_stage'),
      ),
    )
    .orderBy('version')
    .execute()
}
