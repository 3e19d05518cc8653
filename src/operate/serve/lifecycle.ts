// Loading, swapping, putting away. A new version is opened and warmed up beside the old one, then takes its place; the old one goes
// when its last request has ended.
import { formatBytes, MemoryError, NotFoundError, OverloadError } from '../../base/index.js'
import type { Port } from '../../engine/onnx/index.js'
import { bundleFace } from './bundle-face.js'
import type { Catalog, VersionEntry, VersionFacts } from './catalog.js'
import type { Crew } from './crew.js'
import { openLoaded } from './loaded-version.js'
import { makeRoom } from './memory-room.js'
import { readModelFiles } from './model-files.js'
import { type Residence, residence } from './residence.js'
import type { TensorSpec } from './service.js'
import type { Settings } from './service-options.js'

export interface Lifecycle {
  /**
   * What answers for a version; loads it where nothing does.
   *
   * @throws {@link OverloadError} when it is broken, {@link NotFoundError} when it was unloaded on request
   */
  residenceOf(entry: VersionEntry): Promise<Residence>
  /** Loads a version from what lies on disk now; what was there answers meanwhile, and goes on where loading fails. */
  load(entry: VersionEntry): Promise<Residence>
  /** Lets requests end, then frees the version. It is there for others only when it is loaded again. */
  unload(entry: VersionEntry): Promise<void>
  /** Counts a request, by which the least recently used version is known. */
  touch(entry: VersionEntry): void
  /** Resolves when all that is being loaded or put away is done. */
  settled(): Promise<void>
  /** Loads nothing more. */
  stop(): void
}

interface Setup {
  readonly catalog: Catalog
  readonly crew: Crew
  readonly settings: Settings
  readonly onChange: (entry: VersionEntry) => void
}

interface LifeState extends Setup {
  /** Versions whose last requests end. */
  readonly leaving: Set<Promise<void>>
  /** One after the other: the growth of the process is measured meanwhile, and requests keep the other cores. */
  queue: Promise<unknown>
  stopped: boolean
}

export function lifecycle(setup: Setup): Lifecycle {
  const state: LifeState = { ...setup, leaving: new Set(), queue: Promise.resolve(), stopped: false }
  let clock = 0
  return {
    load: (entry) => load(state, entry),
    residenceOf: (entry) => residenceOf(state, entry),
    unload: (entry) => unload(state, entry),
    touch: (entry) => void (entry.used = ++clock),
    async settled() {
      await state.queue
      await Promise.allSettled(state.leaving)
    },
    stop: () => void (state.stopped = true),
  }
}

async function residenceOf(state: LifeState, entry: VersionEntry): Promise<Residence> {
  while (entry.current === undefined) {
    if (!entry.wanted) throw unloaded(entry)
    if (entry.state === 'failed' && entry.loading === undefined) throw failed(entry)
    // Whoever waits for a version that turns out to be broken is told so, as those who come later are.
    await load(state, entry).catch((error: unknown) => {
      throw entry.state === 'failed' ? failed(entry, error) : error
    })
  }
  return entry.current
}

function load(state: LifeState, entry: VersionEntry): Promise<Residence> {
  if (entry.loading !== undefined) return entry.loading
  const loading = state.queue.then(() => replace(state, entry))
  entry.loading = loading
  state.queue = loading.catch(() => undefined)
  return loading
}

async function replace(state: LifeState, entry: VersionEntry): Promise<Residence> {
  const stoppedOrGone = (): Error | undefined =>
    state.stopped ? closing() : entry.wanted ? undefined : unloaded(entry)
  try {
    const early = stoppedOrGone()
    if (early !== undefined) throw early
    if (entry.current === undefined) setState(state, entry, 'loading')
    const next = await open(state, entry)
    // Meanwhile it may have been given up.
    const late = stoppedOrGone()
    if (late !== undefined) {
      await next.loaded.close()
      throw late
    }
    const old = entry.current
    entry.current = next
    entry.facts = factsOf(next)
    entry.reason = undefined
    setState(state, entry, 'ready')
    if (old !== undefined) void retire(state, old)
    room(state, entry, 0)
    return next
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    entry.reason = entry.wanted && !state.stopped ? reason : undefined
    setState(state, entry, entry.current !== undefined ? 'ready' : entry.wanted ? 'failed' : 'unloaded')
    throw error
  } finally {
    entry.loading = undefined
  }
}

