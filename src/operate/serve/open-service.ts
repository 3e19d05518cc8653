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
import { openCrew } from './crew.js'
import { followSources } from './follow-sources.js'
import { closing, lifecycle } from './lifecycle.js'
import { predictions } from './predictions.js'
import type { InferenceService, RequestRecord, VersionDescription } from './service.js'
import { type ServiceOptions, settingsOf } from './service-options.js'
import { trafficOf } from './traffic.js'

/** Behind the door of this name: doors.ts. */
export const createInferenceService = (options: ServiceOptions): Promise<InferenceService> =>
  openService(options)

/** @param startWorker - how a worker is started; tests keep hold of it */
export async function openService(
  options: ServiceOptions,
  startWorker?: () => Worker,
): Promise<InferenceService> {
  const settings = settingsOf(options)
  const catalog: Catalog = new Map()
  const { workers, threadsOfWorker: threads, engine } = settings
  const crew = openCrew({ workers, threads, engine, startWorker })
  const changeListeners = new Set<(version: VersionDescription) => void>()
  const requestListeners = new Set<(record: RequestRecord) => void>()
  const describe = (entry: VersionEntry): VersionDescription => {
    const { model: name } = entry.source
    const none = { name, versions: new Map(), aliases: new Map(), traffic: undefined }
    return describeEntry(catalog.get(name) ?? none, entry)
  }
  const onChange = (entry: VersionEntry): void => {
    if (changeListeners.size === 0) return
    const description = describe(entry)
    for (const listener of changeListeners) listener(description)
  }
  const life = lifecycle({ catalog, crew, settings, onChange })
  const follower = followSources({ catalog, life, settings, onGone: onChange })
  let closed: Promise<void> | undefined
  const predict = predictions({
    catalog,
    life,
    requestListeners,
    refused: () => (closed === undefined ? undefined : closing()),
  })

  const entries = (model?: string): VersionEntry[] =>
    (model === undefined ? [...catalog.values()] : [modelOf(catalog, model)]).flatMap(({ versions }) => [
      ...versions.values(),
    ])

  async function shut(): Promise<void> {
    life.stop()
    stopWatching()
    const residents = entries().flatMap(({ current }) => current ?? [])
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, settings.drainTime)))
    const done = Promise.all([life.settled(), ...residents.map((resident) => resident.empty())])
    await Promise.race([done, late])
    clearTimeout(timer)
    for (const { loaded } of residents) loaded.queue.refuseAll(closing)
    // Sessions of workers end with them; those of this thread are closed once their runs have ended.
    const ownSessions = residents.filter(({ loaded }) => loaded.placement === 'thread')
    await Promise.all([crew.shut(workersEnd), ...ownSessions.map(({ loaded }) => loaded.close())])
  }
  const close = (): Promise<void> => (closed ??= shut())

  let stopWatching = (): void => {}
  try {
    await follower.start()
  } catch (error) {
    await close()
    throw error
  }
  stopWatching = follower.watch()

  return {
    ...predict,
    describe: (model) => entries(model).map(describe),
    resolve: (to) => describe(choose(catalog, to, false)),
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
    setTraffic(model, weights) {
      const found = modelOf(catalog, model)
      for (const version of Object.keys(weights)) versionOf(found, version)
      const traffic = trafficOf(weights)
      found.traffic = Object.keys(weights).length === 0 ? undefined : traffic
      for (const [version, weight] of Object.entries(weights)) {
        const entry = versionOf(found, version)
        // It gets its share as soon as it answers.
        if (weight > 0 && entry.current === undefined) void life.residenceOf(entry).catch(() => undefined)
      }
    },
    traffic: (model) => modelOf(catalog, model).traffic?.weights ?? {},
    onRequest: (listener) => subscribed(requestListeners, listener),
    onChange: (listener) => subscribed(changeListeners, listener),
    get ready() {
      return (
        closed === undefined &&
        [...catalog.values()].every((model) => ['ready', 'unloaded'].includes(defaultVersion(model).state))
      )
    },
    close,
    [Symbol.asyncDispose]: close,
  }
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
