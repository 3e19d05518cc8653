// A store as a folder of MLflow's FileStore, which `mlflow ui --backend-store-uri` opens.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError, type WorkOptions, writeFolderAtomic } from '../../../base/index.js'
import { openArtifacts } from '../../artifacts/index.js'
import { everyPage, type Experiment, openStore, type Store, storeUrl } from '../../store/index.js'
import type { BackendPlaces } from '../open-backend.js'
import { addresses } from './addresses.js'
import {
  type ExportCount,
  type ExperimentDestination,
  type ExportPlaces,
  writeMeta,
  writePairs,
} from './export-files.js'
import { exportLoggedModels } from './export-logged-models.js'
import { exportRegistry } from './export-registry.js'
import { exportRun } from './export-run.js'
import { originalId } from './import.js'
import { folders } from './layout.js'
import type { SkippedFile } from './read-files.js'

export interface ExportOptions extends Omit<BackendPlaces, 'token'>, WorkOptions {
  /** Experiments by name, without registered models. @default all, also deleted ones, and the registry */
  readonly experiments?: readonly string[] | undefined
}

export interface ExportedRuns {
  readonly experiments: number
  readonly runs: number
  readonly loggedModels: number
  readonly registeredModels: number
  readonly versions: number
  readonly files: number
  /** What has no place in such a folder. */
  readonly skipped: readonly SkippedFile[]
}

/** Behind the door of this name: doors.ts. */
export async function exportMlruns(folder: string, options: ExportOptions = {}): Promise<ExportedRuns> {
  const address = storeUrl(options.store)
  if (/^https?:/i.test(address)) {
    throw new UsageError(
      `Runs are exported where their store is, received the address of a server, '${address}': option 'store' (--store).`,
      { argument: 'store' },
    )
  }
  return writeFolderAtomic(folder, async (beside, final) => {
    await using store = await openStore(address, { create: options.create })
    await using artifacts = await openArtifacts({ url: options.artifacts, store })
    await mkdir(join(beside, folders.trash))
    const skipped: SkippedFile[] = []
    const skip = (path: string, reason: string): void => void skipped.push({ path, reason })
    const places = { store, artifacts, skip, addresses: addresses(), final }
    return { ...(await exportInto(beside, places, options)), skipped }
  })
}

async function exportInto(
  root: string,
  { final, ...places }: ExportPlaces & { /** Where the folder will stand. */ readonly final: string },
  options: ExportOptions,
): Promise<ExportCount> {
  const { signal } = options
  const count = { experiments: 0, runs: 0, loggedModels: 0, registeredModels: 0, versions: 0, files: 0 }
  const addressOf = (name: string): string => pathToFileURL(join(resolve(final), name)).href
  for (const experiment of await chosen(places.store, options.experiments)) {
    signal?.throwIfAborted()
    count.experiments++
    const id = experiment.tags[originalId] ?? experiment.experimentId
    const below = experiment.lifecycleStage === 'deleted' ? join(folders.trash, id) : id
    const to = { ...places, folder: join(root, below), experimentId: id, address: addressOf(id) }
    await exportExperiment(experiment, to, count, options)
  }
  const registry = { ...places, folder: join(root, folders.models), address: addressOf(folders.models) }
  if (options.experiments === undefined) await exportRegistry(registry, count, signal)
  return count
}

async function exportExperiment(
  experiment: Experiment,
  to: ExperimentDestination,
  count: ExportCount,
  { signal, onEvent }: WorkOptions,
): Promise<void> {
  const { [originalId]: _, ...tags } = experiment.tags
  await writeMeta(to.folder, {
    artifact_location: to.address,
    creation_time: experiment.creationTime,
    experiment_id: to.experimentId,
    last_update_time: experiment.lastUpdateTime,
    lifecycle_stage: experiment.lifecycleStage,
    name: experiment.name,
  })
  await writePairs(join(to.folder, folders.tags), tags, to.skip)
  for await (const run of runsOf(to.store, experiment.experimentId)) {
    signal?.throwIfAborted()
    count.runs++
    count.files += await exportRun(run, to)
    onEvent?.({ type: 'progress-update', done: 0, detail: run.name })
  }
  await exportLoggedModels(experiment.experimentId, to, count)
}

async function chosen(store: Store, names: readonly string[] | undefined): Promise<Experiment[]> {
  const all: Experiment[] = []
  for await (const page of everyPage((pageToken) =>
    store.experiments.search({ viewType: 'ALL', maxResults: 1000, pageToken }),
  ))
    all.push(...page.experiments)
  const missing = names?.find((name) => all.every((experiment) => experiment.name !== name))
  if (missing !== undefined) {
    throw new UsageError(
      `There is no experiment '${missing}' to export. There are: ${all.map(({ name }) => name).join(', ')}.`,
      { argument: 'experiments' },
    )
  }
  return names === undefined ? all : all.filter(({ name }) => names.includes(name))
}

async function* runsOf(store: Store, experimentId: string) {
  const search = { experimentIds: [experimentId], viewType: 'ALL', maxResults: 500 } as const
  for await (const page of everyPage((pageToken) => store.runs.search({ ...search, pageToken })))
    yield* page.runs
}
