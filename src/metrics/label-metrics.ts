// Scores of chosen classes on users' labels.
import { defineOptions, oneOf, type GivenOptions } from '../base/index.js'
import { defined, sampleWeightSpec, type WeightOptions } from './checks.js'
import { accuracyOf, balancedAccuracyOf, kappaOf, matthewsOf, type KappaWeights } from './confusion.js'
import type { Label, Labels } from './labels.js'
import { tallyFor } from './tally.js'

const weightOptions = defineOptions<WeightOptions>({ sampleWeight: sampleWeightSpec })

/**
 * Accuracy: the share of rows whose class was predicted.
 *
 * Σ wᵢ [yᵢ = ŷᵢ] / Σ wᵢ, in [0, 1].
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if there are no rows, or labels of two types
 * @example
 * ```ts
 * accuracy(['yes', 'no', 'no'], ['yes', 'no', 'yes']) // => 0.6666666666666666
 * ```
 */
export function accuracy(yTrue: Labels, yPred: Labels, options: GivenOptions<WeightOptions> = {}): number {
  const { sampleWeight } = weightOptions.parse('accuracy', options)
  return accuracyOf(tallyFor('accuracy')(yTrue, yPred, sampleWeight).margins)
}

/**
 * Balanced accuracy: the mean recall of the classes, so that a rare class counts as much as a common one.
 *
 * Classes that occur only in `yPred` do not enter. 1 / (number of classes) is the level of guessing.
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if there are no rows, or labels of two types
 * @see Brodersen et al. 2010, doi:10.1109/ICPR.2010.764
 * @example
 * ```ts
 * balancedAccuracy([0, 0, 0, 1], [0, 0, 0, 0]) // => 0.5
 * ```
 */
export function balancedAccuracy(
  yTrue: Labels,
  yPred: Labels,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { sampleWeight } = weightOptions.parse('balancedAccuracy', options)
  return balancedAccuracyOf(tallyFor('balancedAccuracy')(yTrue, yPred, sampleWeight).margins)
}

/**
 * Matthews correlation: the correlation of truth and prediction as indicator matrices, in [−1, 1].
 *
 * (c s − Σ tₖ pₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²)) with c right rows of s, class k true tₖ times and predicted pₖ times.
 * 0 when truth or prediction is a single class.
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if there are no rows, or labels of two types
 * @see Gorodkin 2004, doi:10.1016/j.compbiolchem.2004.09.006
 * @example
 * ```ts
 * matthewsCorrelation([1, 1, 1, 0], [1, 0, 1, 1]) // => -0.3333333333333333
 * ```
 */
export function matthewsCorrelation(
  yTrue: Labels,
  yPred: Labels,
  options: GivenOptions<WeightOptions> = {},
): number {
  const { sampleWeight } = weightOptions.parse('matthewsCorrelation', options)
  return matthewsOf(tallyFor('matthewsCorrelation')(yTrue, yPred, sampleWeight).margins)
}

/** Options of {@link cohenKappa}. */
export interface KappaOptions extends WeightOptions {
  /** What a disagreement costs: all the same, or growing with the distance of the sorted classes. @default 'none' */
  readonly weights: KappaWeights
}

const kappaOptions = defineOptions<KappaOptions>({
  sampleWeight: sampleWeightSpec,
  weights: oneOf(['none', 'linear', 'quadratic'], { default: 'none' }),
})

/**
 * Cohen's kappa: agreement beyond chance, 1 − observed / expected disagreement, at most 1; 0 is the level of chance.
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link DataError} if both hold one and the same class, where kappa is undefined
 * @see Cohen 1960, doi:10.1177/001316446002000104; weights: Cohen 1968, doi:10.1037/h0026256
 * @example
 * ```ts
 * cohenKappa(['a', 'a', 'b', 'b'], ['a', 'a', 'b', 'a']) // => 0.5
 * ```
 */
export function cohenKappa(yTrue: Labels, yPred: Labels, options: GivenOptions<KappaOptions> = {}): number {
  const { sampleWeight, weights } = kappaOptions.parse('cohenKappa', options)
  const { counts, margins } = tallyFor('cohenKappa')(yTrue, yPred, sampleWeight)
  const reason = 'truth and prediction hold one class only, so no disagreement is possible. Use accuracy.'
  return defined('cohenKappa', kappaOf(counts, margins, weights), reason)
}

/** How often each class was predicted as each class. */
export interface ConfusionMatrix {
  /** The sorted classes of rows and columns. */
  readonly classes: readonly Label[]
  /** counts[i][j]: rows of class i predicted as class j, weighted. */
  readonly counts: readonly Float64Array[]
}

/**
 * Confusion matrix: how often each true class (row) was predicted as each class (column).
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link ShapeError} if the lengths differ; {@link DataError} if there are no rows, or labels of two types
 * @example
 * ```ts
 * const { classes, counts } = confusionMatrix(['no', 'no', 'yes'], ['no', 'yes', 'yes'])
 * classes // => ['no', 'yes']
 * Array.from(counts[0]) // => [1, 1]
 * ```
 */
export function confusionMatrix(
  yTrue: Labels,
  yPred: Labels,
  options: GivenOptions<WeightOptions> = {},
): ConfusionMatrix {
  const { sampleWeight } = weightOptions.parse('confusionMatrix', options)
  const { classes, counts } = tallyFor('confusionMatrix')(yTrue, yPred, sampleWeight)
  const k = classes.length
  return { classes, counts: classes.map((_, row) => counts.slice(row * k, (row + 1) * k)) }
}
