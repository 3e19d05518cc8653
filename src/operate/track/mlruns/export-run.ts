// One run as files of a FileStore.
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Artifacts } from '../../artifacts/index.js'
import type { HistoryPoint, Run, Store } from '../../store/index.js'
import { artifactPlace } from '../artifact-place.js'
import { checkName } from '../limits.js'
import { folders, md5, metaFile, pythonText, statusNumbers } from './layout.js'
import { type Skip, understood } from './read-files.js'
import { yamlText } from './yaml.js'

export interface RunDestination {
  readonly store: Store
  readonly artifacts: Artifacts
  /** The folder of the experiment. */
  readonly folder: string
  /** As the folder calls it. */
  readonly experimentId: string
  /** The address of the experiment's artifacts, where the folder will stand. */
  readonly address: string
  readonly skip: Skip
}

/** Writes a run; tells how many files came along. */
export async function exportRun(run: Run, to: RunDestination): Promise<number> {
  const folder = join(to.folder, run.runId)
  for (const name of ['metrics', 'params', 'tags', 'artifacts'] as const)
    await mkdir(join(folder, folders[name]), { recursive: true })
  await writeFile(join(folder, metaFile), runMeta(run, to))
  for (const kind of ['params', 'tags'] as const)
    for (const [key, value] of Object.entries(run[kind]))
      await named(join(folder, folders[kind]), key, to.skip, (path) => writeFile(path, value))
  for (const { key } of run.metrics)
    await named(join(folder, folders.metrics), key, to.skip, (path) =>
      pipeline(Readable.from(metricLines(to.store, run.runId, key)), createWriteStream(path)),
    )
  await writeInputs(run, folder, to)
  const place = artifactPlace(run)
  return to.artifacts.downloadFolder(place.root, join(folder, folders.artifacts), { folder: place.path })
}

const runMeta = (run: Run, { experimentId, address }: RunDestination): string =>
  yamlText({
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

/** Writes a file by the name of what it holds; one that cannot be a path, or is the folder of another, is noted. */
async function named(
  folder: string,
  key: string,
  skip: Skip,
  write: (path: string) => Promise<void>,
): Promise<void> {
  const path = join(folder, key)
  if (understood(path, skip, () => checkName('tag', key)) === undefined) return
  try {
    await mkdir(dirname(path), { recursive: true })
    await write(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (!['EISDIR', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG'].includes(code ?? '')) throw error
    skip(path, `No file can have this name here (${code}): another name begins with it, or it is too long.`)
  }
}

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
  { store, folder: experiment }: RunDestination,
): Promise<void> {
  const [found] = await store.inputs.of([run.runId])
  for (const { dataset, tags } of found?.datasets ?? []) {
    const datasetId = md5(dataset.name, dataset.digest)
    const place = join(experiment, folders.datasets, datasetId)
    await mkdir(place, { recursive: true })
    await writeFile(
      join(place, metaFile),
      yamlText({
        digest: dataset.digest,
        name: dataset.name,
        profile: dataset.profile ?? null,
        schema: dataset.schema ?? null,
        source: dataset.source,
        source_type: dataset.sourceType,
      }),
    )
    const input = join(folder, folders.inputs, md5(datasetId, run.runId))
    await mkdir(input, { recursive: true })
    await writeFile(
      join(input, metaFile),
      yamlText({
        destination_id: datasetId,
        destination_type: 'RUN',
        source_id: datasetId,
        source_type: 'DATASET',
        tags,
      }),
    )
  }
}
