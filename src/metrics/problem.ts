// What a metric compares: truth and prediction in coded form, the same for every metric.

/** What is learned: one of two classes, one of several, or a number. */
export type Task = 'binary' | 'multiclass' | 'regression'

/** True classes of n rows as codes 0…nClasses−1. With two classes code 1 is the positive one. */
export interface ClassActual {
  readonly kind: 'classes'
  /** Length n. */
  readonly codes: Int32Array
  readonly nClasses: number
}

/** True numbers of n rows. */
export interface ValueActual {
  readonly kind: 'values'
  /** Length n. */
  readonly values: Float64Array
}

export type Actual = ClassActual | ValueActual

/** What a classifier answers for n rows. */
export interface ClassPredicted {
  readonly kind: 'classes'
  /** The chosen class of each row, length n. */
  readonly codes: Int32Array
  /** Probabilities, n × nClasses, row by row. Metrics that need them refuse a prediction without. */
  readonly probabilities?: Float64Array | undefined
}

/** What a regressor answers for n rows. */
export interface ValuePredicted {
  readonly kind: 'values'
  /** Length n. */
  readonly values: Float64Array
}

export type Predicted = ClassPredicted | ValuePredicted

/**
 * A metric with its data already laid out (sorted, differenced): give it row weights and it answers the score.
 * Resampling calls it a thousand times, so everything that does not depend on the weights is done before.
 */
export type PreparedScore = (weights: Float64Array) => number

/**
 * The most probable class of each row; the lower code wins a tie.
 *
 * @param probabilities - n × nClasses, row by row
 * @returns codes, length n
 */
export function mostProbable(probabilities: Float64Array, nClasses: number): Int32Array {
  const codes = new Int32Array(probabilities.length / nClasses)
  for (let i = 0; i < codes.length; i++) {
    let best = 0
    for (let k = 1; k < nClasses; k++) {
      if (probabilities[i * nClasses + k]! > probabilities[i * nClasses + best]!) best = k
    }
    codes[i] = best
  }
  return codes
}
