// Logged models of a FileStore (MLflow 3) into the store. How a model ended is written last, so that the next import takes up a dead one.
import { join } from 'node:path'
import { ConflictError, orNone, type WorkOptions } from '../../../base/index.js'
import { placeOfUri } from '../../artifacts/index.js'
import type { LoggedModel, LoggedModelStatus, MetricPoint } from '../../store/index.js'
import { copyFiles, type ImportCount, type ImportTarget } from './import-target.js'
import {
  folders,
  idPattern,
  metaFile,
  modelMetricLine,
  modelStatusNumbers,
  optionalText,
  statusField,
  textField,
  timeField,
} from './layout.js'
import { readMeta, subfolders, understood } from './read-files.js'
import { pointsIn, recordIn } from './read-pairs.js'
import type { YamlRecord } from './yaml.js'

/** What meta.yaml says of a model. */
interface ModelMeta {
  readonly name: string
  readonly status: LoggedModelStatus
  readonly statusMessage: string | undefined
  readonly creationTime: number
  readonly lastUpdateTime: number
  readonly modelType: string | undefined
  readonly sourceRunId: string | undefined
  readonly isDeleted: boolean
  readonly artifactUri: string
}

/** The models of an experiment. All runs must be there: values of models name those that measured them. */
export async function importLoggedModels(
  target: ImportTarget,
  count: ImportCount,
  { signal }: WorkOptions,
): Promise<void> {
  for (const id of await subfolders(join(target.experimentFolder, folders.models))) {
    signal?.throwIfAborted()
    const files = await importLoggedModel(id, target)
    if (files === undefined) continue
    count.loggedModels++
    count.files += files
  }
}

/** Imports a model: how many files came along; undefined for one that was there, or is damaged. */
async function importLoggedModel(id: string, target: ImportTarget): Promise<number | undefined> {
  const { store, experiment, skip } = target
  const folder = join(target.experimentFolder, folders.models, id)
  if (!idPattern.test(id)) {
    skip(folder, 'Its name is no id of a model.')
    return undefined
  }
  const meta = await modelMeta(folder, id, target)
  if (meta === undefined) return undefined
  const before = await store.loggedModels.find(id)
  if (before !== undefined && before.experimentId !== experiment.experimentId) {
    skip(folder, `There is a model of this id in experiment '${before.experimentId}' already.`)
    return undefined
  }
  if (before !== undefined && isComplete(before)) return undefined
  try {
    const files = await copyModel(folder, before ?? (await create(id, meta, target)), meta, target)
    return before === undefined ? files : undefined
  } catch (error) {
    // Another import at the same time was faster.
    if (ConflictError.is(error) && (await store.loggedModels.find(id)) !== undefined) return undefined
    throw error
  }
}

const isComplete = ({ status, lifecycleStage }: LoggedModel): boolean =>
  status !== 'PENDING' || lifecycleStage === 'deleted'

async function modelMeta(folder: string, id: string, { skip }: ImportTarget): Promise<ModelMeta | undefined> {
  const meta = await readMeta(folder, skip)
  if (meta === undefined) return undefined
  const path = join(folder, metaFile)
  if (meta['model_id'] !== id) {
    skip(path, `It is that of another model, expected '${id}'.`)
    return undefined
  }
  return understood(path, skip, (): ModelMeta => {
    const creationTime = timeField(meta, 'creation_timestamp', path) ?? 0
    return {
      name: textField(meta, 'name', path),
      status: statusOf(meta, path),
      statusMessage: optionalText(meta, 'status_message'),
      creationTime,
      lastUpdateTime: timeField(meta, 'last_updated_timestamp', path) ?? creationTime,
      modelType: optionalText(meta, 'model_type'),
      sourceRunId: optionalText(meta, 'source_run_id'),
      isDeleted: meta['lifecycle_stage'] === 'deleted',
      artifactUri: optionalText(meta, 'artifact_location') ?? '',
    }
  })
}

/** A model of which nothing is known is as one that is on its way. */
function statusOf(meta: YamlRecord, path: string): LoggedModelStatus {
  const said = optionalText(meta, 'status')
  return said === '0' ? 'PENDING' : statusField(meta, path, modelStatusNumbers)
}

async function create(modelId: string, meta: ModelMeta, target: ImportTarget): Promise<LoggedModel> {
  await target.activate()
  const { name, creationTime, modelType, sourceRunId } = meta
  const { experimentId } = target.experiment
  return target.store.loggedModels.create({
    experimentId,
    modelId,
    name,
    creationTime,
    modelType: modelType || undefined,
    sourceRunId: sourceRunId || undefined,
  })
}

/** Brings everything of a model in; what is there already changes nothing. */
async function copyModel(
  folder: string,
  { modelId, artifactUri }: LoggedModel,
  meta: ModelMeta,
  target: ImportTarget,
): Promise<number> {
  const { loggedModels } = target.store
  const { skip } = target
  await loggedModels.logParams(modelId, await recordIn(join(folder, folders.params), 'parameter', skip))
  await loggedModels.setTags(modelId, await recordIn(join(folder, folders.tags), 'tag', skip))
  await logMetrics(folder, modelId, target)
  const place = placeOfUri(artifactUri) ?? { root: `logged-models/${modelId}`, path: '' }
  const files = await copyFiles(join(folder, folders.artifacts), place, { ...target, said: meta.artifactUri })
  await loggedModels.finalize(modelId, meta.status, {
    statusMessage: meta.statusMessage,
    lastUpdateTime: meta.lastUpdateTime,
    ...(meta.isDeleted && { lifecycleStage: 'deleted' }),
  })
  return files
}

/** Points of one transaction. */
const pointsAtOnce = 5000

async function logMetrics(folder: string, modelId: string, { store, skip }: ImportTarget): Promise<void> {
  const ofRuns = new Map<string, MetricPoint[]>()
  const strangers = new Map<string, string>()
  const flush = async (runId: string, points: readonly MetricPoint[]): Promise<void> => {
    ofRuns.delete(runId)
    const kept = store.loggedModels.logMetrics(runId, points).then(() => true)
    if ((await orNone(kept)) === undefined) strangers.set(runId, points[0]!.key)
  }
  const metrics = join(folder, folders.metrics)
  const lines = { read: modelMetricLine, expected: "value of a model ('time value step run')" }
  for await (const { runId, path: _, ...point } of pointsIn(metrics, lines, skip)) {
    const points = ofRuns.get(runId) ?? []
    ofRuns.set(runId, points)
    if (points.push({ ...point, modelId }) >= pointsAtOnce) await flush(runId, points)
  }
  for (const [runId, points] of ofRuns) await flush(runId, points)
  for (const [runId, key] of strangers)
    skip(join(metrics, key), `The run '${runId.slice(0, 60)}' that measured is not here.`)
}
