// The registry: models with versions, aliases, gates and a record, over a store and artifacts.
import { openArtifacts } from '../artifacts/index.js'
import {
  type ModelEvent,
  type ModelVersion,
  openStore,
  type RegisteredModel,
  type Store,
} from '../store/index.js'
import { type Compatibility, compareSignatures } from './compatibility.js'
import { diffVersions, type VersionDiff } from './diff.js'
import { type BundleFacts, inspectBundle } from './inspect-bundle.js'
import { type LineageGraph, lineageGraph } from './lineage-graph.js'
import { type DownloadedModel, downloadVersion, type RegistryArtifacts } from './model-files.js'
import { checkAlias, checkTags } from './names.js'
import { assess, promote, type PromoteOptions, type Promotion } from './promote.js'
import { type ModelReference, resolveVersion } from './reference.js'
import { register, type RegisterOptions, type RunBundle } from './register.js'
import { rollback, type RollbackOptions } from './rollback.js'
import { signatureIn } from './signature.js'
import type { Verdict } from './verdict.js'
import { FormatError } from '../../base/index.js'

export interface RegistryOptions {
  /** An open store, or the address of one: a file or `postgres://…`. @default what MODELWRIGHT_STORE says, else `.modelwright/store.db` */
  readonly store?: Store | string | undefined
  /**
   * Open artifacts, or their address: a folder or `s3://…`. @default what MODELWRIGHT_ARTIFACTS says, else `.modelwright/artifacts`
   */
  readonly artifacts?: RegistryArtifacts | string | undefined
}

/** A word on a version, kept with its record. */
export interface Note {
  readonly note?: string | undefined
  readonly userId?: string | undefined
}

export interface HistoryOptions {
  /** @default all */
  readonly limit?: number | undefined
  /** Only what came before this event. */
  readonly before?: number | undefined
}

/** A version, as a text or taken apart. */
export type Reference = string | ModelReference

/**
 * Models under names, in numbered versions. References to a version are written `name/3`, `name@champion`, `name` (the champion, or the
 * newest where there is none), also with MLflow's `models:/` before.
 */
export interface Registry extends AsyncDisposable {
  /**
   * Makes a bundle the next version of a model, which is made when it is not there. The files are checked and copied first.
   *
   * @param source - the folder of a bundle, or the run that wrote one; `runs:/<run>/<path>` is one too
   * @throws {@link FormatError} when it is no whole bundle; {@link UsageError} for a name that may not be
   */
  register(name: string, source: string | RunBundle, options?: RegisterOptions): Promise<ModelVersion>
  /** @throws {@link NotFoundError} */
  model(name: string): Promise<RegisteredModel>
  /** The version that a reference means. @throws {@link NotFoundError}; {@link UsageError} for what is no reference */
  resolve(reference: Reference): Promise<ModelVersion>
  /** All that were not deleted, the newest first. @throws {@link NotFoundError} */
  versions(name: string): Promise<ModelVersion[]>
  /**
   * Puts an alias to a version without a gate, or takes it away (null).
   *
   * @throws {@link NotFoundError}; {@link UsageError} for `latest`, `v3` and the like
   */
  setAlias(name: string, alias: string, version: number | null, note?: Note): Promise<void>
  /**
   * Lets a version take the place of the one that an alias points to, if it passes the gate: by default it must surely be better on the
   * same rows and take and give the same columns. Whether it passed or not, the verdict is kept. Of several at once, one wins.
   *
   * @throws {@link ConflictError} with the verdict in `details.verdict` when the gate refuses, or when the alias was moved meanwhile
   * @throws {@link NotFoundError}; {@link InvalidOptionError} for rules that are none; {@link DataError} for rows that cannot judge
   */
  promote(name: string, options: PromoteOptions): Promise<Promotion>
  /** What {@link Registry.promote} would say; nothing is changed or recorded. */
  assess(name: string, options: PromoteOptions): Promise<Verdict>
  /**
   * Puts an alias back to where it pointed before; again, to where it pointed before that. Deleted versions are passed over.
   *
   * @throws {@link ConflictError} when there is nothing before
   */
  rollback(name: string, alias: string, options?: RollbackOptions): Promise<ModelVersion>
  /** Says that somebody approves of a version; gates can ask for it. @throws {@link NotFoundError} */
  approve(reference: Reference, note?: Note): Promise<ModelEvent>
  /** Adds a remark to the record of a version. @throws {@link NotFoundError} */
  note(reference: Reference, note: string, userId?: string): Promise<ModelEvent>
  /** What happened to a model, the newest first. @throws {@link NotFoundError} */
  history(name: string, options?: HistoryOptions): Promise<ModelEvent[]>
  /** Whether callers of the first can call the second. @throws {@link FormatError} where one is no bundle; {@link NotFoundError} */
  compatibility(before: Reference, after: Reference): Promise<Compatibility>
  /** What differs between two versions. @throws {@link NotFoundError} */
  diff(a: Reference, b: Reference): Promise<VersionDiff>
  /** Where the versions of a model came from. @throws {@link NotFoundError} */
  lineage(name: string): Promise<LineageGraph>
  /** Writes the files of a version into a new folder, each checked by its hash. @throws {@link NotFoundError}, {@link FormatError} */
  download(reference: Reference, folder: string): Promise<DownloadedModel>
  /**
   * What a bundle at an address says of itself, for versions that others create. Undefined where no bundle lies there that can be read.
   *
   * @param runId - the run that made it, where that is known
   */
  inspect(location: string, runId?: string): Promise<BundleFacts | undefined>
  /** Replaces tags of the same name. @throws {@link NotFoundError} */
  setTags(reference: Reference, tags: Readonly<Record<string, string>>): Promise<void>
  /** Deletes a version that no alias points to; its number is not given again. @throws {@link ConflictError}; {@link NotFoundError} */
  deleteVersion(name: string, version: number, userId?: string): Promise<void>
  /** Deletes a model with all its versions and aliases; its record remains. @throws {@link NotFoundError} */
  deleteModel(name: string, userId?: string): Promise<void>
  /** Closes what it opened itself; a store and artifacts that were given remain open. */
  close(): Promise<void>
}

