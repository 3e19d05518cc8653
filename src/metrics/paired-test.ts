// Is one model better than another, or is it chance: both judged on the same folds or the same rows.
import { DataError, defineOptions, nullable, real, type GivenOptions } from '../base/index.js'
import { checkLength, type Numbers, rowWeights } from './checks.js'
import type { PreparedScore } from './problem.js'
import { sortedQuantile } from './quantile.js'
import { type BootstrapOptions, bootstrapOptions, resampledScores } from './resample.js'
import { studentTCritical, studentTTwoSided } from './student-t.js'

/** Two models on the same rows or folds. */
export interface PairedComparison {
  /** Score of the first minus score of the second. */
  readonly difference: number
  readonly low: number
  readonly high: number
  /** Two-sided: how often a difference this large arises when there is none. */
  readonly pValue: number
  /** True when the interval holds 0: these data do not tell the two apart. */
  readonly withinNoise: boolean
}

/** Options of {@link compareFolds}. */
export interface CompareFoldsOptions {
  /**
   * Rows tested over rows trained on, in each fold: 1 / (k − 1) for k folds, also when they are repeated.
   * @default 1 / (number of scores − 1), which is k-fold cross-validation done once
   */
  readonly testToTrain: number | null
  /** Confidence of the interval. @default 0.95 */
  readonly level: number
}

const foldOptions = defineOptions<CompareFoldsOptions>({
  testToTrain: nullable(real({ min: 0, exclusive: true, default: 1 })),
  level: real({ min: 0, max: 1, exclusive: true, default: 0.95 }),
})

/**
 * Compares two models by their scores on the same folds: the corrected resampled t-test.
 *
 * Folds share training rows, so their scores are not independent and the plain paired t-test finds differences that are
 * not there. The variance of the mean difference is therefore taken as s² (1/J + test/train) over J scores, with J − 1
 * degrees of freedom. Folds in which a score is NaN are left out.
 *
 * @param first - scores of one model, a fold each
 * @param second - scores of the other on the same folds
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if fewer than two folds have both scores
 * @see Nadeau & Bengio 2003, doi:10.1023/A:1024068626366; repeated folds: Bouckaert & Frank 2004, doi:10.1007/978-3-540-24775-3_3
 * @example
 * ```ts
 * compareFolds([0.81, 0.83, 0.8, 0.84, 0.82], [0.8, 0.83, 0.81, 0.82, 0.82]).withinNoise // => true
 * ```
 */
export function compareFolds(
  first: Numbers,
  second: Numbers,
  options: GivenOptions<CompareFoldsOptions> = {},
): PairedComparison {
  const { testToTrain, level } = foldOptions.parse('compareFolds', options)
  checkLength('compareFolds', 'the second scores', second.length, first.length)
  const differences = Float64Array.from(first, (score, fold) => score - second[fold]!).filter(
    (value) => !Number.isNaN(value),
  )
  const folds = differences.length
  if (folds < 2) {
    throw new DataError(
      `compareFolds: ${folds} folds have both scores — expected at least 2. Use more folds, or a metric that is defined on them.`,
      { count: folds },
    )
  }
  const difference = differences.reduce((total, value) => total + value, 0) / folds
  const squares = differences.reduce((total, value) => total + (value - difference) ** 2, 0)
  const ratio = testToTrain ?? 1 / (folds - 1)
  const error = Math.sqrt((squares / (folds - 1)) * (1 / folds + ratio))
  // Equal on every fold: no difference and no doubt. The same gap on every fold: t is infinite.
  const pValue = difference === 0 ? 1 : studentTTwoSided(difference / error, folds - 1)
  const margin = error * studentTCritical(1 - level, folds - 1)
  return comparison(difference, [difference - margin, difference + margin], pValue)
}

function comparison(
  difference: number,
  [low, high]: readonly [number, number],
  pValue: number,
): PairedComparison {
  return { difference, low, high, pValue, withinNoise: low <= 0 && high >= 0 }
}

/**
 * Compares two models on the same rows: both are scored on the same draws with replacement.
 *
 * The interval holds the middle `level` of the resampled differences; the p-value is twice the smaller share of them on
 * one side of 0, counting one more so that it is never 0. Draws on which a score is undefined are left out.
 * Cost: O(resamples · n), a capped number of resamples (see {@link BootstrapOptions}).
 *
 * @param first - prepared score of one model
 * @param second - prepared score of the other, on the same n rows
 * @param options - with `n`, how many rows
 * @throws {@link DataError} if a score is undefined on the rows themselves
 * @see Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapters 13 and 15
 */
export async function pairedBootstrap(
  first: PreparedScore,
  second: PreparedScore,
  options: GivenOptions<BootstrapOptions> & { readonly n: number },
): Promise<PairedComparison> {
  const { n, ...given } = options
  const parsed = bootstrapOptions.parse('pairedBootstrap', given)
  const weights = rowWeights('pairedBootstrap', n, parsed.sampleWeight)
  const difference = first(weights) - second(weights)
  if (Number.isNaN(difference)) {
    throw new DataError(
      'pairedBootstrap: a score is undefined on these rows — expected rows of every class. Choose another metric.',
    )
  }
  const [ofFirst, ofSecond] = await resampledScores([first, second], n, parsed)
  const rising = ofFirst!
    .map((score, draw) => score - ofSecond![draw]!)
    .filter((value) => !Number.isNaN(value))
    .sort()
  const tail = (1 - parsed.level) / 2
  const atMost = rising.reduce((count, value) => count + (value <= 0 ? 1 : 0), 1)
  const atLeast = rising.reduce((count, value) => count + (value >= 0 ? 1 : 0), 1)
  const pValue = Math.min(1, (2 * Math.min(atMost, atLeast)) / (rising.length + 1))
  return comparison(difference, [sortedQuantile(rising, tail), sortedQuantile(rising, 1 - tail)], pValue)
}
