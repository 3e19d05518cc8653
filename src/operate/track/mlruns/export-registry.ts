// Registered models as the registry of a FileStore: `models/` beside the experiments. Files of versions that are those of a run or of a
// logged model are named there; others come into the folder of the version.
import { join } from 'node:path'
import { placeOfUri } from '../../artifacts/index.js'
import {
  deletedStage,
  everyPage,
  type ModelVersion,
  type RegisteredModel,
  type Store,
} from '../../store/index.js'
import { type ExportCount, type ExportPlaces, nameable, writeMeta, writePairs } from './export-files.js'
import { folders } from './layout.js'

export interface RegistryDestination extends ExportPlaces {
  /** The folder `models`. */
  readonly folder: string
  /** Its address, where it will stand. */
  readonly address: string
}

/** Writes all models. The files of runs and logged models must be written. */
export async function exportRegistry(
  to: RegistryDestination,
  count: ExportCount,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const model of modelsOf(to.store)) {
    signal?.throwIfAborted()
    await nameable(join(to.folder, model.name), to.skip, () => exportModel(model, to, count))
  }
}

/** Prompts too, which a search leaves out unless it asks for them. */
async function* modelsOf({ models }: Store): AsyncGenerator<RegisteredModel> {
  for (const filter of [undefined, "tags.`mlflow.prompt.is_prompt` = 'true'"]) {
    const search = { filter, maxResults: 1000 }
    for await (const page of everyPage((pageToken) => models.search({ ...search, pageToken })))
      yield* page.models
  }
}

async function exportModel(
  model: RegisteredModel,
  to: RegistryDestination,
  count: ExportCount,
): Promise<void> {
  const { name } = model
  const folder = join(to.folder, name)
  await writeMeta(folder, {
    aliases: {},
    creation_timestamp: model.creationTime,
    description: model.description,
    last_updated_timestamp: model.lastUpdateTime,
    name,
  })
  count.registeredModels++
  await writePairs(join(folder, folders.tags), model.tags, to.skip)
  const aliases = Object.entries(model.aliases).map(([alias, version]) => [alias, String(version)] as const)
  await writePairs(join(folder, folders.aliases), Object.fromEntries(aliases), to.skip)
  for (const version of await to.store.models.versions(name)) {
    count.versions++
    count.files += await exportVersion(version, to)
  }
  for (const version of await to.store.models.deletedVersions(name))
    await writeMeta(join(folder, `version-${version}`), {
      ...noVersion,
      creation_timestamp: model.creationTime,
      current_stage: deletedStage,
      last_updated_timestamp: model.lastUpdateTime,
      name,
      version,
    })
}

/** The fields of a version that holds nothing. */
const noVersion = {
  aliases: [],
  description: null,
  model_id: null,
  run_id: null,
  run_link: null,
  source: null,
  status: 'READY',
  status_message: null,
  storage_location: null,
  user_id: null,
} as const

/** Tells how many files came along. */
async function exportVersion(version: ModelVersion, to: RegistryDestination): Promise<number> {
  const folder = join(to.folder, version.name, `version-${version.version}`)
  const address = `${to.address}/${encodeURIComponent(version.name)}/version-${version.version}/${folders.artifacts}`
  const place = placeOfUri(version.storageLocation)
  const known = place && to.addresses.find(place)
  const files =
    place === undefined || known !== undefined
      ? 0
      : await to.artifacts.downloadFolder(place.root, join(folder, folders.artifacts), { folder: place.path })
  const location = known ?? (files > 0 ? address : version.storageLocation)
  await writeMeta(folder, {
    ...noVersion,
    creation_timestamp: version.creationTime,
    current_stage: version.stage,
    description: version.description,
    last_updated_timestamp: version.lastUpdateTime,
    model_id: version.modelId ?? null,
    name: version.name,
    run_id: version.runId ?? null,
    run_link: version.runLink,
    source: version.source === version.storageLocation ? location : sourceOf(version, to),
    status: version.status,
    status_message: version.statusMessage || null,
    storage_location: location,
    user_id: version.userId,
    version: version.version,
  })
  await writePairs(join(folder, folders.tags), version.tags, to.skip)
  return files
}

function sourceOf({ source }: ModelVersion, { addresses }: RegistryDestination): string {
  const place = placeOfUri(source)
  return (place && addresses.find(place)) ?? source
}
