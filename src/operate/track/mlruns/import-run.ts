// One run of a FileStore into the store.
import { join } from 'node:path'
import { ModelwrightError, orNone } from '../../../base/index.js'
import type { InputsToLog, MetricPoint, Run, RunStatus, Store } from '../../store/index.js'
import { artifactPlace } from '../artifact-place.js'
import { copyFiles, type ImportTarget } from './import-target.js'
import {
  folders,
  idPattern,
  metaFile,
  metricLine,
  optionalText,
  statusField,
  statusNumbers,
  textField,
  timeField,
} from './layout.js'
import { readMeta, type Skip, subfolders, understood } from './read-files.js'
import { pairsIn, pointsIn } from './read-pairs.js'
import type { YamlRecord } from './yaml.js'

/** What meta.yaml says of a run. */
interface RunMeta {
  readonly name: string
  readonly userId: string
  readonly status: RunStatus
  readonly startTime: number
  readonly endTime: number | undefined
  readonly isDeleted: boolean
  readonly artifactUri: string
}

/** Imports a run: how many files came along; or that it was there before, or is damaged. */
export async function importRun(
  runId: string,
  target: ImportTarget,
): Promise<{ readonly files: number } | 'known' | 'skipped'> {
  const { store, experiment, experimentFolder, skip } = target
  const folder = join(experimentFolder, runId)
  if (!idPattern.test(runId)) return noted(skip, folder, 'Its name is no id of a run.')
  const meta = await runMeta(folder, skip)
  if (meta === undefined) return 'skipped'
  const before = await existing(store, runId)
  if (before !== undefined && before.experimentId !== experiment.experimentId)
    return noted(skip, folder, `There is a run of this id in experiment '${before.experimentId}' already.`)
  if (before !== undefined && isComplete(before)) return 'known'
  try {
    const files = await copyRun(runId, before, meta, target)
    return before === undefined ? { files } : 'known'
  } catch (error) {
    const isConflict = ModelwrightError.is(error) && error.code === 'conflict'
    const now = isConflict ? await existing(store, runId) : undefined
    // Another import at the same time was faster.
    if (now !== undefined && (isComplete(now) || before === undefined)) return 'known'
    throw error
  }
}

/** How a run ended is written last: one that has ended is here as a whole. */
const isComplete = ({ lifecycleStage, endTime }: Run): boolean =>
  lifecycleStage === 'deleted' || endTime !== undefined

/** Brings everything of a run in; what is there already changes nothing. */
async function copyRun(
  runId: string,
  before: Run | undefined,
  meta: RunMeta,
  target: ImportTarget,
): Promise<number> {
  const { store, experiment, experimentFolder } = target
  const folder = join(experimentFolder, runId)
  if (before === undefined) await target.activate()
  const run =
    before ??
    (await store.runs.create({
      runId,
      experimentId: experiment.experimentId,
      name: meta.name,
      userId: meta.userId,
      startTime: meta.startTime,
    }))
  await logPairs(folder, runId, target)
  await logMetrics(folder, runId, target)
  await logInputs(folder, runId, target)
  const place = artifactPlace(run)
  const files = await copyFiles(join(folder, folders.artifacts), place, { ...target, said: meta.artifactUri })
  await store.runs.update(runId, {
    status: meta.status,
    ...(meta.endTime !== undefined && { endTime: meta.endTime }),
  })
  if (meta.isDeleted) await store.runs.delete(runId)
  return files
}

const noted = (skip: Skip, path: string, reason: string): 'skipped' => {
  skip(path, reason)
  return 'skipped'
}

const existing = ({ runs }: Store, runId: string): Promise<Run | undefined> => orNone(runs.get(runId))

async function runMeta(folder: string, skip: Skip): Promise<RunMeta | undefined> {
  const meta = await readMeta(folder, skip)
  if (meta === undefined) return undefined
  const path = join(folder, metaFile)
  return understood(path, skip, (): RunMeta => {
    const status = statusField(meta, path, statusNumbers)
    const startTime = timeField(meta, 'start_time', path)
    textField(meta, 'experiment_id', path)
    return {
      name: optionalText(meta, 'run_name') ?? optionalText(meta, 'name') ?? '',
      userId: optionalText(meta, 'user_id') ?? '',
      status,
      startTime: startTime ?? 0,
      endTime: timeField(meta, 'end_time', path),
      isDeleted: meta['lifecycle_stage'] === 'deleted',
      artifactUri: optionalText(meta, 'artifact_uri') ?? '',
    }
  })
}

