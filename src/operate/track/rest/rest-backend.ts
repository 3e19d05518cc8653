// Runs on a server that speaks MLflow's REST, so that the machines of a team log to one place: ours, or MLflow's own.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { ConflictError, ModelwrightError, StorageError } from '../../../base/index.js'
import type { LogBatch, Run, RunToCreate } from '../../store/index.js'
import type { ArtifactContents, ArtifactFile, RunArtifacts, TrackingBackend } from '../backend.js'
import { ownerTag } from '../owner.js'
import { type RestClient, restClient, type RestOptions } from './client.js'
import {
  fromDataset,
  fromExperiment,
  fromRun,
  toDataset,
  toMetric,
  toPairs,
  type WireExperiment,
  type WireRun,
} from './wire.js'

const api = '/api/2.0/mlflow'

/** MLflow's limits of one batch (mlflow/utils/validation.py): so many of each kind, and in all. */
const batchLimits = { metrics: 1000, params: 100, tags: 100, all: 1000 } as const

/** Runs behind an address. @throws {@link UsageError} unless it is one */
export function restBackend(address: string, options: RestOptions = {}): TrackingBackend {
  const client = restClient(address, options)
  const get = <T>(path: string, query: Record<string, string | undefined>): Promise<T> =>
    client.json({ method: 'GET', path: `${api}/${path}`, query })
  const post = <T>(path: string, json: unknown, repeatable = true): Promise<T> =>
    client.json({ method: 'POST', path: `${api}/${path}`, json, repeatable })
  return {
    url: client.url,
    pageOf: ({ experimentId, runId }) => `${client.url}/#/experiments/${experimentId}/runs/${runId}`,
    experiments: () => allExperiments(client),
    experimentId: (name) => experimentId(client, name),
    createRun: (given) => createRun(client, given),
    getRun: async (run_id) => fromRun((await get<{ readonly run: WireRun }>('runs/get', { run_id })).run),
    async searchRuns({
      experimentIds,
      filter = '',
      orderBy = [],
      viewType = 'ACTIVE_ONLY',
      maxResults,
      pageToken,
    }) {
      const page = await post<{ readonly runs?: readonly WireRun[]; readonly next_page_token?: string }>(
        'runs/search',
        {
          experiment_ids: experimentIds,
          filter,
          order_by: orderBy,
          run_view_type: viewType,
          max_results: maxResults,
          page_token: pageToken,
        },
      )
      return { runs: (page.runs ?? []).map(fromRun), nextPageToken: page.next_page_token || undefined }
    },
    updateRun: (run_id, { name, status, endTime }) =>
      post('runs/update', { run_id, status, end_time: endTime, run_name: name }),
    deleteRun: (run_id) => post('runs/delete', { run_id }),
    restoreRun: (run_id) => post('runs/restore', { run_id }),
    async logBatch(run_id, batch) {
      for (const part of partsOf(batch)) await post('runs/log-batch', { run_id, ...part })
    },
    logInputs: (run_id, inputs) => post('runs/log-inputs', { run_id, datasets: inputs.map(toDataset) }),
    async inputsOf(run_id) {
      const { run } = await get<{ readonly run: WireRun }>('runs/get', { run_id })
      return (run.inputs?.dataset_inputs ?? []).map(fromDataset)
    },
    deleteTag: (run_id, key) => post('runs/delete-tag', { run_id, key }, false),
    heartbeat: heartbeats(client),
    sweep: () => Promise.resolve([]),
    artifacts: restArtifacts(client),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

async function createRun(
  client: RestClient,
  { experimentId: experiment_id, name, userId, startTime, owner, tags }: RunToCreate,
): Promise<Run> {
  const { run } = await client.json<{ readonly run: WireRun }>({
    method: 'POST',
    path: `${api}/runs/create`,
    json: {
      experiment_id,
      run_name: name,
      user_id: userId ?? '',
      start_time: startTime,
      tags: toPairs({ ...tags, ...(owner !== undefined && { [ownerTag]: owner }) }),
    },
    repeatable: false,
  })
  return fromRun(run)
}

/** Signs of life; MLflow's own servers do not know of them, and need to say so only once. */
function heartbeats(client: RestClient): TrackingBackend['heartbeat'] {
  let listens = true
  return async (runId) => {
    if (!listens) return
    try {
      await client.json({ method: 'POST', path: `/api/v1/runs/${runId}/heartbeat`, repeatable: true })
    } catch (error) {
      listens = !(ModelwrightError.is(error) && error.code === 'not-found')
      throw error
    }
  }
}

async function allExperiments(client: RestClient): Promise<ReturnType<typeof fromExperiment>[]> {
  const found: ReturnType<typeof fromExperiment>[] = []
  let page_token: string | undefined
  do {
    const page: { readonly experiments?: readonly WireExperiment[]; readonly next_page_token?: string } =
      await client.json({
        method: 'POST',
        path: `${api}/experiments/search`,
        json: { max_results: 1000, view_type: 'ALL', page_token },
        repeatable: true,
      })
    found.push(...(page.experiments ?? []).map(fromExperiment))
    page_token = page.next_page_token || undefined
  } while (page_token !== undefined)
  return found
}

async function experimentId(client: RestClient, name: string): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    try {
      const { experiment } = await client.json<{ readonly experiment: WireExperiment }>({
        method: 'GET',
        path: `${api}/experiments/get-by-name`,
        query: { experiment_name: name },
      })
      if (experiment.lifecycle_stage !== 'deleted') return experiment.experiment_id
    } catch (error) {
      if (ModelwrightError.is(error) && error.code === 'not-found' && error.details['kind'] !== 'route')
        return undefined
      throw error
    }
    throw new ConflictError(
      `The experiment '${name}' is deleted. Restore it, or give another name: option 'experiment' (--experiment).`,
      { kind: 'experiment', id: name },
    )
  }
  const known = await find()
  if (known !== undefined) return known
  try {
    const made = await client.json<{ readonly experiment_id: string }>({
      method: 'POST',
      path: `${api}/experiments/create`,
      json: { name },
    })
    return made.experiment_id
  } catch (error) {
    // Another process was faster.
    const other = ModelwrightError.is(error) && error.code === 'conflict' ? await find() : undefined
    if (other !== undefined) return other
    throw error
  }
}

