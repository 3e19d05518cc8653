// A folder of MLflow's FileStore into a store. What is there already is not added again; a process that dies in the middle is taken up by
// the next import, because how a run or a model ended is written last.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ConflictError, NotFoundError, UsageError, type WorkOptions } from '../../../base/index.js'
import { openArtifacts } from '../../artifacts/index.js'
import { type Experiment, openStore, type Store, storeUrl } from '../../store/index.js'
import type { BackendPlaces } from '../open-backend.js'
import { importLoggedModels } from './import-logged-model.js'
import { importRegistry } from './import-registry.js'
import { importRun } from './import-run.js'
import type { ImportCount, ImportPlaces, ImportTarget } from './import-target.js'
import { folders, idPattern, metaFile, reserved, textField, timeField } from './layout.js'
import { readMeta, type Skip, type SkippedFile, subfolders, understood } from './read-files.js'
import { recordIn } from './read-pairs.js'

export interface ImportOptions extends Omit<BackendPlaces, 'token'>, WorkOptions {}

export interface ImportedRuns {
  readonly experiments: number
  /** Runs that are new in the store. */
  readonly runs: number
  /** Runs that were there already. */
  readonly known: number
  /** Logged models, registered models and versions that are new. */
  readonly loggedModels: number
  readonly registeredModels: number
  readonly versions: number
  readonly files: number
  /** What was left out. */
  readonly skipped: readonly SkippedFile[]
}

/** Tag of an experiment: its id in the folder that it came from, a number of up to 19 digits, which export gives back. */
export const originalId = 'modelwright.mlruns.experimentId'

/** Behind the door of this name: doors.ts. */
export async function importMlruns(folder: string, options: ImportOptions = {}): Promise<ImportedRuns> {
  await requireFolder(folder)
  const address = storeUrl(options.store)
  if (/^https?:/i.test(address)) {
    throw new UsageError(
      `Runs cannot be imported through a server, as its protocol has no way to keep their ids. Import where its store is: option 'store' (--store), received '${address}'.`,
      { argument: 'store' },
    )
  }
  await using store = await openStore(address)
  await using artifacts = await openArtifacts({ url: options.artifacts, store })
  const skipped: SkippedFile[] = []
  const skip: Skip = (path, reason) => {
    skipped.push({ path, reason })
    options.onEvent?.({ type: 'warning', code: 'skipped', message: `${path}: ${reason}` })
  }
  const count = await importInto(folder, { store, artifacts, skip }, options)
  return { ...count, skipped }
}

async function importInto(folder: string, places: ImportPlaces, work: WorkOptions): Promise<ImportCount> {
  const count: ImportCount = {
    experiments: 0,
    runs: 0,
    known: 0,
    loggedModels: 0,
    registeredModels: 0,
    versions: 0,
    files: 0,
  }
  const opened: OpenExperiment[] = []
  try {
    for (const found of await experimentFolders(folder)) {
      work.signal?.throwIfAborted()
      const experiment = await importExperiment(found, places)
      if (experiment === undefined) continue
      const target = openExperiment(experiment, found, places)
      opened.push(target)
      count.experiments++
      await importRuns(target, count, work)
    }
    // Values of models name runs, also those of other experiments.
    for (const target of opened) await importLoggedModels(target, count, work)
  } finally {
    for (const target of opened) await target.close()
  }
  await importRegistry(folder, places, count, work)
  return count
}

interface ExperimentFolder {
  readonly path: string
  readonly name: string
  readonly isDeleted: boolean
}

async function experimentFolders(folder: string): Promise<ExperimentFolder[]> {
  const within = async (place: string, isDeleted: boolean): Promise<ExperimentFolder[]> =>
    (await subfolders(place)).map((name) => ({ path: join(place, name), name, isDeleted }))
  // The registry of models lies beside the experiments.
  const active = (await within(folder, false)).filter(
    ({ name }) => name !== folders.trash && name !== folders.models,
  )
  return [...active, ...(await within(join(folder, folders.trash), true))]
}

interface OpenExperiment extends ImportTarget {
  /** Deletes it again, where it was or is to be. */
  close(): Promise<void>
}

function openExperiment(
  experiment: Experiment,
  { path, name, isDeleted }: ExperimentFolder,
  places: ImportPlaces,
): OpenExperiment {
  const { experiments } = places.store
  const { experimentId } = experiment
  const wasDeleted = experiment.lifecycleStage === 'deleted'
  // One that came from elsewhere and only has the same name is not deleted because the one in the folder is.
  const isToDelete = isDeleted && experiment.tags[originalId] === name
  let isActive = !wasDeleted
  return {
    ...places,
    experiment,
    experimentFolder: path,
    async activate() {
      if (!isActive) await experiments.restore(experimentId)
      isActive = true
    },
    async close() {
      if (isActive && (wasDeleted || isToDelete)) await experiments.delete(experimentId)
    },
  }
}

async function importRuns(
  target: ImportTarget,
  count: ImportCount,
  { signal, onEvent }: WorkOptions,
): Promise<void> {
  const { experiment, experimentFolder, skip } = target
  const ids = (await subfolders(experimentFolder)).filter((run) => !reserved.has(run))
  for (const [i, runId] of ids.entries()) {
    signal?.throwIfAborted()
    const done = await importRun(runId, target)
    if (done === 'known') count.known++
    else if (done !== 'skipped') {
      count.runs++
      count.files += done.files
    }
    onEvent?.({ type: 'progress-update', done: (i + 1) / ids.length, detail: experiment.name })
  }
  const traces = join(experimentFolder, folders.traces)
  const traced = (await subfolders(traces)).length
  if (traced > 0) skip(traces, `${traced} traces were not brought along: traces are not kept here.`)
}

async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() === true) return
  throw new NotFoundError(`There is no folder '${folder}'. Give the mlruns folder that MLflow wrote.`, {
    kind: 'folder',
    id: folder,
  })
}

/** The experiment of this name, made where there is none; undefined, and noted, where its meta.yaml is damaged. */
async function importExperiment(
  { path, name: id }: ExperimentFolder,
  { store, skip }: ImportPlaces,
): Promise<Experiment | undefined> {
  if (!idPattern.test(id)) {
    skip(path, 'Its name is no id of an experiment.')
    return undefined
  }
  const meta = await readMeta(path, skip)
  if (meta === undefined) return undefined
  if (meta['experiment_id'] !== undefined && meta['experiment_id'] !== id) {
    skip(path, `Its meta.yaml is that of another experiment, expected '${id}'.`)
    return undefined
  }
  const file = join(path, metaFile)
  const said = understood(file, skip, () => ({
    name: textField(meta, 'name', file),
    creationTime: timeField(meta, 'creation_time', file),
    lastUpdateTime: timeField(meta, 'last_update_time', file),
  }))
  if (said === undefined) return undefined
  const known = id === '0' ? await store.experiments.get('0') : await store.experiments.findByName(said.name)
  if (known !== undefined) return known
  const tags = { ...(await recordIn(join(path, folders.tags), 'tag', skip)), [originalId]: id }
  return created(store, { ...said, tags })
}

async function created(
  { experiments }: Store,
  given: Parameters<Store['experiments']['create']>[0],
): Promise<Experiment> {
  try {
    return await experiments.create(given)
  } catch (error) {
    // Another import at the same time was faster.
    const other = ConflictError.is(error) ? await experiments.findByName(given.name) : undefined
    if (other === undefined) throw error
    return other
  }
}
