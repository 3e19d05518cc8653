// A store as a folder of MLflow's FileStore, which `mlflow ui --backend-store-uri` opens.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError, type WorkOptions, writeFolderAtomic } from '../../../base/index.js'
import { openArtifacts, type Artifacts } from '../../artifacts/index.js'
import { type Experiment, openStore, type Store, storeUrl } from '../../store/index.js'
import type { BackendPlaces } from '../open-backend.js'
import { exportRun } from './export-run.js'
import { originalId } from './import.js'
import { folders, metaFile } from './layout.js'
import type { Skip, SkippedFile } from './read-files.js'
import { yamlText } from './yaml.js'

export interface ExportOptions extends Omit<BackendPlaces, 'token'>, WorkOptions {
  /** Experiments by name. @default all, also deleted ones */
  readonly experiments?: readonly string[] | undefined
}

export interface ExportedRuns {
  readonly experiments: number
  readonly runs: number
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
    return await exportInto(beside, { store, artifacts, final }, options)
  })
}

interface ExportPlaces {
  readonly store: Store
  readonly artifacts: Artifacts
  /** Where the folder will stand: addresses within it are told so. */
  readonly final: string
}

async function exportInto(root: string, places: ExportPlaces, options: ExportOptions): Promise<ExportedRuns> {
  const { store, final } = places
  const skipped: SkippedFile[] = []
  const skip: Skip = (path, reason) => void skipped.push({ path, reason })
  const count = { experiments: 0, runs: 0, files: 0 }
  for (const experiment of await chosen(store, options.experiments)) {
    options.signal?.throwIfAborted()
    count.experiments++
    const id = experiment.tags[originalId] ?? experiment.experimentId
    const below = experiment.lifecycleStage === 'deleted' ? join(folders.trash, id) : id
    const folder = join(root, below)
    await mkdir(folder, { recursive: true })
    const address = pathToFileURL(join(resolve(final), id)).href
    await writeFile(join(folder, metaFile), experimentMeta(experiment, id, address))
    for (const [key, value] of Object.entries(experiment.tags)) {
      if (key === originalId) continue
      await mkdir(dirname(join(folder, folders.tags, key)), { recursive: true })
      await writeFile(join(folder, folders.tags, key), value)
    }
    for await (const run of runsOf(store, experiment.experimentId)) {
      options.signal?.throwIfAborted()
      count.runs++
      count.files += await exportRun(run, { ...places, folder, experimentId: id, address, skip })
      options.onEvent?.({ type: 'progress-update', done: 0, detail: run.name })
    }
  }
  return { ...count, skipped }
}

async function chosen(store: Store, names: readonly string[] | undefined): Promise<Experiment[]> {
  const all: Experiment[] = []
  let pageToken: string | undefined
  do {
    const page = await store.experiments.search({ viewType: 'ALL', maxResults: 1000, pageToken })
    all.push(...page.experiments)
    pageToken = page.nextPageToken
  } while (pageToken !== undefined)
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
  let pageToken: string | undefined
  do {
    const page = await store.runs.search({
      experimentIds: [experimentId],
      viewType: 'ALL',
      maxResults: 500,
      pageToken,
    })
    yield* page.runs
    pageToken = page.nextPageToken
  } while (pageToken !== undefined)
}

const experimentMeta = (experiment: Experiment, id: string, address: string): string =>
  yamlText({
    artifact_location: address,
    creation_time: experiment.creationTime,
    experiment_id: id,
    last_update_time: experiment.lastUpdateTime,
    lifecycle_stage: experiment.lifecycleStage,
    name: experiment.name,
  })
