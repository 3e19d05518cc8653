// What serving needs to answer with models of the registry: their versions as folders, and a word when an alias moves.
import type { ModelVersion, Store } from '../store/index.js'
import { keepEvery, modelCache } from './model-cache.js'
import type { RegistryArtifacts } from './model-files.js'
import { parseReference, resolveVersion } from './reference.js'

/** A version as serving takes it. */
export interface RegistrySourceVersion {
  readonly model: string
  /** A whole number as text. */
  readonly version: string
  /** The folder of a bundle, or an ONNX file. Nothing lies there while the version cannot be had. */
  readonly path: string
  readonly fingerprint: string
}

export interface RegistryListing {
  readonly versions: readonly RegistrySourceVersion[]
  /** Version by alias, by model. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>
}

/** A source of models for serving: `modelwright/serve` takes it as it is. */
export interface RegistrySource {
  /** @throws {@link OverloadError} while the store is away: what was listed before holds on */
  list(): Promise<RegistryListing>
  /** Calls the listener when an alias was moved or a version came or went; returns how to stop. */
  watch(listener: () => void): () => void
}

export interface RegistrySourceOptions {
  readonly store: Store
  readonly artifacts: RegistryArtifacts
  /** Which models: `name@alias`, `name/3`, or `name` for its champion. */
  readonly references: readonly string[]
  /**
   * The folder where versions are kept that were downloaded once. When another is downloaded, those go that no process has needed for a
   * week.
   */
  readonly cache: string
  /** Milliseconds between looks at the registry. @default 1000 */
  readonly interval?: number | undefined
}

/**
 * A source of registered models. Each version is downloaded once and checked; a version that cannot be had is listed at a place where
 * nothing lies, so that it alone fails.
 *
 * @throws {@link UsageError} for what is no reference
 */
export function registrySource(options: RegistrySourceOptions): RegistrySource {
  const { store, interval = 1000 } = options
  const names = [...new Set(options.references.map((reference) => parseReference(reference).name))]
  const cache = modelCache(options)
  let listed: readonly RegistrySourceVersion[] = []
  return {
    async list() {
      const resolved = await Promise.all(
        options.references.map((reference) => resolveVersion(store, reference)),
      )
      const versions = [
        ...new Map(resolved.map((found) => [`${found.name}/${found.version}`, found])).values(),
      ]
      const found: RegistrySourceVersion[] = []
      for (const version of versions) {
        const { path, fingerprint } = await cache.place(version)
        found.push({ model: version.name, version: String(version.version), path, fingerprint })
      }
      listed = found
      return { versions: found, aliases: aliasesOf(versions) }
    },
    watch(listener) {
      let last: string | undefined
      const look = async (): Promise<void> => {
        // While the store is away nothing is known to have changed.
        const mark = await markOf(store, names).catch(() => last)
        if (last !== undefined && mark !== last) listener()
        last = mark
      }
      let looking = look()
      const timer = setInterval(() => {
        looking = looking.then(look)
      }, interval)
      const keeping = setInterval(() => void cache.keep(listed), keepEvery)
      for (const each of [timer, keeping]) each.unref()
      return () => [timer, keeping].forEach((each) => clearInterval(each))
    },
  }
}

function aliasesOf(versions: readonly ModelVersion[]): Record<string, Record<string, string>> {
  const found: Record<string, Record<string, string>> = {}
  for (const { name, version, aliases } of versions)
    for (const alias of aliases) (found[name] ??= {})[alias] = String(version)
  return found
}

/** A text that is another when aliases or versions are others. */
async function markOf(store: Store, names: readonly string[]): Promise<string> {
  const models = await Promise.all(names.map((name) => store.models.get(name)))
  return JSON.stringify(
    models.map(({ name, aliases, latestVersions }) => [
      name,
      aliases,
      latestVersions.map(({ version, stage }) => [version, stage]),
    ]),
  )
}
