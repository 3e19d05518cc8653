// What a ranking is worth: how many of the positives are found in the first rows.
import { DataError, type GivenOptions } from '../base/index.js'
import type { Numbers } from './checks.js'
import type { Labels } from './labels.js'
import { rankRows, sweepThresholds } from './ranking.js'
import { scoredRows, type ScoreOptions, scoreOptions } from './scored.js'

/** Points of the cumulative gain curve, from (0, 0) to (1, 1). */
export interface GainCurve {
  /** Share of all rows taken, those with the highest scores first; rising. */
  readonly share: Float64Array
  /** Share of the positive rows among those taken. */
  readonly gain: Float64Array
}

/** Points of the lift curve. */
export interface LiftCurve {
  /** Share of all rows taken, those with the highest scores first; rising, ends at 1. */
  readonly share: Float64Array
  /** How many times more positives than in a random choice of that size; ends at 1. */
  readonly lift: Float64Array
}

function gainCurve(
  who: string,
  { yTrue, scores }: { yTrue: Labels; scores: Numbers },
  options: ScoreOptions,
) {
  const rows = scoredRows(who)(yTrue, scores, options)
  const sweep = sweepThresholds(rankRows(rows.scores, rows.isPositive), rows.scores, rows.weights)
  const { truePositives, falsePositives } = sweep
  const last = truePositives.length - 1
  const positives = truePositives[last]!
  if (positives === 0) {
    throw new DataError(
      `${who}: no row is positive, so there is nothing to gain. Measure on rows of both classes.`,
    )
  }
  const all = positives + falsePositives[last]!
  return {
    share: truePositives.map((hits, i) => (hits + falsePositives[i]!) / all),
    gain: truePositives.map((hits) => hits / positives),
  }
}

function withZero(values: Float64Array): Float64Array {
  const longer = new Float64Array(values.length + 1)
  longer.set(values, 1)
  return longer
}

/**
 * Cumulative gain: taking the rows with the highest scores first, the share of positives found.
 *
 * One point per distinct score, tied rows being taken together. A random order lies on the diagonal.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param scores - scores or probabilities of the positive class, length n
 * @throws {@link DataError} if no row is positive, or a score is not finite
 * @example
 * ```ts
 * const curve = cumulativeGain([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])
 * Array.from(curve.gain) // => [0, 0.5, 0.5, 1, 1]
 * ```
 */
export function cumulativeGain(
  yTrue: Labels,
  scores: Numbers,
  options: GivenOptions<ScoreOptions> = {},
): GainCurve {
  const parsed = scoreOptions.parse('cumulativeGain', options)
  const { share, gain } = gainCurve('cumulativeGain', { yTrue, scores }, parsed)
  return { share: withZero(share), gain: withZero(gain) }
}

/**
 * Lift: taking the rows with the highest scores first, how many times more positives than by chance.
 *
 * gain / share at every distinct score.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param scores - scores or probabilities of the positive class, length n
 * @throws {@link DataError} if no row is positive, or a score is not finite
 * @example
 * ```ts
 * Array.from(lift([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]).lift) // => [2, 1, 1.3333333333333333, 1]
 * ```
 */
export function lift(yTrue: Labels, scores: Numbers, options: GivenOptions<ScoreOptions> = {}): LiftCurve {
  const { share, gain } = gainCurve('lift', { yTrue, scores }, scoreOptions.parse('lift', options))
  return { share, lift: gain.map((value, i) => value / share[i]!) }
}
