// Precision, recall and their mean: one ratio with three settings of beta.
import { custom, defineOptions, InvalidOptionError, oneOf, real, type GivenOptions } from '../base/index.js'
import { sampleWeightSpec, type WeightOptions } from './checks.js'
import { averageRatio } from './confusion.js'
import { type Label, type Labels, positiveClass, positiveSpec } from './labels.js'
import { tallyFor } from './tally.js'

/** Options of {@link precision}, {@link recall} and {@link f1}. */
export interface RatioOptions extends WeightOptions {
  /**
   * How the classes become one number: `'binary'` is the positive class alone, `'macro'` the mean of all,
   * `'weighted'` the mean by how often each is true, `'micro'` counts all classes together. @default 'binary'
   */
  readonly average: 'binary' | 'micro' | 'macro' | 'weighted'
  /** The class of interest for `'binary'`. @default true, or 1 of 0 and 1, or the later of two classes */
  readonly positive: Label | undefined
  /** The answer for a class that leaves nothing to divide by. @default 0 */
  readonly zeroDivision: 0 | 1
}

/** Options of {@link fBeta}. */
export interface FBetaOptions extends RatioOptions {
  /** How much more recall counts than precision. @default 1 */
  readonly beta: number
}

const ratioSpecs = {
  sampleWeight: sampleWeightSpec,
  average: oneOf(['binary', 'micro', 'macro', 'weighted'], { default: 'binary' }),
  positive: positiveSpec,
  zeroDivision: custom<0 | 1>({
    default: 0,
    expected: '0 or 1',
    accepts: (value) => value === 0 || value === 1,
  }),
}
const ratioOptions = defineOptions<RatioOptions>(ratioSpecs)
const fBetaOptions = defineOptions<FBetaOptions>({
  ...ratioSpecs,
  beta: real({ min: 0, default: 1 }),
})

interface Pair {
  readonly yTrue: Labels
  readonly yPred: Labels
}

function ratioScore(who: string, { yTrue, yPred }: Pair, options: FBetaOptions): number {
  const { average, beta, positive, zeroDivision } = options
  const { classes, margins } = tallyFor(who)(yTrue, yPred, options.sampleWeight)
  if (average !== 'binary') return averageRatio(margins, average, { beta, zeroDivision })
  if (classes.length > 2) {
    throw new InvalidOptionError(
      `${who}: option 'average' is 'binary' but there are ${classes.length} classes. Pass 'macro', 'weighted' or 'micro'.`,
      { option: 'average', expected: ['micro', 'macro', 'weighted'], received: average },
    )
  }
  const code = classes.indexOf(positiveClass(who, classes, positive))
  // The positive class occurs nowhere: neither true nor predicted.
  return code === -1 ? zeroDivision : averageRatio(margins, code, { beta, zeroDivision })
}

/**
 * Precision: of the rows predicted as a class, the share that is of that class.
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link InvalidOptionError} if `average` is `'binary'` and there are more than two classes
 * @example
 * ```ts
 * precision(['yes', 'no', 'no'], ['yes', 'yes', 'no']) // => 0.5
 * ```
 */
export function precision(yTrue: Labels, yPred: Labels, options: GivenOptions<RatioOptions> = {}): number {
  return ratioScore('precision', { yTrue, yPred }, { ...ratioOptions.parse('precision', options), beta: 0 })
}

/**
 * Recall: of the rows of a class, the share that was predicted as that class.
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link InvalidOptionError} if `average` is `'binary'` and there are more than two classes
 * @example
 * ```ts
 * recall(['yes', 'yes', 'no'], ['yes', 'no', 'no']) // => 0.5
 * ```
 */
export function recall(yTrue: Labels, yPred: Labels, options: GivenOptions<RatioOptions> = {}): number {
  return ratioScore('recall', { yTrue, yPred }, { ...ratioOptions.parse('recall', options), beta: Infinity })
}

/**
 * F1: the harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn).
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link InvalidOptionError} if `average` is `'binary'` and there are more than two classes
 * @example
 * ```ts
 * f1([1, 1, 0, 0], [1, 0, 1, 0]) // => 0.5
 * f1(['a', 'b', 'c'], ['a', 'b', 'b'], { average: 'macro' }) // => 0.5555555555555555
 * ```
 */
export function f1(yTrue: Labels, yPred: Labels, options: GivenOptions<RatioOptions> = {}): number {
  return ratioScore('f1', { yTrue, yPred }, { ...ratioOptions.parse('f1', options), beta: 1 })
}

/**
 * F-beta: the mean of precision and recall in which recall counts beta times as much.
 *
 * (1 + β²) tp / ((1 + β²) tp + β² fn + fp).
 *
 * @param yTrue - the true classes, length n
 * @param yPred - the predicted classes, length n
 * @throws {@link InvalidOptionError} if `average` is `'binary'` and there are more than two classes
 * @see van Rijsbergen 1979, Information Retrieval, chapter 7
 * @example
 * ```ts
 * fBeta([1, 1, 1, 0], [1, 0, 0, 0], { beta: 2 }) // => 0.38461538461538464
 * ```
 */
export function fBeta(yTrue: Labels, yPred: Labels, options: GivenOptions<FBetaOptions> = {}): number {
  return ratioScore('fBeta', { yTrue, yPred }, fBetaOptions.parse('fBeta', options))
}
