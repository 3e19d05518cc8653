// The logged models of an experiment as files of a FileStore of MLflow 3.
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { placeOfUri } from '../../artifacts/index.js'
import { everyPage, type LoggedModel, type LoggedModelMetric } from '../../store/index.js'
import { type ExperimentDestination, type ExportCount, named, writeMeta, writePairs } from './export-files.js'
import { folders, modelStatusNumbers, pythonText } from './layout.js'

/** Models of a page. */
const pageSize = 500

/** Writes those of an experiment, also deleted ones. */
export async function exportLoggedModels(
  experimentId: string,
  to: ExperimentDestination,
  count: ExportCount,
): Promise<void> {
  const search = { experimentIds: [experimentId], viewType: 'ALL', maxResults: pageSize } as const
  for await (const page of everyPage((pageToken) => to.store.loggedModels.search({ ...search, pageToken }))) {
    for (const model of page.models) {
      count.loggedModels++
      count.files += await exportModel(model, to)
    }
  }
}

async function exportModel(model: LoggedModel, to: ExperimentDestination): Promise<number> {
  const { modelId } = model
  const folder = join(to.folder, folders.models, modelId)
  const address = `${to.address}/${folders.models}/${modelId}/${folders.artifacts}`
  for (const name of [folders.metrics, folders.params]) await mkdir(join(folder, name), { recursive: true })
  await writeMeta(folder, {
    artifact_location: address,
    creation_timestamp: model.creationTime,
    experiment_id: to.experimentId,
    last_updated_timestamp: model.lastUpdateTime,
    lifecycle_stage: model.lifecycleStage,
    model_id: modelId,
    model_type: model.modelType ?? null,
    name: model.name,
    source_run_id: model.sourceRunId ?? null,
    status: modelStatusNumbers[model.status],
    status_message: model.statusMessage ?? null,
  })
  await writePairs(join(folder, folders.params), model.params, to.skip)
  await writePairs(join(folder, folders.tags), model.tags, to.skip)
  await writeMetrics(modelId, join(folder, folders.metrics), to)
  const place = placeOfUri(model.artifactUri) ?? { root: `logged-models/${modelId}`, path: '' }
  to.addresses.add(place, address)
  return to.artifacts.downloadFolder(place.root, join(folder, folders.artifacts), { folder: place.path })
}

/** Points of a page. */
const pointsAtOnce = 5000

async function writeMetrics(
  modelId: string,
  folder: string,
  { store, skip }: ExperimentDestination,
): Promise<void> {
  let after: LoggedModelMetric | undefined
  do {
    const points = await store.loggedModels.history(modelId, { after, limit: pointsAtOnce })
    const lines = new Map<string, string>()
    for (const point of points) lines.set(point.key, `${lines.get(point.key) ?? ''}${lineOf(point)}\n`)
    for (const [key, text] of lines) await named(folder, key, skip, (path) => appendFile(path, text))
    after = points.length < pointsAtOnce ? undefined : points.at(-1)
  } while (after !== undefined)
}

function lineOf({ timestamp, value, step, runId, datasetName, datasetDigest }: LoggedModelMetric): string {
  const line = `${timestamp} ${pythonText(value)} ${step} ${runId}`
  return datasetName === undefined || datasetDigest === undefined
    ? line
    : `${line} ${datasetName} ${datasetDigest}`
}
