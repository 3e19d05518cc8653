// A folder of MLflow's FileStore into a store. What is there already is not added again; a process that dies in the middle is taken up by
// the next import, because how a run ended is written last.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ModelwrightError, NotFoundError, UsageError, type WorkOptions } from '../../../base/index.js'
import { openArtifacts, type Artifacts } from '../../artifacts/index.js'
import { type Experiment, openStore, type Store, storeUrl } from '../../store/index.js'
import type { BackendPlaces } from '../open-backend.js'
import { importRun, type RunTarget } from './import-run.js'
import { folders, idPattern, reserved, textField } from './layout.js'
import {
  filesBelow,
  readMeta,
  readValue,
  type Skip,
  type SkippedFile,
  subfolders,
  understood,
} from './read-files.js'
import { checkName } from '../limits.js'

export interface ImportOptions extends Omit<BackendPlaces, 'token'>, WorkOptions {}

export interface ImportedRuns {
  readonly experiments: number
  /** Runs that are new in the store. */
  readonly runs: number
  /** Runs that were there already. */
  readonly known: number
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
  // Awaited here, before the store is closed.
  return await importInto(folder, { store, artifacts }, options)
}

async function importInto(
  folder: string,
  places: { readonly store: Store; readonly artifacts: Artifacts },
  { signal, onEvent }: WorkOptions,
): Promise<ImportedRuns> {
  const skipped: SkippedFile[] = []
  const skip: Skip = (path, reason) => {
    skipped.push({ path, reason })
    onEvent?.({ type: 'warning', code: 'skipped', message: `${path}: ${reason}` })
  }
  const count = { experiments: 0, runs: 0, known: 0, files: 0 }
  for (const found of await experimentFolders(folder)) {
    signal?.throwIfAborted()
    const experiment = await importExperiment(found.path, found.name, places.store, skip)
    if (experiment === undefined) continue
    count.experiments++
    const done = await importRuns(
      { ...places, experiment, experimentFolder: found.path, skip },
      found.isDeleted,
      {
        signal,
        onEvent,
      },
    )
    count.runs += done.runs
    count.known += done.known
    count.files += done.files
  }
  return { ...count, skipped }
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

async function importRuns(
  target: RunTarget,
  isDeleted: boolean,
  { signal, onEvent }: WorkOptions,
): Promise<{ readonly runs: number; readonly known: number; readonly files: number }> {
  const { experiment, experimentFolder, store } = target
  const { experimentId, lifecycleStage } = experiment
  const count = { runs: 0, known: 0, files: 0 }
  const ids = (await subfolders(experimentFolder)).filter((run) => !reserved.has(run))
  // Runs can be added to an active experiment only; one that is deleted here is so again afterwards.
  const wasDeleted = lifecycleStage === 'deleted'
  if (wasDeleted && ids.length > 0) await store.experiments.restore(experimentId)
  try {
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
  } finally {
    if (wasDeleted ? ids.length > 0 : isDeleted && experimentId !== '0')
      await store.experiments.delete(experimentId)
  }
  return count
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
  path: string,
  id: string,
  store: Store,
  skip: Skip,
): Promise<Experiment | undefined> {
  if (!idPattern.test(id)) {
    skip(path, 'Its name is no id of an experiment.')
    return undefined
  }
  const meta = await readMeta(path, skip)
  if (meta === undefined) return undefined
  const name = understood(join(path, 'meta.yaml'), skip, () =>
    textField(meta, 'name', join(path, 'meta.yaml')),
  )
  if (name === undefined) return undefined
  if (meta['experiment_id'] !== undefined && meta['experiment_id'] !== id) {
    skip(path, `Its meta.yaml is that of another experiment, expected '${id}'.`)
    return undefined
  }
  const known = id === '0' ? await store.experiments.get('0') : await store.experiments.findByName(name)
  if (known !== undefined) return known
  const tags: Record<string, string> = { [originalId]: id }
  for (const file of await filesBelow(join(path, folders.tags), skip)) {
    const value = await readValue(file.path, skip)
    const key = understood(file.path, skip, () => checkName('tag', file.name))
    if (value !== undefined && key !== undefined) tags[key] = value
  }
  try {
    return await store.experiments.create({ name, tags })
  } catch (error) {
    // Another import at the same time was faster.
    const other =
      ModelwrightError.is(error) && error.code === 'conflict'
        ? await store.experiments.findByName(name)
        : undefined
    if (other === undefined) throw error
    return other
  }
}
