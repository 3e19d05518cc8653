// One run as files of a FileStore.
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { HistoryPoint, Pairs, Run, Store } from '../../store/index.js'
import { artifactPlace } from '../artifact-place.js'
import { type ExperimentDestination, named, writeMeta, writePairs } from './export-files.js'
import { folders, md5, pythonText, statusNumbers } from './layout.js'
import type { YamlInput } from './yaml.js'

/** Writes a run; tells how many files came along. */
export async function exportRun(run: Run, to: ExperimentDestination): Promise<number> {
  const folder = join(to.folder, run.runId)
  for (const name of ['metrics', 'params', 'tags', 'artifacts'] as const)
    await mkdir(join(folder, folders[name]), { recursive: true })
  await writeMeta(folder, runMeta(run, to))
  for (const kind of ['params', 'tags'] as const)
    await writePairs(join(folder, folders[kind]), run[kind], to.skip)
  for (const { key } of run.metrics)
    await named(join(folder, folders.metrics), key, to.skip, (path) =>
      pipeline(Readable.from(metricLines(to.store, run.runId, key)), createWriteStream(path)),
    )
  await writeInputs(run, folder, to)
  const place = artifactPlace(run)
  to.addresses.add(place, `${to.address}/${run.runId}/artifacts`)
  return to.artifacts.downloadFolder(place.root, join(folder, folders.artifacts), { folder: place.path })
}

const runMeta = (run: Run, { experimentId, address }: ExperimentDestination): YamlInput => ({
  artifact_uri: `${address}/${run.runId}/artifacts`,
  ...(run.lifecycleStage === 'deleted' && { deleted_time: run.endTime ?? run.startTime }),
  end_time: run.endTime ?? null,
  entry_point_name: '',
  experiment_id: experimentId,
  lifecycle_stage: run.lifecycleStage,
  run_id: run.runId,
  run_name: run.name,
  source_name: '',
  // LOCAL of MLflow's SourceType.
  source_type: 4,
  source_version: '',
  start_time: run.startTime,
  status: statusNumbers[run.status],
  tags: [],
  user_id: run.userId,
})

/** Points of a page. */
const pageSize = 5000

async function* metricLines(store: Store, runId: string, key: string): AsyncGenerator<string> {
  let after: HistoryPoint | undefined
  for (;;) {
    const points = await store.logging.history(runId, key, { after, limit: pageSize })
    if (points.length > 0)
      yield points.map(({ timestamp, value, step }) => `${timestamp} ${pythonText(value)} ${step}\n`).join('')
    if (points.length < pageSize) return
    after = points.at(-1)
  }
}

async function writeInputs(
  run: Run,
  folder: string,
  { store, folder: experiment }: ExperimentDestination,
): Promise<void> {
  const [found] = await store.inputs.of([run.runId])
  const input = (type: 'DATASET' | 'MODEL', id: string, tags: Pairs): Promise<void> =>
    writeMeta(join(folder, folders.inputs, md5(id, run.runId)), {
      destination_id: id,
      destination_type: 'RUN',
      source_id: id,
      source_type: type,
      tags,
    })
  for (const { dataset, tags } of found?.datasets ?? []) {
    const datasetId = md5(dataset.name, dataset.digest)
    await writeMeta(join(experiment, folders.datasets, datasetId), {
      digest: dataset.digest,
      name: dataset.name,
      profile: dataset.profile ?? null,
      schema: dataset.schema ?? null,
      source: dataset.source,
      source_type: dataset.sourceType,
    })
    await input('DATASET', datasetId, tags)
  }
  for (const modelId of found?.modelInputs ?? []) await input('MODEL', modelId, {})
  for (const { modelId, step } of found?.modelOutputs ?? [])
    await writeMeta(join(folder, folders.outputs, modelId), {
      destination_id: modelId,
      destination_type: 'MODEL_OUTPUT',
      source_id: modelId,
      source_type: 'RUN_OUTPUT',
      step,
      tags: {},
    })
}
