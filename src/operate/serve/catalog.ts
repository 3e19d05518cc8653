// Models, their versions and the names that point to them; and which version is meant.
import { closestName, NotFoundError } from '../../base/index.js'
import type { SourceVersion } from './model-source.js'
import type { Residence } from './residence.js'
import type { Addressee, VersionDescription, VersionState } from './service.js'
import type { Traffic } from './traffic.js'

/** What is known of a version once it was loaded, also when it is not any more. */
export type VersionFacts = Pick<
  VersionDescription,
  'kind' | 'task' | 'target' | 'columns' | 'classes' | 'inputs' | 'outputs' | 'bytes' | 'batching'
>

/** A version of a model. */
export interface VersionEntry {
  /** As it was listed last. */
  source: SourceVersion
  state: VersionState
  reason: string | undefined
  /** What answers now. */
  current: Residence | undefined
  /** The loading that runs. */
  loading: Promise<Residence> | undefined
  /** The fingerprint of what was loaded last, or tried. */
  tried: string | undefined
  facts: VersionFacts | undefined
  /** False once it was unloaded on request: only `load` brings it back. */
  wanted: boolean
  /** By a clock that counts requests. */
  used: number
}

export interface ModelEntry {
  readonly name: string
  /** By version, oldest first. */
  versions: Map<string, VersionEntry>
  aliases: Map<string, string>
  traffic: Traffic | undefined
}

export type Catalog = Map<string, ModelEntry>

/** The alias of the version that answers where none is named. */
const champion = 'champion'

export function newEntry(source: SourceVersion): VersionEntry {
  return {
    source,
    state: 'unloaded',
    reason: undefined,
    current: undefined,
    loading: undefined,
    tried: undefined,
    facts: undefined,
    wanted: true,
    used: 0,
  }
}

/** Whether a version answers now, or does after it was put away for want of memory. */
export const answers = (entry: VersionEntry): boolean =>
  entry.wanted && (entry.current !== undefined || (entry.state === 'unloaded' && entry.facts !== undefined))

/** Whether other files lie there than were loaded, or tried. */
export const isStale = (entry: VersionEntry): boolean =>
  entry.tried !== undefined && entry.tried !== entry.source.fingerprint

/** @throws {@link NotFoundError} for an unknown model */
export function modelOf(catalog: Catalog, model: string): ModelEntry {
  const found = catalog.get(model)
  if (found !== undefined) return found
  const names = [...catalog.keys()]
  const closest = closestName(model, names)
  const advice =
    closest === undefined
      ? names.length === 0
        ? 'None is.'
        : `There are ${names
            .slice(0, 8)
            .map((name) => `'${name}'`)
            .join(', ')}.`
      : `Did you mean '${closest}'?`
  throw new NotFoundError(`No model '${model}' is served. ${advice}`, { kind: 'model', id: model })
}

/**
 * The version that is meant.
 *
 * @param withTraffic - whether shares of traffic have a say; the request counts towards them
 * @throws {@link NotFoundError} for an unknown model, version or alias
 */
export function choose(catalog: Catalog, to: Addressee, withTraffic: boolean): VersionEntry {
  const model = modelOf(catalog, to.model)
  if (to.version !== undefined) return versionOf(model, to.version)
  if (to.alias !== undefined) return aliased(model, to.alias)
  const shared = withTraffic ? model.traffic?.next((version) => canAnswer(model, version)) : undefined
  if (shared !== undefined) return model.versions.get(shared)!
  return defaultVersion(model)
}

function canAnswer(model: ModelEntry, version: string): boolean {
  const entry = model.versions.get(version)
  return entry !== undefined && answers(entry)
}

/** The champion, or the newest: of those that answer if there are any, as a newer one may still be loading or be broken. */
export function defaultVersion(model: ModelEntry): VersionEntry {
  const named = model.aliases.get(champion)
  if (named !== undefined) return versionOf(model, named)
  const newestFirst = [...model.versions.values()].toReversed()
  return (
    newestFirst.find(answers) ??
    newestFirst.find(({ wanted, state }) => wanted && state !== 'failed') ??
    newestFirst[0]!
  )
}

export function versionOf(model: ModelEntry, version: string): VersionEntry {
  const found = model.versions.get(version)
  if (found !== undefined) return found
  throw new NotFoundError(
    `Model '${model.name}' has no version '${version}'; it has ${[...model.versions.keys()].join(', ')}.`,
    { kind: 'version', id: version },
  )
}

function aliased(model: ModelEntry, alias: string): VersionEntry {
  const version = model.aliases.get(alias)
  if (version !== undefined) return versionOf(model, version)
  const known = [...model.aliases.keys()]
  throw new NotFoundError(
    `Model '${model.name}' has no alias '${alias}'; it has ${known.length === 0 ? 'none' : known.join(', ')}.`,
    { kind: 'alias', id: alias },
  )
}

/** Whole numbers as texts of any length, in order. */
export const byVersion = (a: string, b: string): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length

/** What a version is before it has been loaded once. */
const unknown = (path: string): VersionFacts => ({
  kind: /\.onnx$/i.test(path) ? 'onnx' : 'bundle',
  task: undefined,
  target: undefined,
  columns: undefined,
  classes: [],
  inputs: [],
  outputs: [],
  bytes: 0,
  batching: { maxBatch: 1, maxDelay: 0 },
})

/** What a caller sees of a version. */
export function describeEntry(model: ModelEntry | undefined, entry: VersionEntry): VersionDescription {
  const { source, state, reason, facts, current } = entry
  const aliases = [...(model?.aliases ?? [])].filter(([, version]) => version === source.version)
  return {
    ...(facts ?? unknown(source.path)),
    ...(current === undefined ? {} : { batching: current.loaded.batching }),
    model: source.model,
    version: source.version,
    state,
    reason,
    aliases: aliases.map(([alias]) => alias),
    placement: current?.loaded.placement,
  }
}
