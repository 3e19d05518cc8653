// Histories of one metric in several runs, as MLflow's page draws them beside each other. Runs that are not there have none.
import { orNone } from '../../../base/index.js'
import type { HistoryPoint, Store } from '../../../operate/store/index.js'
import { invalidParameter } from './errors.js'
import { type Fields, missing } from './fields.js'
import type { MlflowRoute } from './protocol.js'
import { sampleSteps } from './sample-steps.js'
import { metricWire } from './wire.js'

/** MLflow's limits of bulk requests. */
const mostRuns = 100
const mostBulkResults = 25_000
const mostPerRun = 2500

type Logging = Store['logging']

export const routesOfManyRuns = (logging: Logging): MlflowRoute[] => [
  {
    method: 'GET',
    path: '/metrics/get-history-bulk',
    handle: async (input) => ({ metrics: await wholeCurves(logging, input) }),
  },
  {
    method: 'GET',
    path: '/metrics/get-history-bulk-interval',
    async handle(input) {
      const metrics = await thinCurves(logging, input)
      return { metrics: metrics.length === 0 ? undefined : metrics }
    },
  },
]

const wireOf = (runId: string, key: string, points: readonly HistoryPoint[]) =>
  points.map((point) => ({ ...metricWire(key, point), run_id: runId }))

async function wholeCurves(logging: Logging, input: Fields): Promise<unknown[]> {
  const runIds = runIdsOf(input, 'run_id', 'GetMetricHistoryBulk')
  const key = input.text('metric_key')
  if (!key) throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.')
  let left = Math.min(input.integer('max_results') ?? mostBulkResults, mostBulkResults)
  const metrics: unknown[] = []
  for (const runId of runIds.toSorted()) {
    if (left <= 0) break
    const points = (await orNone(logging.history(runId, key, { limit: left }))) ?? []
    left -= points.length
    const byTime = points.toSorted((a, b) => a.timestamp - b.timestamp || a.step - b.step)
    metrics.push(...wireOf(runId, key, byTime))
  }
  return metrics
}

async function thinCurves(logging: Logging, input: Fields): Promise<unknown[]> {
  const runIds = runIdsOf(input, 'run_ids', 'GetMetricHistoryBulkInterval')
  const key = input.requiredText('metric_key')
  const points = input.integer('max_results') ?? mostPerRun
  if (points < 1 || points > mostPerRun)
    throw invalidParameter(`max_results must be between 1 and ${mostPerRun}.`)
  const steps = stepsOf(input)
  const whole = await histories(logging, runIds, key)
  const sampled = whole && sampleSteps(whole, { points, steps })
  const metrics: unknown[] = []
  for (const [i, runId] of runIds.entries()) {
    const thin = { points: Math.max(points, 2), steps }
    const found = sampled?.[i] ?? (await orNone(logging.downsampledHistory(runId, key, thin))) ?? []
    metrics.push(...wireOf(runId, key, found))
  }
  return metrics
}

/** Undefined where they are too long to be read for a few points of them. */
async function histories(
  logging: Logging,
  runIds: readonly string[],
  key: string,
): Promise<HistoryPoint[][] | undefined> {
  let left = mostBulkResults
  for (const runId of runIds) {
    left -= (await orNone(logging.historyLength(runId, key, left + 1))) ?? 0
    if (left < 0) return undefined
  }
  return Promise.all(
    runIds.map(
      async (runId) => (await orNone(logging.history(runId, key, { limit: mostBulkResults }))) ?? [],
    ),
  )
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
