// One run of a FileStore into the store.
import { join } from 'node:path'
import { ModelwrightError } from '../../../base/index.js'
import { type Artifacts, placeBelow } from '../../artifacts/index.js'
import type { Experiment, MetricPoint, Run, RunStatus, Store } from '../../store/index.js'
import { artifactPlace } from '../artifact-place.js'
import { checkArtifactPath } from '../run-files.js'
import { checkName } from '../limits.js'
import { folders, idPattern, metaFile, metricLine, statusField, textField, timeField } from './layout.js'
import { filesBelow, linesOf, readMeta, readValue, type Skip, subfolders, understood } from './read-files.js'

export interface RunTarget {
  readonly store: Store
  readonly artifacts: Artifacts
  readonly experiment: Experiment
  readonly experimentFolder: string
  readonly skip: Skip
}

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
  target: RunTarget,
): Promise<{ readonly files: number } | 'known' | 'skipped'> {
  const { store, experimentFolder, skip } = target
  const folder = join(experimentFolder, runId)
  if (!idPattern.test(runId)) return noted(skip, folder, 'Its name is no id of a run.')
  const meta = await runMeta(folder, skip)
  if (meta === undefined) return 'skipped'
  const before = await existing(store, runId)
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
  target: RunTarget,
): Promise<number> {
  const { store, experiment, experimentFolder } = target
  const folder = join(experimentFolder, runId)
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
  const files = await copyArtifacts(folder, run, { ...target, artifactUri: meta.artifactUri })
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

async function existing(store: Store, runId: string): Promise<Run | undefined> {
  try {
    return await store.runs.get(runId)
  } catch (error) {
    if (ModelwrightError.is(error) && error.code === 'not-found') return undefined
    throw error
  }
}

async function runMeta(folder: string, skip: Skip): Promise<RunMeta | undefined> {
  const meta = await readMeta(folder, skip)
  if (meta === undefined) return undefined
  const path = join(folder, metaFile)
  return understood(path, skip, (): RunMeta => {
    const status = statusField(meta, path)
    const startTime = timeField(meta, 'start_time', path)
    textField(meta, 'experiment_id', path)
    return {
      name:
        typeof meta['run_name'] === 'string'
          ? meta['run_name']
          : typeof meta['name'] === 'string'
            ? meta['name']
            : '',
      userId: typeof meta['user_id'] === 'string' ? meta['user_id'] : '',
      status,
      startTime: startTime ?? 0,
      endTime: timeField(meta, 'end_time', path),
      isDeleted: meta['lifecycle_stage'] === 'deleted',
      artifactUri: typeof meta['artifact_uri'] === 'string' ? meta['artifact_uri'] : '',
    }
  })
}

/** Pairs of one transaction. */
const pairsAtOnce = 1000

async function logPairs(folder: string, runId: string, { store, skip }: RunTarget): Promise<void> {
  for (const [kind, name] of [
    ['params', 'parameter'],
    ['tags', 'tag'],
  ] as const) {
    let pairs: Record<string, string> = {}
    const flush = async (): Promise<void> => {
      if (Object.keys(pairs).length > 0) await store.logging.batch(runId, { [kind]: pairs })
      pairs = {}
    }
    for (const file of await filesBelow(join(folder, folders[kind]), skip)) {
      const key = understood(file.path, skip, () => checkName(name, file.name))
      const value = key === undefined ? undefined : await readValue(file.path, skip)
      if (key !== undefined && value !== undefined) pairs[key] = value
      if (Object.keys(pairs).length >= pairsAtOnce) await flush()
    }
    await flush()
  }
}

/** Points of one transaction. */
const pointsAtOnce = 5000

async function logMetrics(folder: string, runId: string, { store, skip }: RunTarget): Promise<void> {
  let metrics: MetricPoint[] = []
  const flush = async (): Promise<void> => {
    if (metrics.length > 0) await store.logging.batch(runId, { metrics })
    metrics = []
  }
  for (const { name, path } of await filesBelow(join(folder, folders.metrics), skip)) {
    const key = understood(path, skip, () => checkName('metric', name))
    if (key === undefined) continue
    let bad = 0
    let at = 0
    for await (const line of linesOf(path)) {
      at++
      const point = metricLine(line)
      if (point !== undefined) metrics.push({ key, ...point })
      else if (line.trim() !== '' && bad++ === 0)
        skip(path, `Line ${at} is no point of a metric ('time value step').`)
      if (metrics.length >= pointsAtOnce) await flush()
    }
  }
  await flush()
}

async function logInputs(
  folder: string,
  runId: string,
  { store, experimentFolder, skip }: RunTarget,
): Promise<void> {
  for (const name of await subfolders(join(folder, folders.inputs))) {
    const place = join(folder, folders.inputs, name)
    const input = await readMeta(place, skip)
    if (input === undefined || input['source_type'] !== 'DATASET') continue
    const id = input['source_id']
    if (typeof id !== 'string' || !idPattern.test(id)) {
      skip(place, 'It names no data set.')
      continue
    }
    const path = join(experimentFolder, folders.datasets, id)
    const meta = await readMeta(path, skip)
    if (meta === undefined) continue
    const dataset = understood(path, skip, () => ({
      name: textField(meta, 'name', path),
      digest: textField(meta, 'digest', path),
      sourceType: textField(meta, 'source_type', path),
      source: textField(meta, 'source', path),
      schema: optional(meta['schema']),
      profile: optional(meta['profile']),
    }))
    if (dataset === undefined) continue
    const tags = Object.entries(input['tags'] ?? {}).filter(
      (pair): pair is [string, string] => typeof pair[1] === 'string',
    )
    await store.inputs.log(runId, { datasets: [{ dataset, tags: Object.fromEntries(tags) }] })
  }
}

const optional = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Only what lies in the run's own folder: an address in meta.yaml may point at anything on this machine. */
async function copyArtifacts(
  folder: string,
  run: Run,
  { artifacts, skip, artifactUri }: RunTarget & { readonly artifactUri: string },
): Promise<number> {
  const files = await filesBelow(join(folder, folders.artifacts), skip)
  let count = 0
  for (const { name, path } of files) {
    if (understood(path, skip, () => checkArtifactPath(name)) === undefined) continue
    try {
      const place = placeBelow(artifactPlace(run), name)
      await artifacts.write(place.root, place.path, { file: path, follow: false })
      count++
    } catch (error) {
      if (!ModelwrightError.is(error) || !['usage', 'not-found', 'conflict'].includes(error.code)) throw error
      skip(path, error.message)
    }
  }
  if (files.length === 0 && /^[a-z0-9+.-]+:/i.test(artifactUri) && !artifactUri.startsWith('file:'))
    skip(folder, `Its artifacts lie at '${artifactUri}' and were not brought along.`)
  return count
}