/** Pairs of one transaction. */
const pairsAtOnce = 1000

async function logPairs(folder: string, runId: string, { store, skip }: ImportTarget): Promise<void> {
  for (const [kind, name] of [
    ['params', 'parameter'],
    ['tags', 'tag'],
  ] as const) {
    let pairs: Record<string, string> = {}
    const flush = async (): Promise<void> => {
      if (Object.keys(pairs).length > 0) await store.logging.batch(runId, { [kind]: pairs })
      pairs = {}
    }
    for await (const [key, value] of pairsIn(join(folder, folders[kind]), name, skip)) {
      pairs[key] = value
      if (Object.keys(pairs).length >= pairsAtOnce) await flush()
    }
    await flush()
  }
}

/** Points of one transaction. */
const pointsAtOnce = 5000

async function logMetrics(folder: string, runId: string, { store, skip }: ImportTarget): Promise<void> {
  let metrics: MetricPoint[] = []
  const flush = async (): Promise<void> => {
    if (metrics.length > 0) await store.logging.batch(runId, { metrics })
    metrics = []
  }
  const lines = { read: metricLine, expected: "point of a metric ('time value step')" }
  for await (const { key, value, step, timestamp } of pointsIn(join(folder, folders.metrics), lines, skip)) {
    metrics.push({ key, value, step, timestamp })
    if (metrics.length >= pointsAtOnce) await flush()
  }
  await flush()
}

/** Data and models that the run read, and models that it wrote. */
async function logInputs(folder: string, runId: string, target: ImportTarget): Promise<void> {
  const { store, skip } = target
  for (const name of await subfolders(join(folder, folders.inputs))) {
    const place = join(folder, folders.inputs, name)
    const input = await vertex(place, skip)
    if (input?.type === 'MODEL') await store.inputs.log(runId, { modelInputs: [input.id] })
    if (input?.type !== 'DATASET') continue
    const datasets = await datasetOf(input, target)
    if (datasets !== undefined) await store.inputs.log(runId, { datasets })
  }
  for (const name of await subfolders(join(folder, folders.outputs))) {
    const output = await vertex(join(folder, folders.outputs, name), skip)
    if (output === undefined) continue
    const step = Number(output.meta['step'] ?? 0)
    const modelOutputs = [{ modelId: output.id, step: Number.isSafeInteger(step) ? step : 0 }]
    await store.inputs.log(runId, { modelOutputs })
  }
}

interface Vertex {
  readonly type: string | undefined
  readonly id: string
  readonly meta: YamlRecord
}

/** What an input or an output is: `source_id` of an output is the model, too. */
async function vertex(place: string, skip: Skip): Promise<Vertex | undefined> {
  const meta = await readMeta(place, skip)
  if (meta === undefined) return undefined
  const id = meta['source_id']
  if (typeof id === 'string' && idPattern.test(id))
    return { type: optionalText(meta, 'source_type'), id, meta }
  skip(place, 'It names no data set and no model.')
  return undefined
}

async function datasetOf(
  { id, meta: input }: Vertex,
  { experimentFolder, skip }: ImportTarget,
): Promise<InputsToLog['datasets']> {
  const path = join(experimentFolder, folders.datasets, id)
  const meta = await readMeta(path, skip)
  if (meta === undefined) return undefined
  const dataset = understood(path, skip, () => ({
    name: textField(meta, 'name', path),
    digest: textField(meta, 'digest', path),
    sourceType: textField(meta, 'source_type', path),
    source: textField(meta, 'source', path),
    schema: optionalText(meta, 'schema'),
    profile: optionalText(meta, 'profile'),
  }))
  if (dataset === undefined) return undefined
  const tags = Object.entries(input['tags'] ?? {}).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  )
  return [{ dataset, tags: Object.fromEntries(tags) }]
}
