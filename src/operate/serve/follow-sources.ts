// What sources list becomes what is served: new versions come, changed files are loaded again, aliases move once their version
// answers, and what is not listed any more goes.
import { ConflictError } from '../../base/index.js'
import {
  answers,
  byVersion,
  type Catalog,
  defaultVersion,
  isStale,
  type ModelEntry,
  newEntry,
  type VersionEntry,
} from './catalog.js'
import type { Lifecycle } from './lifecycle.js'
import type { ModelSource, SourceListing, SourceVersion } from './model-source.js'
import { pathSource } from './path-source.js'
import type { Settings } from './service-options.js'

export interface Follower {
  /** Looks at all sources; loads in the background what is to be loaded. */
  refresh(): Promise<void>
  /** The first look, with its loading; broken versions are `failed`. @throws {@link NotFoundError}, {@link ConflictError} */
  start(): Promise<void>
  /** From now on by itself. Returns how to stop. */
  watch(): () => void
}

interface Setup {
  readonly catalog: Catalog
  readonly life: Lifecycle
  readonly settings: Settings
  readonly onGone: (entry: VersionEntry) => void
}

const sourceOf = (source: Settings['sources'][number]): ModelSource => {
  if (typeof source === 'string') return pathSource({ path: source })
  return 'list' in source ? source : pathSource(source)
}

export function followSources({ catalog, life, settings, onGone }: Setup): Follower {
  const sources = settings.sources.map(sourceOf)
  /** By source: one that is away for a while keeps what it had. */
  const listings: SourceListing[] = sources.map(() => ({ versions: [] }))
  let looking: Promise<void> = Promise.resolve()

  /** Everything listed, once: of two of the same name the first source's counts. */
  function listed(): Map<string, Map<string, SourceVersion>> {
    const models = new Map<string, Map<string, SourceVersion>>()
    for (const version of listings.flatMap(({ versions }) => versions)) {
      const versions = models.get(version.model) ?? new Map<string, SourceVersion>()
      if (!versions.has(version.version)) versions.set(version.version, version)
      models.set(version.model, versions)
    }
    return models
  }

  function aliasesOf(model: string): Map<string, string> {
    const all = [...listings.map(({ aliases }) => aliases ?? {}), settings.aliases]
    return new Map(
      all.flatMap((aliases) => (Object.hasOwn(aliases, model) ? Object.entries(aliases[model]!) : [])),
    )
  }

  function apply(): void {
    const models = listed()
    for (const [name, model] of catalog) {
      const versions = models.get(name)
      for (const [version, entry] of model.versions) {
        if (versions?.has(version) === true) continue
        model.versions.delete(version)
        void life.unload(entry).then(() => onGone(entry))
      }
      if (versions === undefined) catalog.delete(name)
    }
    for (const [name, versions] of models) {
      const model = catalog.get(name) ?? { name, versions: new Map(), aliases: new Map(), traffic: undefined }
      catalog.set(name, model)
      for (const [version, source] of versions) {
        const known = model.versions.get(version)
        if (known === undefined) model.versions.set(version, newEntry(source))
        else known.source = source
      }
      model.versions = new Map([...model.versions].toSorted(([a], [b]) => byVersion(a, b)))
    }
  }

  /** An alias moves when its version answers, so that nobody waits; at the start there is nothing else that could. */
  async function moveAliases(model: ModelEntry): Promise<void> {
    const wanted = aliasesOf(model.name)
    for (const alias of model.aliases.keys()) if (!wanted.has(alias)) model.aliases.delete(alias)
    for (const [alias, version] of wanted) {
      const entry = model.versions.get(version)
      if (entry === undefined || model.aliases.get(alias) === version) continue
      const before = model.versions.get(model.aliases.get(alias) ?? '')
      const isUseful = before !== undefined && answers(before)
      const isNew = entry.wanted && entry.tried !== entry.source.fingerprint
      if (isUseful && !answers(entry) && isNew) await life.load(entry).catch(() => undefined)
      if (!isUseful || answers(entry)) model.aliases.set(alias, version)
    }
    for (const [alias, version] of model.aliases)
      if (!model.versions.has(version)) model.aliases.delete(alias)
  }

  /** What should be in memory. */
  function due(model: ModelEntry): VersionEntry[] {
    const all = [...model.versions.values()].filter(({ wanted }) => wanted)
    const changed = all.filter(
      (entry) => isStale(entry) && (entry.current !== undefined || entry.state === 'failed'),
    )
    const isActive = settings.preload !== 'none' || all.some(({ current }) => current !== undefined)
    const fresh = all.filter(({ tried, loading }) => tried === undefined && loading === undefined)
    if (!isActive) return changed
    if (settings.preload === 'all') return [...changed, ...fresh]
    const named = new Set(model.aliases.values())
    const newest = all.at(-1)
    const byDefault = named.has('champion') ? defaultVersion(model) : newest
    return [...changed, ...fresh.filter((entry) => entry === byDefault || named.has(entry.source.version))]
  }

  async function look(strict: boolean): Promise<void> {
    await Promise.all(
      sources.map(async (source, i) => {
        try {
          listings[i] = await source.list()
        } catch (error) {
          // What is served goes on being served.
          if (strict) throw error
        }
      }),
    )
    if (strict) refuseTwice(listings.flatMap(({ versions }) => versions))
    apply()
  }

  const loadDue = async (): Promise<void> => {
    await Promise.all(
      [...catalog.values()].map(async (model) => {
        await moveAliases(model)
        await Promise.allSettled(due(model).map((entry) => life.load(entry)))
      }),
    )
  }

  const refresh = (): Promise<void> => {
    looking = looking.then(() => look(false)).then(() => void loadDue())
    return looking
  }

  return {
    refresh,
    async start() {
      await look(true)
      await loadDue()
    },
    watch() {
      const stops = sources.map((source) => source.watch?.(() => void refresh()))
      const needsLooking = stops.some((stop) => stop === undefined)
      let timer: NodeJS.Timeout | undefined
      let stopped = false
      const again = (): void => {
        if (stopped) return
        timer = setTimeout(() => void refresh().then(again), settings.watchInterval).unref()
      }
      if (needsLooking && settings.watchInterval > 0) again()
      return () => {
        stopped = true
        clearTimeout(timer)
        for (const stop of stops) stop?.()
      }
    },
  }
}

function refuseTwice(versions: readonly SourceVersion[]): void {
  const seen = new Map<string, SourceVersion>()
  for (const version of versions) {
    const name = `${version.model}/${version.version}`
    const other = seen.get(name)
    if (other !== undefined) {
      throw new ConflictError(
        `Version ${version.version} of '${version.model}' lies at '${other.path}' and at '${version.path}'. Give one of them another name: { path, name }.`,
        { kind: 'model', id: name },
      )
    }
    seen.set(name, version)
  }
}