/** Behind the door of this name: doors.ts. */
export async function openRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { store, artifacts, close } = await openParts(options)
  return { ...registryOver({ store, artifacts }), close, [Symbol.asyncDispose]: close }
}

async function openParts({ store: givenStore, artifacts: givenArtifacts }: RegistryOptions) {
  const store = typeof givenStore === 'object' ? givenStore : await openStore(givenStore)
  const closeStore = async (): Promise<void> => {
    if (store !== givenStore) await store.close()
  }
  if (typeof givenArtifacts === 'object') return { store, artifacts: givenArtifacts, close: closeStore }
  try {
    const artifacts = await openArtifacts({ url: givenArtifacts, store })
    const close = async (): Promise<void> => {
      artifacts.close()
      await closeStore()
    }
    return { store, artifacts, close }
  } catch (error) {
    await closeStore()
    throw error
  }
}

function registryOver(keeping: { readonly store: Store; readonly artifacts: RegistryArtifacts }) {
  const { store } = keeping
  const { models } = store
  const resolve = (reference: Reference): Promise<ModelVersion> => resolveVersion(store, reference)
  return {
    register: (name, source, options) => register(keeping, name, source, options),
    model: (name) => models.get(name),
    resolve,
    versions: (name) => models.versions(name),
    async setAlias(name, alias, version, { note, userId } = {}) {
      // One that is in the way of the rules may still be taken away.
      if (version !== null) checkAlias(alias)
      const details = note === undefined ? undefined : { note }
      const kind = version === null ? 'alias-deleted' : 'alias-set'
      const unchanged = (await models.get(name)).aliases[alias] === (version ?? undefined)
      await models.moveAlias(name, {
        alias,
        version,
        event: unchanged ? undefined : { kind, userId, details },
      })
    },
    promote: (name, options) => promote(keeping, name, options),
    assess: (name, options) => assess(keeping, name, options),
    rollback: (name, alias, options) => rollback(store, name, alias, options),
    approve: async (reference, { note, userId } = {}) => {
      const { name, version } = await resolve(reference)
      const details = note === undefined ? undefined : { note }
      return models.addEvent(name, { kind: 'approved', version, userId, details })
    },
    note: async (reference, note, userId) => {
      const { name, version } = await resolve(reference)
      return models.addEvent(name, { kind: 'noted', version, userId, details: { note } })
    },
    history: (name, options) => models.events(name, options),
    async compatibility(before, after) {
      const [first, second] = [
        signatureOrRefuse(await resolve(before)),
        signatureOrRefuse(await resolve(after)),
      ]
      return compareSignatures(first, second)
    },
    diff: async (a, b) => diffVersions(await resolve(a), await resolve(b)),
    lineage: async (name) => lineageGraph(await models.get(name), await models.versions(name)),
    download: async (reference, folder) => downloadVersion(keeping, await resolve(reference), folder),
    inspect: (location, runId) => inspectBundle(keeping, location, runId),
    async setTags(reference, tags) {
      const { name, version } = await resolve(reference)
      await models.setVersionTags(name, version, checkTags(tags))
    },
    deleteVersion: (name, version, userId) =>
      models.deleteVersion(name, version, { keepAliased: true, userId: userId ?? '' }),
    deleteModel: (name, userId) => models.delete(name, userId),
  } satisfies Omit<Registry, 'close' | typeof Symbol.asyncDispose>
}

function signatureOrRefuse(version: ModelVersion) {
  const signature = signatureIn(version)
  if (signature !== undefined) return signature
  throw new FormatError(
    `Version ${version.version} of model '${version.name}' is no bundle of Modelwright (its source is '${version.source}'), so what it takes and gives is not known. Register the bundle itself.`,
    { format: 'modelwright-bundle', path: version.source },
  )
}
