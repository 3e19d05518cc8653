// Histories of metrics, at /mlflow/metrics.
import { Readable } from 'node:stream'
import type { HistoryPoint, Store } from '../../../operate/store/index.js'
import { invalidParameter } from './errors.js'
import { type Fields, missing } from './fields.js'
import type { MlflowRoute } from './protocol.js'
import { runIdOf } from './run-routes.js'
import { metricWire } from './wire.js'

/** MLflow's limits of bulk requests. */
const mostRuns = 100
const mostBulkResults = 25_000
const mostPerRun = 2500
/** Points read at once where all are asked for: some megabytes of JSON. */
const pageOfAll = 10_000

export function metricRoutes({ logging }: Store): MlflowRoute[] {
  const history = async (input: Fields) => {
    const runId = runIdOf(input)
    const key = input.requiredText('metric_key')
    const limit = input.integer('max_results')
    if (limit !== undefined && limit < 0)
      throw invalidParameter(`max_results is ${limit}, expected a positive number.`)
    const token = input.text('page_token')
    const after = token ? pointOf(token, runId, key) : undefined
    if (!limit)
      return allOf((from) => logging.history(runId, key, { after: from, limit: pageOfAll }), key, after)
    const points = await logging.history(runId, key, { after, limit: limit + 1 })
    const page = points.slice(0, limit)
    const last = points.length > limit ? page.at(-1) : undefined
    return {
      metrics: page.length === 0 ? undefined : page.map((point) => metricWire(key, point)),
      next_page_token: last && tokenOf(last, runId, key),
    }
  }
  const bulk = async (input: Fields) => {
    const runIds = runIdsOf(input, 'run_id', 'GetMetricHistoryBulk')
    const key = input.text('metric_key')
    if (!key) throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.')
    let left = Math.min(input.integer('max_results') ?? mostBulkResults, mostBulkResults)
    const metrics: unknown[] = []
    for (const runId of runIds.toSorted()) {
      if (left <= 0) break
      const points = await logging.history(runId, key, { limit: left })
      left -= points.length
      metrics.push(...points.map((point) => ({ ...metricWire(key, point), run_id: runId })))
    }
    return { metrics }
  }
  const interval = async (input: Fields) => {
    const runIds = runIdsOf(input, 'run_ids', 'GetMetricHistoryBulkInterval')
    const key = input.requiredText('metric_key')
    const points = input.integer('max_results') ?? mostPerRun
    if (points < 1 || points > mostPerRun)
      throw invalidParameter(`max_results must be between 1 and ${mostPerRun}.`)
    const steps = stepsOf(input)
    const metrics: unknown[] = []
    for (const runId of runIds) {
      const found = await logging.downsampledHistory(runId, key, { points: Math.max(points, 2), steps })
      metrics.push(...found.map((point) => ({ ...metricWire(key, point), run_id: runId })))
    }
    return { metrics: metrics.length === 0 ? undefined : metrics }
  }
  return [
    { method: 'GET', path: '/metrics/get-history', handle: history },
    { method: 'GET', path: '/metrics/get-history-bulk', handle: bulk },
    { method: 'GET', path: '/metrics/get-history-bulk-interval', handle: interval },
  ]
}

function runIdsOf(input: Fields, field: string, request: string): string[] {
  const runIds = input.texts(field)
  if (runIds.length === 0) {
    throw field === 'run_ids'
      ? missing(field)
      : invalidParameter(`${request} request must specify at least one run_id.`)
  }
  if (runIds.length <= mostRuns) return runIds
  throw invalidParameter(
    field === 'run_ids'
      ? `${request} request must specify at most ${mostRuns} run_ids. Received ${runIds.length} run_ids.`
      : `${request} request cannot specify more than ${mostRuns} run_ids. Received ${runIds.length} run_ids.`,
  )
}

function stepsOf(input: Fields): readonly [number, number] | undefined {
  const start = input.integer('start_step')
  const end = input.integer('end_step')
  if (start === undefined && end === undefined) return undefined
  if (start === undefined || end === undefined) {
    throw invalidParameter('If either start step or end step are specified, both must be specified.')
  }
  if (start <= end) return [start, end]
  throw invalidParameter(
    `end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`,
  )
}

const tokenOf = ({ step, timestamp, value }: HistoryPoint, runId: string, key: string): string =>
  Buffer.from(JSON.stringify([runId, key, step, timestamp, String(value)])).toString('base64url')

function pointOf(token: string, runId: string, key: string): HistoryPoint {
  let parts: unknown
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    parts = undefined
  }
  const [ofRun, ofKey, step, timestamp, value] = Array.isArray(parts) ? (parts as unknown[]) : []
  if (ofRun === runId && ofKey === key && Number.isSafeInteger(step) && Number.isSafeInteger(timestamp)) {
    return { step: step as number, timestamp: timestamp as number, value: Number(value) }
  }
  throw invalidParameter(
    `Invalid page token, could not base64-decode: '${token.slice(0, 100)}' is none of this history.`,
  )
}

/** A whole history, part by part: a million points would be too much at once. */
async function allOf(
  read: (after: HistoryPoint | undefined) => Promise<HistoryPoint[]>,
  key: string,
  after: HistoryPoint | undefined,
): Promise<unknown> {
  const first = await read(after)
  if (first.length < pageOfAll) {
    return { metrics: first.length === 0 ? undefined : first.map((point) => metricWire(key, point)) }
  }
  return Readable.from(textOf(first, read, key))
}

async function* textOf(
  first: readonly HistoryPoint[],
  read: (after: HistoryPoint | undefined) => Promise<HistoryPoint[]>,
  key: string,
): AsyncGenerator<string> {
  let points = first
  let before = '{"metrics":['
  while (points.length > 0) {
    yield before + points.map((point) => JSON.stringify(metricWire(key, point))).join(',')
    before = ','
    points = points.length < pageOfAll ? [] : await read(points.at(-1))
  }
  yield ']}'
}
