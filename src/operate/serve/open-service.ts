// The service: who asks whom.
import type { Worker } from 'node:worker_threads'
import {
  type Catalog,
  choose,
  defaultVersion,
  describeEntry,
  isStale,
  modelOf,
  type VersionEntry,
  versionOf,
} from './catalog.js'
import { type Crew, openCrew } from './crew.js'
import { type Follower, followSources } from './follow-sources.js'
import { closing, type Lifecycle, lifecycle } from './lifecycle.js'
import { entriesOf } from './memory-room.js'
import { predictions } from './predictions.js'
import type { InferenceService, RequestRecord, VersionDescription } from './service.js'
import { type ServiceOptions, type Settings, settingsOf } from './service-options.js'
import { trafficOf } from './traffic.js'

/** Behind the door of this name: doors.ts. */
export const createInferenceService = (options: ServiceOptions): Promise<InferenceService> =>
  openService(options)

/** @param startWorker - how a worker is started; tests keep hold of it */
export async function openService(
  options: ServiceOptions,
  startWorker?: () => Worker,
): Promise<InferenceService> {
  const parts = assemble(options, startWorker)
  const { catalog, life, follower, describe } = parts
  let closed: Promise<void> | undefined
  let stopWatching = (): void => {}
  const close = (): Promise<void> => {
    if (closed === undefined) {
      stopWatching()
      closed = shut(parts)
    }
    return closed
  }
  const requestListeners = new Set<(record: RequestRecord) => void>()
  const refused = (): Error | undefined => (closed === undefined ? undefined : closing())
  try {
    await follower.start()
  } catch (error) {
    await close()
    throw error
  }
  stopWatching = follower.watch()
  return {
    ...predictions({ catalog, life, requestListeners, refused }),
    ...administration(parts),
    ...sharing(parts),
    describe: (model) =>
      (model === undefined ? entriesOf(catalog) : [...modelOf(catalog, model).versions.values()]).map(
        describe,
      ),
    resolve: (to) => describe(choose(catalog, to, false)),
    onRequest: (listener) => subscribed(requestListeners, listener),
    onChange: (listener) => subscribed(parts.changeListeners, listener),
    get ready() {
      const answering = ({ state }: VersionEntry): boolean => state === 'ready' || state === 'unloaded'
      return closed === undefined && [...catalog.values()].every((model) => answering(defaultVersion(model)))
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

interface Parts {
  readonly settings: Settings
  readonly catalog: Catalog
  readonly crew: Crew
  readonly life: Lifecycle
  readonly follower: Follower
  readonly changeListeners: Set<(version: VersionDescription) => void>
  describe(entry: VersionEntry): VersionDescription
}

function assemble(options: ServiceOptions, startWorker: (() => Worker) | undefined): Parts {
  const settings = settingsOf(options)
  const catalog: Catalog = new Map()
  const { workers, threadsOfWorker: threads, engine } = settings
  const crew = openCrew({ workers, threads, engine, startWorker })
  const changeListeners = new Set<(version: VersionDescription) => void>()
  const describe = (entry: VersionEntry): VersionDescription =>
    describeEntry(catalog.get(entry.source.model), entry)
  const onChange = (entry: VersionEntry): void => {
    for (const listener of changeListeners) {
      try {
        listener(describe(entry))
      } catch {
        // Models come and go, whatever becomes of what is told about them.
      }
    }
  }
  const life = lifecycle({ catalog, crew, settings, onChange })
  const follower = followSources({ catalog, life, settings, onGone: onChange })
  return { settings, catalog, crew, life, follower, changeListeners, describe }
}

function administration({
  catalog,
  life,
  follower,
  describe,
}: Parts): Pick<InferenceService, 'load' | 'unload'> {
  return {
    async load(model, version) {
      await follower.refresh()
      const found = modelOf(catalog, model)
      const entry = version === undefined ? newestOrChampion(found) : versionOf(found, version)
      entry.wanted = true
      while (entry.current === undefined || entry.reason !== undefined || isStale(entry))
        await life.load(entry)
      return describe(entry)
    },
    async unload(model, version) {
      const found = modelOf(catalog, model)
      const chosen = version === undefined ? [...found.versions.values()] : [versionOf(found, version)]
      await Promise.all(chosen.map((entry) => life.unload(entry)))
    },
  }
}

function sharing({ catalog, life }: Parts): Pick<InferenceService, 'setTraffic' | 'traffic'> {
  return {
    setTraffic(model, weights) {
      const found = modelOf(catalog, model)
      const entries = Object.keys(weights).map((version) => versionOf(found, version))
      const traffic = trafficOf(weights)
      found.traffic = entries.length === 0 ? undefined : traffic
      for (const entry of entries) {
        // It gets its share as soon as it answers.
        if (weights[entry.source.version]! > 0 && entry.current === undefined)
          void life.residenceOf(entry).catch(() => undefined)
      }
    },
    traffic: (model) => modelOf(catalog, model).traffic?.weights ?? {},
  }
}

/** Requests under way end, as far as the time allows; then everything is freed. */
async function shut({ settings, catalog, crew, life }: Parts): Promise<void> {
  life.stop()
  const residents = entriesOf(catalog).flatMap(({ current }) => current ?? [])
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, settings.drainTime)))
  const done = Promise.all([life.settled(), ...residents.map((resident) => resident.empty())])
  await Promise.race([done, late])
  clearTimeout(timer)
  for (const { loaded } of residents) loaded.queue.refuseAll(closing)
  // Sessions of workers end with them; those of this thread are closed once their runs have ended.
  const own = residents.filter(({ loaded }) => loaded.placement === 'thread')
  await Promise.all([crew.shut(workersEnd), ...own.map(({ loaded }) => loaded.close())])
}

/** A worker that computes cannot be stopped; it ends by itself when it is done. In milliseconds. */
const workersEnd = 5000

function newestOrChampion(model: Parameters<typeof defaultVersion>[0]): VersionEntry {
  return model.aliases.has('champion') ? defaultVersion(model) : [...model.versions.values()].at(-1)!
}

function subscribed<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
