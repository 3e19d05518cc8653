// The registry of a FileStore, `models/` beside the experiments, into the store: each model in one transaction, its files before it.
import { join } from 'node:path'
import { FormatError, orNone, quote, type WorkOptions } from '../../../base/index.js'
import { deletedStage, modelStages, type VersionToBringIn } from '../../store/index.js'
import { copyFiles, type ImportCount, type ImportPlaces } from './import-target.js'
import {
  aliasPattern,
  folders,
  md5,
  metaFile,
  optionalText,
  textField,
  timeField,
  versionStatuses,
} from './layout.js'
import { addressHere } from './addresses.js'
import { filesBelow, readMeta, readValue, subfolders, understood } from './read-files.js'
import { recordIn } from './read-pairs.js'
import type { YamlRecord } from './yaml.js'

/** Adds the models and versions that are not in the store, with their aliases. */
export async function importRegistry(
  root: string,
  places: ImportPlaces,
  count: ImportCount,
  { signal }: WorkOptions,
): Promise<void> {
  for (const name of await subfolders(join(root, folders.models))) {
    signal?.throwIfAborted()
    await importModel(join(root, folders.models, name), name, places, count)
  }
}

/** What MLflow takes for a name; slashes are in no name of a folder. */
const modelName = /^[^:\p{Cc}]{1,256}$/u

async function importModel(
  folder: string,
  name: string,
  places: ImportPlaces,
  count: ImportCount,
): Promise<void> {
  const { store, skip } = places
  const meta = await readMeta(folder, skip)
  if (meta === undefined) return
  const path = join(folder, metaFile)
  if (meta['name'] !== name || !modelName.test(name)) {
    skip(path, `It is no model '${name}'.`)
    return
  }
  const times = understood(path, skip, () => timesOf(meta, path))
  if (times === undefined) return
  const here = await versionsHere(name, places)
  const versions: VersionToBringIn[] = []
  const deletedVersions: number[] = []
  for (const found of await versionFolders(folder, places)) {
    if (here.has(found.version)) {
      const known = here.get(found.version)
      if (known !== undefined && known !== (optionalText(found.meta, 'creation_timestamp') ?? '0'))
        skip(found.folder, `There is another version ${found.version} of '${name}' already.`)
      continue
    }
    const read =
      found.meta['current_stage'] === deletedStage ? 'deleted' : await readVersion(found, name, places)
    if (read === 'deleted') deletedVersions.push(found.version)
    else if (read !== undefined) {
      versions.push(read.version)
      count.files += read.files
    }
  }
  const done = await store.models.bringIn({
    name,
    description: optionalText(meta, 'description') ?? '',
    ...times,
    tags: await recordIn(join(folder, folders.tags), 'tag', skip),
    versions,
    deletedVersions,
    aliases: await aliasesIn(join(folder, folders.aliases), places),
  })
  if (done.isNew) count.registeredModels++
  count.versions += done.versions.length
}

function timesOf(meta: YamlRecord, path: string) {
  const creationTime = timeField(meta, 'creation_timestamp', path) ?? 0
  return {
    creationTime,
    lastUpdateTime: timeField(meta, 'last_updated_timestamp', path) ?? creationTime,
  }
}

/** Of each version of that name in the store the time of its creation; of one that was deleted, nothing that is known. */
async function versionsHere(
  name: string,
  { store }: ImportPlaces,
): Promise<ReadonlyMap<number, string | undefined>> {
  const versions = (await orNone(store.models.versions(name))) ?? []
  const deleted = (await orNone(store.models.deletedVersions(name))) ?? []
  return new Map([
    ...versions.map(({ version, creationTime }) => [version, String(creationTime)] as const),
    ...deleted.map((version) => [version, undefined] as const),
  ])
}

interface VersionFolder {
  readonly folder: string
  readonly version: number
  readonly meta: YamlRecord
}

async function versionFolders(folder: string, { skip }: ImportPlaces): Promise<VersionFolder[]> {
  const found: VersionFolder[] = []
  for (const name of await subfolders(folder)) {
    const number = /^version-([1-9]\d{0,8})$/.exec(name)?.[1]
    if (number === undefined) continue
    const meta = await readMeta(join(folder, name), skip)
    if (meta === undefined) continue
    if (meta['version'] === number) found.push({ folder: join(folder, name), version: Number(number), meta })
    else skip(join(folder, name), `Its meta.yaml is that of another version, expected ${number}.`)
  }
  return found.toSorted((a, b) => a.version - b.version)
}

/** A version with its files: those in its own folder come along now, others came with their run or their logged model. */
async function readVersion(
  { folder, version, meta }: VersionFolder,
  name: string,
  places: ImportPlaces,
): Promise<{ readonly version: VersionToBringIn; readonly files: number } | undefined> {
  const { store, skip } = places
  const path = join(folder, metaFile)
  const read = understood(path, skip, () => ({
    source: textField(meta, 'source', path),
    ...timesOf(meta, path),
    stage: oneOf(modelStages, meta['current_stage'] ?? 'None', path),
    status: oneOf(versionStatuses, meta['status'] ?? 'READY', path),
  }))
  if (read === undefined) return undefined
  const said = optionalText(meta, 'storage_location') || read.source
  const own = join(folder, folders.artifacts)
  const files = { location: await addressHere(store, said), count: 0 }
  if (files.location === undefined && (await filesBelow(own, skip)).length > 0) {
    // The same at each try, so that an import that died leaves nothing behind that the next one would not use.
    const root = `models/${md5(name, String(version), String(read.creationTime))}/bundle`
    files.count = await copyFiles(own, { root, path: '' }, { ...places, said })
    files.location = `mlflow-artifacts:/${root}`
  }
  if (files.location === undefined && isOfMachine(said))
    skip(folder, `The files of the version lie at '${said.slice(0, 300)}' and were not brought along.`)
  const tags = await recordIn(join(folder, folders.tags), 'tag', skip)
  return {
    files: files.count,
    version: {
      ...read,
      version,
      tags,
      source: (await addressHere(store, read.source)) ?? read.source,
      storageLocation: files.location ?? said,
      description: optionalText(meta, 'description'),
      userId: optionalText(meta, 'user_id'),
      runId: optionalText(meta, 'run_id') || undefined,
      runLink: optionalText(meta, 'run_link'),
      modelId: optionalText(meta, 'model_id') || undefined,
      statusMessage: optionalText(meta, 'status_message') ?? '',
    },
  }
}

function oneOf<T extends string>(values: readonly T[], value: unknown, path: string): T {
  const found = values.find((one) => one === value)
  if (found !== undefined) return found
  throw new FormatError(
    `'${path}' says ${quote(value)}, expected one of ${values.join(', ')}. The file is damaged.`,
    { format: 'meta.yaml', path },
  )
}

/** Sources of prompts are no addresses. */
const isOfMachine = (address: string): boolean => /^(?:file:|[/\\.]|[a-z]:[/\\])/i.test(address)

/** Version by alias. */
async function aliasesIn(folder: string, { skip }: ImportPlaces): Promise<Record<string, number>> {
  const aliases = Object.create(null) as Record<string, number>
  for (const { name, path } of await filesBelow(folder, skip)) {
    const value = (await readValue(path, skip))?.trim()
    if (value === undefined) continue
    if (aliasPattern.test(name) && /^[1-9]\d{0,8}$/.test(value)) aliases[name] = Number(value)
    else skip(path, 'It is no alias of a version.')
  }
  return aliases
}
