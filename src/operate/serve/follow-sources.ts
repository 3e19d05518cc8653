// What sources list becomes what is served: new versions come, changed files are loaded again, aliases move once their version
// answers, and what is not listed any more goes.
import { ConflictError } from '../../base/index.js'
import {
  answers,
  byVersion,
  type Catalog,
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

interface FollowerState extends Setup {
  readonly sources: readonly ModelSource[]
  /** By source: one that is away for a while keeps what it had. */
  readonly listings: SourceListing[]
}

export function followSources(setup: Setup): Follower {
  const sources = setup.settings.sources.map(sourceOf)
  const state: FollowerState = { ...setup, sources, listings: sources.map(() => ({ versions: [] })) }
  let looking: Promise<void> = Promise.resolve()
  const refresh = (): Promise<void> => {
    looking = looking.then(() => look(state, false)).then(() => void loadDue(state))
    return looking
  }
  return {
    refresh,
    async start() {
      await look(state, true)
      await loadDue(state)
    },
    watch: () => watch(state, refresh),
  }
}

function watch({ sources, settings }: FollowerState, refresh: () => Promise<void>): () => void {
  const stops = sources.map((source) => source.watch?.(() => void refresh()))
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const again = (): void => {
    if (stopped) return
    timer = setTimeout(() => void refresh().then(again), settings.watchInterval).unref()
  }
  if (settings.watchInterval > 0 && stops.includes(undefined)) again()
  return () => {
    stopped = true
    clearTimeout(timer)
    for (const stop of stops) stop?.()
  }
}

async function look(state: FollowerState, strict: boolean): Promise<void> {
  await Promise.all(
    state.sources.map(async (source, i) => {
      try {
        state.listings[i] = await source.list()
      } catch (error) {
        // What is served goes on being served.
        if (strict) throw error
      }
    }),
  )
  if (strict) refuseTwice(state.listings.flatMap(({ versions }) => versions))
  applyListings(state)
}

/** Everything listed, once: of two of the same name the first source's counts. */
function listed({ listings }: FollowerState): Map<string, Map<string, SourceVersion>> {
  const models = new Map<string, Map<string, SourceVersion>>()
  for (const version of listings.flatMap(({ versions }) => versions)) {
    const versions = models.get(version.model) ?? new Map<string, SourceVersion>()
    if (!versions.has(version.version)) versions.set(version.version, version)
    models.set(version.model, versions)
  }
  return models
}

function applyListings(state: FollowerState): void {
  const { catalog, life, onGone } = state
  const models = listed(state)
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

async function loadDue(state: FollowerState): Promise<void> {
  await Promise.all(
    [...state.catalog.values()].map(async (model) => {
      await moveAliases(state, model)
      await Promise.allSettled(due(state, model).map((entry) => state.life.load(entry)))
    }),
  )
}

async function moveAliases(state: FollowerState, model: ModelEntry): Promise<void> {
  const wanted = aliasesOf(state, model.name)
  for (const [alias, version] of model.aliases)
    if (!wanted.has(alias) || !model.versions.has(version)) model.aliases.delete(alias)
  for (const [alias, version] of wanted)
    if (model.aliases.get(alias) !== version) await moveAlias(state, model, { alias, version })
}

/** An alias moves when its version answers, so that nobody waits; at the start there is nothing else that could. */
async function moveAlias(
  { life }: FollowerState,
  model: ModelEntry,
  { alias, version }: { readonly alias: string; readonly version: string },
): Promise<void> {
  const entry = model.versions.get(version)
  if (entry === undefined) return
  const before = model.versions.get(model.aliases.get(alias) ?? '')
  if (before !== undefined && answers(before)) {
    const isNew = entry.wanted && entry.tried !== entry.source.fingerprint
    if (!answers(entry) && isNew) await life.load(entry).catch(() => undefined)
    if (!answers(entry)) return
  }
  model.aliases.set(alias, version)
}

function aliasesOf({ listings, settings }: FollowerState, model: string): Map<string, string> {
  const all = [...listings.map(({ aliases }) => aliases ?? {}), settings.aliases]
  return new Map(
    all.flatMap((aliases) => (Object.hasOwn(aliases, model) ? Object.entries(aliases[model]!) : [])),
  )
}

/** What should be in memory: what changed on disk, and what answers by default or by name, or all. */
function due({ settings }: FollowerState, model: ModelEntry): VersionEntry[] {
  const all = [...model.versions.values()].filter(({ wanted }) => wanted)
  const changed = all.filter(
    (entry) => isStale(entry) && (entry.current !== undefined || entry.state === 'failed'),
  )
  const isActive = settings.preload !== 'none' || all.some(({ current }) => current !== undefined)
  if (!isActive) return changed
  const fresh = all.filter(({ tried, loading }) => tried === undefined && loading === undefined)
  if (settings.preload === 'all') return [...changed, ...fresh]
  const named = new Set(model.aliases.values())
  const byDefault = model.aliases.has('champion') ? undefined : all.at(-1)
  return [...changed, ...fresh.filter((entry) => entry === byDefault || named.has(entry.source.version))]
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
