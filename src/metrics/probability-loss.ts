// Losses of probabilities: logarithmic and quadratic. Both are means of row losses.
import { defineOptions, type GivenOptions } from '../base/index.js'
import { type Numbers, sampleWeightSpec, type WeightOptions } from './checks.js'
import { sum } from './confusion.js'
import type { Labels } from './labels.js'
import {
  type ClassProbabilities,
  probableClasses,
  probableRows,
  type ScoreOptions,
  scoreOptions,
} from './scored.js'

// The float64 machine epsilon, as scikit-learn clips: a certain and wrong answer costs 36 instead of Infinity.
const EPSILON = Number.EPSILON

/** −ln of the probability given to the true class, after clipping and renormalizing each row. */
export function logLossRows(codes: Int32Array, probabilities: Float64Array): Float64Array {
  const nClasses = probabilities.length / codes.length
  const losses = new Float64Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    let total = 0
    for (let k = 0; k < nClasses; k++) total += clip(probabilities[i * nClasses + k]!)
    losses[i] = -Math.log(clip(probabilities[i * nClasses + codes[i]!]!) / total)
  }
  return losses
}

const clip = (p: number): number => Math.min(Math.max(p, EPSILON), 1 - EPSILON)

/** Σₖ (pₖ − [y = k])² for several classes; of two classes the positive one alone, half of that sum. */
export function brierRows(codes: Int32Array, probabilities: Float64Array): Float64Array {
  const nClasses = probabilities.length / codes.length
  const losses = new Float64Array(codes.length)
  const first = nClasses === 2 ? 1 : 0
  for (let i = 0; i < codes.length; i++) {
    for (let k = first; k < nClasses; k++) {
      const gap = probabilities[i * nClasses + k]! - (codes[i] === k ? 1 : 0)
      losses[i]! += gap * gap
    }
  }
  return losses
}

/** Σ wᵢ vᵢ / Σ wᵢ. */
export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let total = 0
  for (let i = 0; i < values.length; i++) total += values[i]! * weights[i]!
  return total / sum(weights)
}

/** Probabilities of both classes from those of the positive one. */
function bothClasses(positive: Float64Array): Float64Array {
  const both = new Float64Array(positive.length * 2)
  for (let i = 0; i < positive.length; i++) {
    both[2 * i] = 1 - positive[i]!
    both[2 * i + 1] = positive[i]!
  }
  return both
}

/**
 * Log loss of a binary classifier: the mean of −ln of the probability given to the true class.
 *
 * Probabilities are clipped to [ε, 1 − ε], ε = 2.2e-16. ln 2 = 0.693 is the level of answering one half; a constant answer reaches
 * the entropy of the classes.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param probabilities - probabilities of the positive class, length n, in [0, 1]
 * @throws {@link DataError} if a probability is outside [0, 1], or which class is positive is not known
 * @example
 * ```ts
 * logLoss(['no', 'yes'], [0.5, 0.5]) // => 0.6931471805599453
 * ```
 */
export function logLoss(
  yTrue: Labels,
  probabilities: Numbers,
  options: GivenOptions<ScoreOptions> = {},
): number {
  const rows = probableRows('logLoss')(yTrue, probabilities, scoreOptions.parse('logLoss', options))
  const losses = logLossRows(Int32Array.from(rows.isPositive), bothClasses(rows.scores))
  return weightedMean(losses, rows.weights)
}

const weightOptions = defineOptions<WeightOptions>({ sampleWeight: sampleWeightSpec })

/**
 * Log loss of several classes: the mean of −ln of the probability given to the true class.
 *
 * Rows are clipped to [ε, 1 − ε], ε = 2.2e-16, and scaled to sum to 1.
 *
 * @param yTrue - the true classes, length n
 * @param predicted - probabilities of every class, n × k row by row, with the class of each column
 * @throws {@link DataError} if a probability is outside [0, 1], or a true class has no column
 * @example
 * ```ts
 * logLossMulticlass(['a', 'c'], { classes: ['a', 'b', 'c'], probabilities: [1, 0, 0, 0.25, 0.25, 0.5] }) // => 0.3465735902799729
 * ```
 */
export function logLossMulticlass(
  yTrue: Labels,
  predicted: ClassProbabilities,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { sampleWeight } = weightOptions.parse('logLossMulticlass', options)
  const rows = probableClasses('logLossMulticlass')(yTrue, predicted, sampleWeight)
  return weightedMean(logLossRows(rows.codes, rows.probabilities), rows.weights)
}

/**
 * Brier score of a binary classifier: the mean squared error of the probability of the positive class, in [0, 1].
 *
 * @param yTrue - the true classes, two of them, length n
 * @param probabilities - probabilities of the positive class, length n, in [0, 1]
 * @throws {@link DataError} if a probability is outside [0, 1], or which class is positive is not known
 * @see Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 * @example
 * ```ts
 * brier([0, 1], [0.5, 1]) // => 0.125
 * ```
 */
export function brier(
  yTrue: Labels,
  probabilities: Numbers,
  options: GivenOptions<ScoreOptions> = {},
): number {
  const rows = probableRows('brier')(yTrue, probabilities, scoreOptions.parse('brier', options))
  return weightedMean(brierRows(Int32Array.from(rows.isPositive), bothClasses(rows.scores)), rows.weights)
}

/**
 * Brier score of several classes: the mean over rows of Σₖ (pₖ − [y = k])², in [0, 2].
 *
 * This is Brier's own definition; over two classes it is twice {@link brier}, which looks at the positive class alone.
 *
 * @param yTrue - the true classes, length n
 * @param predicted - probabilities of every class, n × k row by row, with the class of each column
 * @throws {@link DataError} if a probability is outside [0, 1], or a true class has no column
 * @see Brier 1950, doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2
 * @example
 * ```ts
 * brierMulticlass(['a'], { classes: ['a', 'b', 'c'], probabilities: [0.5, 0.5, 0] }) // => 0.5
 * ```
 */
export function brierMulticlass(
  yTrue: Labels,
  predicted: ClassProbabilities,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { sampleWeight } = weightOptions.parse('brierMulticlass', options)
  const rows = probableClasses('brierMulticlass')(yTrue, predicted, sampleWeight)
  const scale = rows.nClasses === 2 ? 2 : 1
  return scale * weightedMean(brierRows(rows.codes, rows.probabilities), rows.weights)
}
