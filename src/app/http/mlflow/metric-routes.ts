// Histories of metrics, at /mlflow/metrics.
import { Readable } from 'node:stream'
import type { HistoryPoint, Store } from '../../../operate/store/index.js'
import { routesOfManyRuns } from './curve-routes.js'
import { invalidParameter } from './errors.js'
import type { Fields } from './fields.js'
import type { MlflowRoute } from './protocol.js'
import { runIdOf } from './run-routes.js'
import { metricWire } from './wire.js'

/** Points read at once where all are asked for: some megabytes of JSON. */
const pageOfAll = 10_000

export function metricRoutes({ logging }: Store): MlflowRoute[] {
  const history = async (input: Fields) => {
    const runId = runIdOf(input)
    const key = input.requiredText('metric_key')
    const limit = input.integer('max_results')
    if (limit !== undefined && limit < 1)
      throw invalidParameter(
        `Invalid value ${limit} for parameter 'max_results': expected a positive integer.`,
      )
    const token = input.text('page_token')
    const after = token ? pointOf(token, runId, key) : undefined
    if (limit === undefined)
      return allOf((from) => logging.history(runId, key, { after: from, limit: pageOfAll }), key, after)
    const points = await logging.history(runId, key, { after, limit: limit + 1 })
    const page = points.slice(0, limit)
    const last = points.length > limit ? page.at(-1) : undefined
    return {
      metrics: page.length === 0 ? undefined : page.map((point) => metricWire(key, point)),
      next_page_token: last && tokenOf(last, runId, key),
    }
  }
  return [{ method: 'GET', path: '/metrics/get-history', handle: history }, ...routesOfManyRuns(logging)]
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
