// Precision against recall, and the area under it.
import { DataError, type GivenOptions } from '../base/index.js'
import { defined, type Numbers } from './checks.js'
import type { Labels } from './labels.js'
import { averagePrecisionOf, rankRows, sweepThresholds } from './ranking.js'
import { scoredRows, type ScoreOptions, scoreOptions } from './scored.js'

const NO_POSITIVES = 'no row is positive, so recall is undefined. Measure on rows of both classes.'

/**
 * Average precision (PR-AUC): the mean of the precisions at each threshold, weighted by the step in recall.
 *
 * Σ (Rⱼ − Rⱼ₋₁) Pⱼ over falling thresholds, without interpolation. The level of chance is the share of positives.
 * Cost: O(n), one radix sort.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param scores - scores or probabilities of the positive class, length n
 * @throws {@link DataError} if no row is positive, or a score is not finite
 * @see Davis & Goadrich 2006, doi:10.1145/1143844.1143874 (why the points are not joined by lines)
 * @example
 * ```ts
 * averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // => 0.8333333333333333
 * ```
 */
export function averagePrecision(
  yTrue: Labels,
  scores: Numbers,
  options: GivenOptions<ScoreOptions> = {},
): number {
  const who = 'averagePrecision'
  const rows = scoredRows(who)(yTrue, scores, scoreOptions.parse(who, options))
  return defined(who, averagePrecisionOf(rankRows(rows.scores, rows.isPositive), rows.weights), NO_POSITIVES)
}

/** Points of the precision-recall curve; thresholds rise, so recall falls. */
export interface PrecisionRecallCurve {
  /** One longer than the thresholds: the last is 1, where nothing is predicted positive. */
  readonly precision: Float64Array
  /** One longer than the thresholds: the last is 0. */
  readonly recall: Float64Array
  /** Distinct scores, rising. */
  readonly thresholds: Float64Array
}

/**
 * Precision-recall curve: both at every distinct score taken as threshold, ending at precision 1 and recall 0.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param scores - scores or probabilities of the positive class, length n
 * @throws {@link DataError} if no row is positive, or a score is not finite
 * @example
 * ```ts
 * const curve = precisionRecallCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
 * Array.from(curve.recall) // => [1, 1, 0.5, 0.5, 0]
 * ```
 */
export function precisionRecallCurve(
  yTrue: Labels,
  scores: Numbers,
  options: GivenOptions<ScoreOptions> = {},
): PrecisionRecallCurve {
  const who = 'precisionRecallCurve'
  const rows = scoredRows(who)(yTrue, scores, scoreOptions.parse(who, options))
  const sweep = sweepThresholds(rankRows(rows.scores, rows.isPositive), rows.scores, rows.weights)
  const n = sweep.thresholds.length
  const positives = sweep.truePositives[n - 1]!
  if (positives === 0) throw new DataError(`${who}: ${NO_POSITIVES}`)
  const precision = new Float64Array(n + 1).fill(1)
  const recall = new Float64Array(n + 1)
  for (let i = 0; i < n; i++) {
    const hits = sweep.truePositives[n - 1 - i]!
    precision[i] = hits / (hits + sweep.falsePositives[n - 1 - i]!)
    recall[i] = hits / positives
  }
  return { precision, recall, thresholds: sweep.thresholds.slice().reverse() }
}
