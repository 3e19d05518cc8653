// How sure is a score: the same score on rows drawn again.
import { DataError, type GivenOptions } from '../base/index.js'
import { rowWeights } from './checks.js'
import type { PreparedScore } from './problem.js'
import { sortedQuantile } from './quantile.js'
import { type BootstrapOptions, bootstrapOptions, resampledScores } from './resample.js'

/** A score with the range in which it would fall on other rows of the same kind. */
export interface BootstrapInterval {
  /** The score on the rows as they are. */
  readonly score: number
  readonly low: number
  readonly high: number
  /** Standard deviation of the resampled scores. */
  readonly standardError: number
  /** How many resamples gave a defined score. */
  readonly resamples: number
}

/**
 * Bootstrap intervals of several scores on the same draws: percentile intervals, stratified on request.
 *
 * A draw changes row weights only, so a metric that sorts does so once: see {@link Metric.prepare}.
 * Draws on which a score is undefined are left out. Cost: O(resamples · n), a capped number of resamples.
 *
 * @param scores - prepared scores of the same n rows
 * @param n - how many rows
 * @returns one interval for each score, in their order
 * @throws {@link DataError} if a score is undefined on the rows themselves
 * @see Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13
 * @example
 * ```ts
 * const actual = { kind: 'values', values: Float64Array.of(1, 2, 3, 4) } as const
 * const predicted = { kind: 'values', values: Float64Array.of(1, 2, 3, 5) } as const
 * const mae = findMetric('mae', 'regression').prepare(actual, predicted)
 * const [interval] = await bootstrapIntervals([mae], 4, { seed: 1 })
 * interval.score // => 0.25
 * interval.low // => 0
 * ```
 */
export async function bootstrapIntervals(
  scores: readonly PreparedScore[],
  n: number,
  options: GivenOptions<BootstrapOptions> = {},
): Promise<readonly BootstrapInterval[]> {
  const parsed = bootstrapOptions.parse('bootstrapIntervals', options)
  const weights = rowWeights('bootstrapIntervals', n, parsed.sampleWeight)
  const centers = scores.map((score) => score(weights))
  if (centers.some(Number.isNaN)) {
    throw new DataError(
      'bootstrapIntervals: a score is undefined on these rows — expected rows of every class. Leave that metric out.',
    )
  }
  const resampled = await resampledScores(scores, n, parsed)
  return resampled.map((values, metric) => {
    const rising = definedAndSorted(values)
    const tail = (1 - parsed.level) / 2
    return {
      score: centers[metric]!,
      low: sortedQuantile(rising, tail),
      high: sortedQuantile(rising, 1 - tail),
      standardError: standardDeviation(rising),
      resamples: rising.length,
    }
  })
}

/**
 * Bootstrap interval of one score; see {@link bootstrapIntervals}.
 *
 * @param score - a prepared score of n rows
 * @param n - how many rows
 * @throws {@link DataError} if the score is undefined on the rows themselves
 */
export async function bootstrapInterval(
  score: PreparedScore,
  n: number,
  options: GivenOptions<BootstrapOptions> = {},
): Promise<BootstrapInterval> {
  const [interval] = await bootstrapIntervals([score], n, options)
  return interval!
}

const definedAndSorted = (values: Float64Array): Float64Array =>
  values.filter((value) => !Number.isNaN(value)).sort()

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}