/** A batch in the parts that the protocol takes; parameters first, so that a refused one keeps the rest out. */
function* partsOf({ metrics = [], params = {}, tags = {} }: LogBatch): Generator<object> {
  const rest = { params: toPairs(params), tags: toPairs(tags), metrics: metrics.map(toMetric) }
  do {
    const ownParams = rest.params.splice(0, batchLimits.params)
    const ownTags = rest.tags.splice(0, batchLimits.tags)
    const room = Math.min(batchLimits.metrics, batchLimits.all - ownParams.length - ownTags.length)
    yield { params: ownParams, tags: ownTags, metrics: rest.metrics.splice(0, room) }
  } while (rest.params.length + rest.tags.length + rest.metrics.length > 0)
}

const proxied = 'mlflow-artifacts:'

function restArtifacts(client: RestClient): RunArtifacts {
  return {
    async write({ artifactUri }, path, contents) {
      if (!artifactUri.startsWith(proxied)) throw elsewhere(artifactUri)
      await client.json({
        method: 'PUT',
        path: proxyPath(artifactUri, path),
        body: () => Promise.resolve(bodyOf(contents)),
        repeatable: typeof contents === 'string' || contents instanceof Uint8Array || isFile(contents),
      })
    },
    read({ runId, artifactUri }, path) {
      return artifactUri.startsWith(proxied)
        ? client.bytes({ method: 'GET', path: proxyPath(artifactUri, path) })
        : client.bytes({ method: 'GET', path: '/get-artifact', query: { run_uuid: runId, path } })
    },
    async list({ runId }, folder) {
      const { files = [] } = await client.json<{ readonly files?: readonly WireFile[] }>({
        method: 'GET',
        path: `${api}/artifacts/list`,
        query: { run_id: runId, path: folder === '' ? undefined : folder },
      })
      return files.map(({ path, is_dir = false, file_size }): ArtifactFile => ({
        path,
        isFolder: is_dir,
        size: is_dir || file_size === undefined ? undefined : Number(file_size),
      }))
    },
  }
}

interface WireFile {
  readonly path: string
  readonly is_dir?: boolean
  readonly file_size?: number | string
}

const isFile = (contents: ArtifactContents): contents is { readonly file: string } =>
  typeof contents === 'object' && 'file' in contents

type RequestBody = NonNullable<RequestInit['body']>

function bodyOf(contents: ArtifactContents): RequestBody {
  if (typeof contents === 'string' || contents instanceof Uint8Array) return contents as RequestBody
  const stream = isFile(contents) ? createReadStream(contents.file) : Readable.from(contents)
  return Readable.toWeb(stream) as unknown as RequestBody
}

/** `mlflow-artifacts:/0/<run>/artifacts`, also with a host, as the path of the proxy. */
function proxyPath(artifactUri: string, path: string): string {
  const { pathname } = new URL(artifactUri)
  const below = [
    ...pathname
      .split('/')
      .filter((part) => part !== '')
      .map(decodeURIComponent),
    ...path.split('/'),
  ]
  return `/api/2.0/mlflow-artifacts/artifacts/${below.map(encodeURIComponent).join('/')}`
}

const elsewhere = (artifactUri: string): StorageError =>
  new StorageError(
    `The artifacts of this run lie at '${artifactUri}', where the server has its clients write by themselves, which is not done here. Let the server pass them on, as MLflow's does by default, or log without files.`,
    { path: artifactUri },
  )
