// From scores to what metrics compare.
import type { Actual, Predicted, Task } from '../../metrics/index.js'
import { decideCode, type Target } from '../../learn/contracts/index.js'

/** The task that a target poses. */
export function taskOf(target: Target): Task {
  if (target.type === 'values') return 'regression'
  return target.classes.length === 2 ? 'binary' : 'multiclass'
}

/** The truth, as metrics take it. */
export function actualOf(target: Target): Actual {
  return target.type === 'values'
    ? { kind: 'values', values: target.values }
    : { kind: 'classes', codes: target.codes, nClasses: target.classes.length }
}

/**
 * A model's scores, as metrics take them.
 *
 * @param scores - rows × k probabilities, or one value per row
 * @param k - the number of classes; 0 for values
 * @param threshold - for two classes, the probability of the second from which it is decided
 */
export function predictedOf(scores: Float64Array, k: number, threshold = 0.5): Predicted {
  if (k === 0) return { kind: 'values', values: scores }
  const codes = Int32Array.from({ length: scores.length / k }, (_, row) =>
    decideCode({ scores, row, k, threshold }),
  )
  return { kind: 'classes', codes, probabilities: scores }
}

/** The number of classes of a target; 0 for values. */
export const classCount = (target: Target): number => (target.type === 'classes' ? target.classes.length : 0)
