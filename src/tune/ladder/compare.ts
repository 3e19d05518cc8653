// Two rungs on the same rows: is one better, or is it chance.
import {
  affordableResamples,
  classCount,
  evenRows,
  predictedOf,
  actualOf,
  takeScores,
} from '../../evaluate/validation/index.js'
import { takeTarget, type Target } from '../../learn/contracts/index.js'
import { type Metric, pairedBootstrap, type PairedComparison } from '../../metrics/index.js'

/** What both rungs were scored on. */
export interface CommonGround {
  readonly target: Target
  readonly metric: Metric
  readonly signal?: AbortSignal | undefined
}

/** Enough to place the ends of a 95 % interval within a twentieth of its width; a ladder makes a dozen comparisons. */
const resamples = 400
/** Rows that are drawn again; of longer tables, evenly spaced ones. */
const mostRows = 50_000

/**
 * Paired bootstrap of the difference between two rungs' scores (the first minus the second), at 95 %.
 *
 * Of more than 50,000 rows a sample of m is resampled, and the interval narrowed by √(m/n) around the difference on all
 * rows, as the error of a score falls with the root of the rows.
 *
 * @see Bickel, Götze & van Zwet 1997, Resampling fewer than n observations
 */
export async function compareScores(
  first: Float64Array,
  second: Float64Array,
  { target, metric, signal }: CommonGround,
): Promise<PairedComparison> {
  const k = classCount(target)
  const n = first.length / Math.max(1, k)
  const rows = evenRows(n, mostRows)
  const part = takeTarget(target, rows)
  const prepared = (scores: Float64Array) =>
    metric.prepare(actualOf(part), predictedOf(takeScores(scores, rows, Math.max(1, k)), k))
  const sampled = await pairedBootstrap(prepared(first), prepared(second), {
    n: rows.length,
    seed: 0,
    resamples: affordableResamples([metric, metric], { rows: rows.length, classes: k }, resamples),
    ...(signal === undefined ? {} : { signal }),
  })
  if (rows.length === n) return sampled
  const score = (scores: Float64Array): number => metric.score(actualOf(target), predictedOf(scores, k))
  const difference = score(first) - score(second)
  const narrow = Math.sqrt(rows.length / n)
  const low = difference + (sampled.low - sampled.difference) * narrow
  const high = difference + (sampled.high - sampled.difference) * narrow
  return { ...sampled, difference, low, high, withinNoise: low <= 0 && high >= 0 }
}
