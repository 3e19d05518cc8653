// Runs in a store of this process, with their artifacts beside it.
import { ConflictError, ModelwrightError, wallClock } from '../../base/index.js'
import { type Artifacts, placeBelow } from '../artifacts/index.js'
import { everyPage, type Store } from '../store/index.js'
import { artifactPlace } from './artifact-place.js'
import type { RunArtifacts, TrackedExperiment, TrackingBackend } from './backend.js'
import { sweepStore } from './sweep.js'

/** The store and the artifacts, which are closed together. */
export function storeBackend(store: Store, artifacts: Artifacts): TrackingBackend {
  return {
    url: store.url,
    pageOf: () => undefined,
    experiments: () => allExperiments(store),
    experimentId: (name) => experimentId(store, name),
    createRun: (given) => store.runs.create(given),
    getRun: (runId) => store.runs.get(runId),
    searchRuns: (search) => store.runs.search(search),
    updateRun: async (runId, change) => void (await store.runs.update(runId, change)),
    deleteRun: (runId) => store.runs.delete(runId),
    restoreRun: (runId) => store.runs.restore(runId),
    logBatch: (runId, batch) => store.logging.batch(runId, batch),
    logInputs: (runId, inputs) =>
      store.inputs.log(runId, { datasets: inputs.map(({ tags, ...dataset }) => ({ dataset, tags })) }),
    async inputsOf(runId) {
      const [found] = await store.inputs.of([runId])
      return (found?.datasets ?? []).map(({ dataset, tags }) => ({ ...dataset, tags }))
    },
    deleteTag: async (runId, key) => void (await store.runs.deleteTag(runId, key)),
    heartbeat: (runId) => store.runs.heartbeat(runId),
    sweep: () => sweepStore(store, wallClock()),
    artifacts: storeArtifacts(artifacts),
    async [Symbol.asyncDispose]() {
      artifacts.close()
      await store.close()
    },
  }
}

/** Artifacts by the place of their run. */
function storeArtifacts(artifacts: Artifacts): RunArtifacts {
  return {
    async write(run, path, contents) {
      const place = placeBelow(artifactPlace(run), path)
      await artifacts.write(place.root, place.path, contents)
    },
    async read(run, path) {
      const place = placeBelow(artifactPlace(run), path)
      return (await artifacts.read(place.root, place.path)).stream
    },
    async list(run, folder) {
      const own = artifactPlace(run)
      const items = await artifacts.list(own.root, placeBelow(own, folder).path)
      const prefix = own.path === '' ? 0 : own.path.length + 1
      return items.map(({ path, isDir, fileSize }) => ({
        path: path.slice(prefix),
        isFolder: isDir,
        size: fileSize,
      }))
    },
  }
}

async function allExperiments({ experiments }: Store): Promise<readonly TrackedExperiment[]> {
  const found: TrackedExperiment[] = []
  for await (const page of everyPage((pageToken) =>
    experiments.search({ viewType: 'ALL', maxResults: 1000, pageToken }),
  ))
    found.push(...page.experiments)
  return found
}

async function experimentId({ experiments }: Store, name: string): Promise<string> {
  const known = await experiments.findByName(name)
  if (known?.lifecycleStage === 'active') return known.experimentId
  if (known !== undefined) {
    throw new ConflictError(
      `The experiment '${name}' is deleted. Restore it, or give another name: option 'experiment' (--experiment).`,
      { kind: 'experiment', id: name },
    )
  }
  try {
    return (await experiments.create({ name })).experimentId
  } catch (error) {
    // Another process was faster.
    const other =
      ModelwrightError.is(error) && error.code === 'conflict' ? await experiments.findByName(name) : undefined
    if (other?.lifecycleStage === 'active') return other.experimentId
    throw error
  }
}
