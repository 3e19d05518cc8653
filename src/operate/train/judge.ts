// The verdict on rows that nothing was learned from or chosen by. Called once in a job.
import type { WorkOptions } from '../../base/index.js'
import {
  actualOf,
  affordableResamples,
  classCount,
  type LearningData,
  predictedOf,
  taskOf,
} from '../../evaluate/validation/index.js'
import type { CoreModel } from '../../learn/contracts/index.js'
import {
  bootstrapIntervals,
  type Metric,
  metricsFor,
  pairedBootstrap,
  type PairedComparison,
  type PreparedScore,
} from '../../metrics/index.js'

/** One metric on the test part. */
export interface JudgedMetric {
  readonly metric: Metric
  readonly score: number
  readonly low: number
  readonly high: number
  readonly baseline: number
}

/** The winner and the baseline on the test part. */
export interface Judgement {
  /** By the deciding metric; NaN where it has no meaning on these rows. */
  readonly deciding: JudgedMetric
  /** Those that have a meaning on these rows, the deciding one first. */
  readonly metrics: readonly JudgedMetric[]
  /** Winner against baseline by the deciding metric; undefined where it has no meaning on these rows. */
  readonly gain?: PairedComparison | undefined
  /** Row-major scores of the winner. */
  readonly scores: Float64Array
}

export interface JudgeOptions extends WorkOptions {
  readonly metric: Metric
  readonly threshold: number
}

/** The ends of a 95 % interval then rest on 25 resamples each. */
export const usualResamples = 1000

/** Scores the model and the baseline on the test part, with 95 % bootstrap intervals. */
export async function judge(
  models: { readonly winner: CoreModel; readonly baseline: CoreModel },
  test: LearningData,
  options: JudgeOptions,
): Promise<Judgement> {
  const k = classCount(test.target)
  const actual = actualOf(test.target)
  const n = test.x.rowCount
  const scores = await models.winner.score(test.x)
  const winner = predictedOf(scores, k, options.threshold)
  const baseline = predictedOf(await models.baseline.score(test.x), k)
  const others = metricsFor(taskOf(test.target)).filter((metric) => metric.name !== options.metric.name)
  const metrics = [options.metric, ...others]
    .map((metric) => ({
      metric,
      prepared: metric.prepare(actual, winner),
      baseline: metric.score(actual, baseline),
    }))
    .filter(({ metric }) => Number.isFinite(metric.score(actual, winner)))
  const work = { seed: 0, ...(options.signal === undefined ? {} : { signal: options.signal }) }
  const strata = actual.kind === 'classes' ? { strata: actual.codes } : {}
  const size = { rows: n, classes: k }
  const intervals = await bootstrapIntervals(
    metrics.map(({ prepared }) => prepared),
    n,
    {
      ...work,
      ...strata,
      resamples: affordableResamples(
        metrics.map(({ metric }) => metric),
        size,
        usualResamples,
      ),
    },
  )
  const judged = metrics.map(({ metric, baseline: base }, i) => ({
    metric,
    ...intervals[i]!,
    baseline: base,
  }))
  return {
    scores,
    deciding:
      judged.find(({ metric }) => metric.name === options.metric.name) ?? withoutMeaning(options.metric),
    metrics: judged,
    gain: await gainOf(
      { first: options.metric.prepare(actual, winner), second: options.metric.prepare(actual, baseline) },
      n,
      {
        ...work,
        ...strata,
        resamples: affordableResamples([options.metric, options.metric], size, usualResamples),
      },
    ),
  }
}

const withoutMeaning = (metric: Metric): JudgedMetric => ({
  metric,
  score: Number.NaN,
  low: Number.NaN,
  high: Number.NaN,
  baseline: Number.NaN,
})

async function gainOf(
  pair: { readonly first: PreparedScore; readonly second: PreparedScore },
  n: number,
  options: Parameters<typeof pairedBootstrap>[2] extends infer Options ? Omit<Options, 'n'> : never,
): Promise<PairedComparison | undefined> {
  const ones = new Float64Array(n).fill(1)
  if (!Number.isFinite(pair.first(ones) - pair.second(ones))) return undefined
  return pairedBootstrap(pair.first, pair.second, { ...options, n })
}
