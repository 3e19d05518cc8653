// Where to cut probabilities, and how wide prediction intervals are: both from out-of-fold predictions.
import { bestThreshold, type Metric } from '../../metrics/index.js'
import type { Target } from '../../learn/contracts/index.js'
import type { IntervalHalfWidth } from '../bundle/index.js'

/** A threshold, and what it was chosen for. */
export interface Decision {
  readonly threshold: number
  /** The metric, or null when the threshold was left at one half. */
  readonly chosenFor: 'accuracy' | 'balanced-accuracy' | 'f1' | 'mcc' | null
}

const oneHalf: Decision = { threshold: 0.5, chosenFor: null }

/** A class with less than this part of an even share is one that a cut at one half would overlook: 20 % of two classes. */
const imbalancePart = 0.4

/** Whether the rarest class is far rarer than an even share. */
export function isImbalanced(target: Target): boolean {
  return target.type === 'classes' && rarestShare(target) < imbalancePart / target.classes.length
}

/** The share of the rarest class. */
export function rarestShare(target: Target): number {
  if (target.type === 'values') return 1
  const counts = new Float64Array(target.classes.length)
  for (const code of target.codes) counts[code]!++
  return Math.min(...counts) / target.codes.length
}

/**
 * For two classes: the threshold that is best for the deciding metric where that depends on one; else for F1 where
 * classes are imbalanced; else, and where the rows are of one class only, one half.
 *
 * @param scores - out-of-fold probabilities, rows × 2
 */
export function decideThreshold(target: Target, scores: Float64Array, metric: Metric): Decision {
  if (target.type === 'values' || target.classes.length !== 2) return oneHalf
  const chosenFor = thresholdMetric(metric, isImbalanced(target))
  // Rows of one class only, as the earliest ones in time may be: any threshold would do.
  if (chosenFor === null || rarestShare(target) === 0) return oneHalf
  const positive = Float64Array.from({ length: scores.length / 2 }, (_, row) => scores[2 * row + 1]!)
  const { threshold } = bestThreshold(target.codes, positive, { metric: chosenFor, positive: 1 })
  return { threshold: Math.min(1, Math.max(0, threshold)), chosenFor }
}

function thresholdMetric(metric: Metric, imbalanced: boolean): Decision['chosenFor'] {
  switch (metric.name) {
    case 'accuracy':
    case 'balanced-accuracy':
    case 'f1':
    case 'mcc':
      return metric.name
    case 'kappa':
      return 'mcc'
    default:
      return metric.needs === 'labels' || imbalanced ? 'f1' : null
  }
}

/** Levels that bundles carry. */
const levels = [0.5, 0.8, 0.9, 0.95, 0.99]

/**
 * Half-widths of prediction intervals ŷ ± q: the quantiles of absolute out-of-fold residuals, so that a share `level`
 * of new rows like these falls inside (split conformal prediction; the quantile is taken at ⌈(n + 1)·level⌉).
 *
 * @see Lei et al. 2018, doi:10.1080/01621459.2017.1307116
 */
export function intervalHalfWidths(target: Target, predictions: Float64Array): IntervalHalfWidth[] {
  if (target.type === 'classes') return []
  const residuals = predictions.map((value, row) => Math.abs(value - target.values[row]!)).sort()
  return levels.flatMap((level) => {
    const rank = Math.ceil((residuals.length + 1) * level)
    return rank > residuals.length ? [] : [{ level, halfWidth: residuals[rank - 1]! }]
  })
}
