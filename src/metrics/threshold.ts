// Where to cut: what each threshold on the probability costs and brings, and the best one for a metric.
import { custom, DataError, defineOptions, oneOf, type OptionSpec, type GivenOptions } from '../base/index.js'
import type { Numbers } from './checks.js'
import {
  accuracyOf,
  averageRatio,
  balancedAccuracyOf,
  type Margins,
  marginsOf,
  matthewsOf,
} from './confusion.js'
import type { Labels } from './labels.js'
import { rankRows, type Sweep, sweepThresholds } from './ranking.js'
import { probableRows, type ScoreOptions, scoreSpecs } from './scored.js'

/** What happens when rows with at least this probability are called positive. */
export interface ThresholdRow {
  readonly threshold: number
  /** 0 where nothing is predicted positive. */
  readonly precision: number
  readonly recall: number
  readonly f1: number
  readonly accuracy: number
  /** Share of rows predicted positive. */
  readonly predictedPositive: number
}

/** Options of {@link thresholdTable}. */
export interface ThresholdTableOptions extends ScoreOptions {
  /** The thresholds, in [0, 1]. @default 0.05, 0.1 … 0.95 */
  readonly thresholds: Numbers
}

// Steps of five percent: nineteen lines, which still fit on one page of a report.
const FIVE_PERCENT_STEPS = Float64Array.from({ length: 19 }, (_, i) => (i + 1) / 20)

const thresholdsSpec: OptionSpec<Numbers> = custom<Numbers>({
  default: FIVE_PERCENT_STEPS,
  expected: 'numbers between 0 and 1',
  accepts: (value) =>
    (Array.isArray(value) || ArrayBuffer.isView(value)) &&
    Array.from(value as unknown as ArrayLike<number>).every((t) => t >= 0 && t <= 1),
})
const tableOptions = defineOptions<ThresholdTableOptions>({ ...scoreSpecs, thresholds: thresholdsSpec })

/** Counts of the four cells when everything up to this point of the sweep is called positive; −1: nothing is. */
function marginsAt({ truePositives, falsePositives }: Sweep, at: number): Margins {
  const last = truePositives.length - 1
  const hits = at < 0 ? 0 : truePositives[at]!
  const alarms = at < 0 ? 0 : falsePositives[at]!
  const misses = truePositives[last]! - hits
  const rejects = falsePositives[last]! - alarms
  return marginsOf(Float64Array.of(rejects, alarms, misses, hits), 2)
}

const ratioOf = (margins: Margins, beta: number): number =>
  averageRatio(margins, 1, { beta, zeroDivision: 0 })

/**
 * Threshold table: precision, recall, F1, accuracy and the share predicted positive at each threshold.
 *
 * A row is predicted positive when its probability is at least the threshold. Cost: O(n) for the sort and at most a walk over the distinct probabilities for each threshold.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param probabilities - probabilities of the positive class, length n, in [0, 1]
 * @throws {@link DataError} if a probability is outside [0, 1], or which class is positive is not known
 * @example
 * ```ts
 * const [row] = thresholdTable([0, 1, 1, 0], [0.2, 0.6, 0.4, 0.7], { thresholds: [0.5] })
 * row // => { threshold: 0.5, precision: 0.5, recall: 0.5, f1: 0.5, accuracy: 0.5, predictedPositive: 0.5 }
 * ```
 */
export function thresholdTable(
  yTrue: Labels,
  probabilities: Numbers,
  options: GivenOptions<ThresholdTableOptions> = {},
): readonly ThresholdRow[] {
  const parsed = tableOptions.parse('thresholdTable', options)
  const rows = probableRows('thresholdTable')(yTrue, probabilities, parsed)
  const sweep = sweepThresholds(rankRows(rows.scores, rows.isPositive), rows.scores, rows.weights)
  return Array.from(parsed.thresholds, (threshold) => {
    const margins = marginsAt(
      sweep,
      sweep.thresholds.findLastIndex((score) => score >= threshold),
    )
    return {
      threshold,
      precision: ratioOf(margins, 0),
      recall: ratioOf(margins, Infinity),
      f1: ratioOf(margins, 1),
      accuracy: accuracyOf(margins),
      predictedPositive: margins.predicted[1]! / (margins.predicted[0]! + margins.predicted[1]!),
    }
  })
}

const CRITERIA = {
  accuracy: accuracyOf,
  'balanced-accuracy': balancedAccuracyOf,
  f1: (margins: Margins) => ratioOf(margins, 1),
  'f1-macro': (margins: Margins) => averageRatio(margins, 'macro', { beta: 1, zeroDivision: 0 }),
  'f1-weighted': (margins: Margins) => averageRatio(margins, 'weighted', { beta: 1, zeroDivision: 0 }),
  mcc: matthewsOf,
} as const

/** The metrics for which a threshold can be chosen: those that are not best at an extreme. */
export type ThresholdMetric = keyof typeof CRITERIA

/** Options of {@link bestThreshold}. */
export interface BestThresholdOptions extends ScoreOptions {
  /** What to make as large as possible. @default 'f1' */
  readonly metric: ThresholdMetric
}

const bestOptions = defineOptions<BestThresholdOptions>({
  ...scoreSpecs,
  metric: oneOf(Object.keys(CRITERIA) as ThresholdMetric[], { default: 'f1' }),
})

/** A threshold and the score that it reaches on the rows it was chosen on. */
export interface BestThreshold {
  readonly threshold: number
  readonly score: number
}

/**
 * The threshold that makes a metric largest. Choose it on validation rows: on the rows that trained the model it flatters.
 *
 * Every distinct probability is tried; the threshold lies halfway to the next lower one, and among equally good ones
 * the nearest to one half is taken. Cost: O(n), one radix sort.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param probabilities - probabilities of the positive class, length n, in [0, 1]
 * @throws {@link DataError} if all rows are of one class, or a probability is outside [0, 1]
 * @example
 * ```ts
 * bestThreshold([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.9]) // => { threshold: 0.25, score: 1 }
 * ```
 */
export function bestThreshold(
  yTrue: Labels,
  probabilities: Numbers,
  options: GivenOptions<BestThresholdOptions> = {},
): BestThreshold {
  const { metric, ...rest } = bestOptions.parse('bestThreshold', options)
  const rows = probableRows('bestThreshold')(yTrue, probabilities, rest)
  const sweep = sweepThresholds(rankRows(rows.scores, rows.isPositive), rows.scores, rows.weights)
  const last = sweep.thresholds.length - 1
  if (sweep.truePositives[last] === 0 || sweep.falsePositives[last] === 0) {
    throw new DataError(
      'bestThreshold: all rows are of one class, so every threshold would do. Choose it on rows of both classes.',
    )
  }
  let best: BestThreshold = { threshold: 0.5, score: -Infinity }
  for (let at = -1; at <= last; at++) {
    const score = CRITERIA[metric](marginsAt(sweep, at))
    if (score < best.score) continue
    const threshold = cutBelow(sweep.thresholds, at)
    const nearer = Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5)
    if (score > best.score || nearer) best = { threshold, score }
  }
  return best
}

/** Halfway between the score at `at` and the next lower one, so that rounding elsewhere does not move a row across. */
function cutBelow(falling: Float64Array, at: number): number {
  const above = at < 0 ? 1 : falling[at]!
  const below = at === falling.length - 1 ? 0 : falling[at + 1]!
  // Nothing positive: just above the highest score, also when that is 1.
  if (at < 0 && below === 1) return 1 + Number.EPSILON
  const middle = below + (above - below) / 2
  return middle > below || at === falling.length - 1 ? middle : above
}