async function open(state: LifeState, entry: VersionEntry): Promise<Residence> {
  const { source } = entry
  const { placement, queueLimit, threads, engine, explainRows, memoryLimit } = state.settings
  entry.tried = source.fingerprint
  const files = await readModelFiles(source.path)
  if (files.size > memoryLimit) throw tooLarge(entry, files.size, memoryLimit)
  room(state, entry, Math.max(files.size, entry.facts?.bytes ?? 0))
  const face = files.bundle === undefined ? undefined : bundleFace(files.bundle, explainRows)
  const batching = state.settings.batchingOf(source.model)
  const setup = { crew: state.crew, placement, batching, queueLimit, threads, engine }
  return residence(await openLoaded(files, setup, face?.trial()), face)
}

async function unload(state: LifeState, entry: VersionEntry): Promise<void> {
  entry.wanted = false
  const old = entry.current
  entry.current = undefined
  if (old !== undefined) {
    setState(state, entry, 'draining')
    await retire(state, old)
  }
  // It may have been loaded again meanwhile.
  if (!entry.wanted) setState(state, entry, 'unloaded')
}

function retire({ leaving }: LifeState, old: Residence): Promise<void> {
  const gone = old
    .empty()
    .then(() => old.loaded.close())
    // Nobody is left who could do anything about it.
    .catch(() => undefined)
    .finally(() => leaving.delete(gone))
  leaving.add(gone)
  return gone
}

function room(state: LifeState, keep: VersionEntry, bytes: number): void {
  makeRoom(state.catalog, { bytes, limit: state.settings.memoryLimit, keep }, (entry) => {
    void retire(state, entry.current!)
    entry.current = undefined
    setState(state, entry, 'unloaded')
  })
}

function setState({ onChange }: LifeState, entry: VersionEntry, to: VersionEntry['state']): void {
  entry.state = to
  onChange(entry)
}

function factsOf({ loaded }: Residence): VersionFacts {
  const manifest = loaded.bundle?.manifest
  return {
    kind: manifest === undefined ? 'onnx' : 'bundle',
    task: manifest?.task,
    target: manifest?.target,
    columns: manifest?.signature.inputs,
    classes: manifest?.classes ?? [],
    inputs: loaded.inputs.map(specOf),
    outputs: loaded.outputs.map(specOf),
    bytes: loaded.bytes,
    batching: loaded.batching,
  }
}

const specOf = ({ name, type, shape }: Port): TensorSpec => ({
  name,
  type,
  shape: shape.map((size) => (typeof size === 'number' ? size : -1)),
})

const nameOfEntry = ({ source }: VersionEntry): string => `version ${source.version} of '${source.model}'`

const failed = (entry: VersionEntry, cause?: unknown): OverloadError =>
  new OverloadError(
    `Cannot answer by ${nameOfEntry(entry)}: it could not be loaded. ${entry.reason ?? ''}`,
    { retryAfter: 10, reason: 'failed' },
    cause,
  )

const unloaded = (entry: VersionEntry): NotFoundError =>
  new NotFoundError(`${capital(nameOfEntry(entry))} was unloaded. Load it first.`, {
    kind: 'version',
    id: entry.source.version,
  })

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** The error of requests that come while the service ends. */
export const closing = (): OverloadError =>
  new OverloadError('The service is closing. Ask another one, or this one after its restart.', {
    retryAfter: 5,
    reason: 'closing',
  })

const tooLarge = (entry: VersionEntry, bytes: number, limit: number): MemoryError =>
  new MemoryError(
    `Cannot load ${nameOfEntry(entry)}: it has ${formatBytes(bytes)}, expected at most ${formatBytes(limit)}, the memoryLimit. Raise the limit.`,
    { bytes, total: limit, free: limit },
  )
