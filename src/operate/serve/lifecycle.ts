// Loading, swapping, putting away. A new version is opened and warmed up beside the old one, then takes its place; the old one goes
// when its last request has ended.
import { formatBytes, MemoryError, NotFoundError, OverloadError } from '../../base/index.js'
import type { Port } from '../../engine/onnx/index.js'
import { bundleFace } from './bundle-face.js'
import type { Catalog, VersionEntry, VersionFacts } from './catalog.js'
import type { Crew } from './crew.js'
import { openLoaded } from './loaded-version.js'
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

export function lifecycle({ catalog, crew, settings, onChange }: Setup): Lifecycle {
  const leaving = new Set<Promise<void>>()
  // One after the other: the growth of the process is measured meanwhile, and requests keep the other cores.
  let queue: Promise<unknown> = Promise.resolve()
  let clock = 0
  let stopped = false

  const entries = (): VersionEntry[] =>
    [...catalog.values()].flatMap(({ versions }) => [...versions.values()])
  const occupied = (): number => entries().reduce((sum, { current }) => sum + (current?.loaded.bytes ?? 0), 0)

  function retire(old: Residence): Promise<void> {
    const gone = old
      .empty()
      .then(() => old.loaded.close())
      .finally(() => leaving.delete(gone))
    leaving.add(gone)
    return gone
  }

  /** Puts away what was not asked for longest, until there is room for more bytes. Idle ones first. */
  function makeRoom(bytes: number, keep: VersionEntry): void {
    while (occupied() + bytes > settings.memoryLimit) {
      const others = entries().filter((entry) => entry.current !== undefined && entry !== keep)
      const idle = others.filter(({ current }) => current!.users === 0)
      const oldest = (idle.length > 0 ? idle : others).toSorted((a, b) => a.used - b.used)[0]
      if (oldest === undefined) return
      void retire(oldest.current!)
      oldest.current = undefined
      oldest.state = 'unloaded'
      onChange(oldest)
    }
  }

  async function open(entry: VersionEntry): Promise<Residence> {
    const { source } = entry
    entry.tried = source.fingerprint
    const files = await readModelFiles(source.path)
    if (files.size > settings.memoryLimit) throw tooLarge(entry, files.size, settings.memoryLimit)
    makeRoom(Math.max(files.size, entry.facts?.bytes ?? 0), entry)
    const face = files.bundle === undefined ? undefined : bundleFace(files.bundle, settings.explainRows)
    const { placement, queueLimit, threads, threadsOfWorker: _, engine } = settings
    const batching = settings.batchingOf(source.model)
    const loaded = await openLoaded(
      files,
      { crew, placement, batching, queueLimit, threads, engine },
      face?.trial(),
    )
    return residence(loaded, face)
  }

  async function replace(entry: VersionEntry): Promise<Residence> {
    if (stopped) throw closing()
    if (entry.current === undefined) setState(entry, 'loading')
    try {
      const next = await open(entry)
      // Meanwhile it may have been given up.
      if (stopped || !entry.wanted) {
        await next.loaded.close()
        throw stopped ? closing() : unloaded(entry)
      }
      const old = entry.current
      entry.current = next
      entry.facts = factsOf(next)
      entry.reason = undefined
      setState(entry, 'ready')
      if (old !== undefined) void retire(old)
      makeRoom(0, entry)
      return next
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      entry.reason = reason
      setState(entry, entry.current !== undefined ? 'ready' : entry.wanted ? 'failed' : 'unloaded')
      throw error
    } finally {
      entry.loading = undefined
    }
  }

  function setState(entry: VersionEntry, state: VersionEntry['state']): void {
    entry.state = state
    onChange(entry)
  }

  function load(entry: VersionEntry): Promise<Residence> {
    if (entry.loading !== undefined) return entry.loading
    const loading = queue.then(() => replace(entry))
    entry.loading = loading
    queue = loading.catch(() => undefined)
    return loading
  }

  return {
    load,
    async residenceOf(entry) {
      while (entry.current === undefined) {
        if (!entry.wanted) throw unloaded(entry)
        if (entry.state === 'failed' && entry.loading === undefined) throw failed(entry)
        // Whoever waits for a version that turns out to be broken is told so, as those who come later are.
        await load(entry).catch((error: unknown) => {
          throw entry.state === 'failed' ? failed(entry, error) : error
        })
      }
      return entry.current
    },
    async unload(entry) {
      entry.wanted = false
      const old = entry.current
      entry.current = undefined
      if (old !== undefined) {
        setState(entry, 'draining')
        await retire(old)
      }
      // It may have been loaded again meanwhile.
      if (!entry.wanted) setState(entry, 'unloaded')
    },
    touch: (entry) => void (entry.used = ++clock),
    async settled() {
      await queue
      await Promise.allSettled(leaving)
    },
    stop: () => void (stopped = true),
  }
}

function factsOf({ loaded, face: _ }: Residence): VersionFacts {
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
