// Scores of predicted numbers.
import { defineOptions, type GivenOptions } from '../base/index.js'
import {
  checkLength,
  checkRows,
  defined,
  finiteNumbers,
  type Numbers,
  rowWeights,
  sampleWeightSpec,
  type WeightOptions,
} from './checks.js'
import { descendingOrder } from './order.js'
import { weightedMean } from './probability-loss.js'
import {
  absoluteErrors,
  percentageErrors,
  prepareExplainedVariance,
  prepareR2,
  squaredErrors,
  weightedMedian,
} from './value-errors.js'

const weightOptions = defineOptions<WeightOptions>({ sampleWeight: sampleWeightSpec })

/** Checked rows of a regression. */
export interface ValueRows {
  readonly actual: Float64Array
  readonly predicted: Float64Array
  readonly weights: Float64Array
}

export function valueRows(who: string) {
  return (yTrue: Numbers, yPred: Numbers, options: GivenOptions<WeightOptions>): ValueRows => {
    const { sampleWeight } = weightOptions.parse(who, options)
    checkLength(who, 'yPred', yPred.length, yTrue.length)
    checkRows(who, yTrue.length)
    return {
      actual: finiteNumbers(who, 'yTrue', yTrue),
      predicted: finiteNumbers(who, 'yPred', yPred),
      weights: rowWeights(who, yTrue.length, sampleWeight),
    }
  }
}

/**
 * Mean squared error: Σ wᵢ (yᵢ − ŷᵢ)² / Σ wᵢ, in the target's unit squared.
 *
 * @param yTrue - the true numbers, length n
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite
 * @example
 * ```ts
 * meanSquaredError([3, 5], [2, 7]) // => 2.5
 * ```
 */
export function meanSquaredError(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { actual, predicted, weights } = valueRows('meanSquaredError')(yTrue, yPred, options)
  return weightedMean(squaredErrors(actual, predicted), weights)
}

/**
 * Root mean squared error: the square root of the mean squared error, in the target's unit.
 *
 * @param yTrue - the true numbers, length n
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite
 * @example
 * ```ts
 * rootMeanSquaredError([3, 5], [0, 9]) // => 3.5355339059327378
 * ```
 */
export function rootMeanSquaredError(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { actual, predicted, weights } = valueRows('rootMeanSquaredError')(yTrue, yPred, options)
  return Math.sqrt(weightedMean(squaredErrors(actual, predicted), weights))
}

/**
 * Mean absolute error: Σ wᵢ |yᵢ − ŷᵢ| / Σ wᵢ, in the target's unit.
 *
 * @param yTrue - the true numbers, length n
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite
 * @example
 * ```ts
 * meanAbsoluteError([3, 5], [2, 7]) // => 1.5
 * ```
 */
export function meanAbsoluteError(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { actual, predicted, weights } = valueRows('meanAbsoluteError')(yTrue, yPred, options)
  return weightedMean(absoluteErrors(actual, predicted), weights)
}

/**
 * Median absolute error: half of the rows are off by less, in the target's unit; a few huge errors do not move it.
 *
 * Between two rows the middle is taken, also under weights, so that weight 2 is the same as two rows.
 *
 * @param yTrue - the true numbers, length n
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite
 * @example
 * ```ts
 * medianAbsoluteError([1, 2, 3], [1, 3, 90]) // => 1
 * ```
 */
export function medianAbsoluteError(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { actual, predicted, weights } = valueRows('medianAbsoluteError')(yTrue, yPred, options)
  const values = absoluteErrors(actual, predicted)
  return weightedMedian({ values, order: descendingOrder(values) }, weights)
}

/**
 * Mean absolute percentage error as a ratio: Σ wᵢ |yᵢ − ŷᵢ| / max(|yᵢ|, ε) / Σ wᵢ; 0.1 means 10 %.
 *
 * ε = 2.2e-16: a true value of 0 makes the result huge. Use the mean absolute error for targets near 0.
 *
 * @param yTrue - the true numbers, length n
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite
 * @example
 * ```ts
 * meanAbsolutePercentageError([10, 20], [11, 16]) // => 0.15000000000000002
 * ```
 */
export function meanAbsolutePercentageError(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { actual, predicted, weights } = valueRows('meanAbsolutePercentageError')(yTrue, yPred, options)
  return weightedMean(percentageErrors(actual, predicted), weights)
}

const TWO_ROWS = 'needs two rows that count, since one has no variation. Measure on more rows.'

/**
 * R²: the share of the target's variation that the predictions explain; 0 for its mean, negative when worse, at most 1.
 *
 * 1 − Σ wᵢ (yᵢ − ŷᵢ)² / Σ wᵢ (yᵢ − ȳ)². A constant target gives 1 when met exactly, else 0.
 *
 * @param yTrue - the true numbers, length n ≥ 2
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite, or fewer than two rows count
 * @example
 * ```ts
 * r2([1, 2, 3], [1, 2, 4]) // => 0.5
 * ```
 */
export function r2(yTrue: Numbers, yPred: Numbers, options: GivenOptions<WeightOptions> = {}): number {
  const { actual, predicted, weights } = valueRows('r2')(yTrue, yPred, options)
  return defined('r2', prepareR2(actual, predicted)(weights), TWO_ROWS)
}

/**
 * Explained variance: 1 − Var(y − ŷ) / Var(y); as R², but a constant offset of the predictions is forgiven.
 *
 * A constant target gives 1 when the residuals are constant too, else 0.
 *
 * @param yTrue - the true numbers, length n ≥ 2
 * @param yPred - the predicted numbers, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if a number is not finite, or fewer than two rows count
 * @example
 * ```ts
 * explainedVariance([1, 2, 3], [11, 12, 13]) // => 1
 * ```
 */
export function explainedVariance(
  yTrue: Numbers,
  yPred: Numbers,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { actual, predicted, weights } = valueRows('explainedVariance')(yTrue, yPred, options)
  return defined('explainedVariance', prepareExplainedVariance(actual, predicted)(weights), TWO_ROWS)
}
