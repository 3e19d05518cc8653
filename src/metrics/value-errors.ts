// Core of the regression metrics: row losses, and the scores that are no mean of them.
import { sum } from './confusion.js'
import { weightedMean } from './probability-loss.js'
import type { PreparedScore } from './problem.js'

const rowLosses = (loss: (actual: number, predicted: number) => number) => {
  return (actual: Float64Array, predicted: Float64Array): Float64Array =>
    actual.map((value, i) => loss(value, predicted[i]!))
}

export const squaredErrors = rowLosses((actual, predicted) => (actual - predicted) ** 2)
export const absoluteErrors = rowLosses((actual, predicted) => Math.abs(actual - predicted))
// A true value of 0 divides by the machine epsilon, as in scikit-learn: huge, but it can be averaged.
export const percentageErrors = rowLosses(
  (actual, predicted) => Math.abs(actual - predicted) / Math.max(Math.abs(actual), Number.EPSILON),
)

/** Values in their order, so that a median under other weights is one walk. */
export interface SortedValues {
  readonly values: Float64Array
  readonly order: Uint32Array
}

/**
 * The value where half of the weight lies below: with equal weights the usual median, so that weight 2 is two rows.
 * Half of the weight exactly reached: the mean of the two neighbors.
 */
export function weightedMedian({ values, order }: SortedValues, weights: Float64Array): number {
  const half = sum(weights) / 2
  let reached = 0
  let lower: number | undefined
  for (let rank = 0; rank < order.length; rank++) {
    const row = order[rank]!
    if (weights[row] === 0) continue
    if (lower !== undefined) return (lower + values[row]!) / 2
    reached += weights[row]!
    if (reached > half) return values[row]!
    if (reached === half) lower = values[row]!
  }
  return lower ?? Number.NaN
}

/**
 * R² prepared: 1 − unexplained / total variation around the weighted mean.
 *
 * A constant target gives 1 when met exactly and else 0 (scikit-learn's `force_finite`); NaN below two rows that count.
 */
export function prepareR2(actual: Float64Array, predicted: Float64Array): PreparedScore {
  const errors = squaredErrors(actual, predicted)
  return (weights) =>
    countingRows(weights) < 2
      ? Number.NaN
      : shareExplained(weightedMean(errors, weights), variance(actual, weights))
}

/** Explained variance prepared: as R², but a constant offset of the predictions is forgiven. */
export function prepareExplainedVariance(actual: Float64Array, predicted: Float64Array): PreparedScore {
  const residuals = actual.map((value, i) => value - predicted[i]!)
  return (weights) =>
    countingRows(weights) < 2
      ? Number.NaN
      : shareExplained(variance(residuals, weights), variance(actual, weights))
}

function shareExplained(unexplained: number, total: number): number {
  if (unexplained === 0) return 1
  return total === 0 ? 0 : 1 - unexplained / total
}

/** Two passes: one pass cancels when the mean is far from 0. */
function variance(values: Float64Array, weights: Float64Array): number {
  // A constant column must give exactly 0, whatever the rounding of its mean.
  if (isConstant(values, weights)) return 0
  const mean = weightedMean(values, weights)
  let total = 0
  for (let i = 0; i < values.length; i++) total += weights[i]! * (values[i]! - mean) ** 2
  return total / sum(weights)
}

function isConstant(values: Float64Array, weights: Float64Array): boolean {
  const first = values[weights.findIndex((weight) => weight > 0)]
  for (let i = 0; i < values.length; i++) {
    if (weights[i] !== 0 && values[i] !== first) return false
  }
  return true
}

function countingRows(weights: Float64Array): number {
  let count = 0
  for (let i = 0; i < weights.length; i++) if (weights[i]! > 0) count++
  return count
}
