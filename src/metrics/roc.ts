// The ROC curve and the area under it.
import { DataError, defineOptions, flag, oneOf, type GivenOptions } from '../base/index.js'
import { defined, type Numbers, sampleWeightSpec, type WeightOptions } from './checks.js'
import type { Labels } from './labels.js'
import { rankRows, rocAucOf, sweepThresholds } from './ranking.js'
import {
  type ClassProbabilities,
  probableClasses,
  scoredRows,
  type ScoreOptions,
  scoreOptions,
  scoreSpecs,
} from './scored.js'

const ONE_SIDE =
  'all rows are of one side, positive or not, so nothing can be ranked. Measure on rows of both classes, or use logLoss.'

/**
 * ROC-AUC: the chance that a random positive row scores higher than a random negative one, ties counting half.
 *
 * 0.5 is the level of chance, 1 a perfect ranking. Only the order of the scores matters.
 * Cost: O(n), one radix sort.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param scores - scores or probabilities of the positive class, length n
 * @throws {@link DataError} if all rows are of one class, or a score is not finite
 * @see Hanley & McNeil 1982, doi:10.1148/radiology.143.1.7063747
 * @example
 * ```ts
 * rocAuc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // => 0.75
 * ```
 */
export function rocAuc(yTrue: Labels, scores: Numbers, options: GivenOptions<ScoreOptions> = {}): number {
  const rows = scoredRows('rocAuc')(yTrue, scores, scoreOptions.parse('rocAuc', options))
  return defined('rocAuc', rocAucOf(rankRows(rows.scores, rows.isPositive), rows.weights), ONE_SIDE)
}

/** Options of {@link rocAucOvr}. */
export interface OvrOptions extends WeightOptions {
  /** The mean over classes: each alike, or by how often it is true. @default 'macro' */
  readonly average: 'macro' | 'weighted'
}

const ovrOptions = defineOptions<OvrOptions>({
  sampleWeight: sampleWeightSpec,
  average: oneOf(['macro', 'weighted'], { default: 'macro' }),
})

/** One-vs-rest areas prepared for repeated weighting; NaN as soon as one class is absent. */
export function prepareRocAucOvr(
  codes: Int32Array,
  probabilities: Float64Array,
  average: 'macro' | 'weighted',
): (weights: Float64Array) => number {
  const nClasses = probabilities.length / codes.length
  const rankings = Array.from({ length: nClasses }, (_, k) =>
    rankRows(columnOf(probabilities, nClasses, k), codesEqual(codes, k)),
  )
  return (weights) => {
    const share = new Float64Array(nClasses)
    for (let i = 0; i < codes.length; i++) share[codes[i]!]! += weights[i]!
    let total = 0
    let divisor = 0
    for (let k = 0; k < nClasses; k++) {
      const part = average === 'macro' ? 1 : share[k]!
      total += part * rocAucOf(rankings[k]!, weights)
      divisor += part
    }
    return total / divisor
  }
}

/** One column of row-major numbers. */
export function columnOf(matrix: Float64Array, columns: number, column: number): Float64Array {
  const values = new Float64Array(matrix.length / columns)
  for (let i = 0; i < values.length; i++) values[i] = matrix[i * columns + column]!
  return values
}

/** 1 where the code is `k`. */
export function codesEqual(codes: Int32Array, k: number): Uint8Array {
  return Uint8Array.from(codes, (code) => (code === k ? 1 : 0))
}

/**
 * ROC-AUC of several classes: the mean over classes of each class against the rest.
 *
 * @param yTrue - the true classes, length n
 * @param predicted - probabilities of every class, n × k row by row, with the class of each column
 * @throws {@link DataError} if one of the classes is absent from `yTrue`, where its area is undefined
 * @see Provost & Domingos 2000 (weighted); Hand & Till 2001, doi:10.1023/A:1010920819831
 * @example
 * ```ts
 * const probabilities = [0.8, 0.1, 0.1, 0.3, 0.6, 0.1, 0.2, 0.2, 0.6]
 * rocAucOvr(['a', 'b', 'c'], { classes: ['a', 'b', 'c'], probabilities }) // => 1
 * ```
 */
export function rocAucOvr(
  yTrue: Labels,
  predicted: ClassProbabilities,
  options: GivenOptions<OvrOptions> = {},
): number {
  const { sampleWeight, average } = ovrOptions.parse('rocAucOvr', options)
  const { codes, probabilities, weights } = probableClasses('rocAucOvr')(yTrue, predicted, sampleWeight)
  const value = prepareRocAucOvr(codes, probabilities, average)(weights)
  return defined(
    'rocAucOvr',
    value,
    'a class is absent from yTrue, so its area is undefined. Leave its column out.',
  )
}

/** Points of the ROC curve, from (0, 0) to (1, 1). */
export interface RocCurve {
  /** Share of negative rows at or above the threshold, rising. */
  readonly falsePositiveRate: Float64Array
  /** Share of positive rows at or above the threshold, rising. */
  readonly truePositiveRate: Float64Array
  /** Falling; the first is Infinity, where nothing is predicted positive. */
  readonly thresholds: Float64Array
}

/** Options of {@link rocCurve}. */
export interface RocCurveOptions extends ScoreOptions {
  /** Leaves out points inside a horizontal or vertical stretch; curve and area stay the same. @default true */
  readonly dropIntermediate: boolean
}

const rocCurveOptions = defineOptions<RocCurveOptions>({
  ...scoreSpecs,
  dropIntermediate: flag({ default: true }),
})

/**
 * ROC curve: true against false positive rate, as the threshold falls through the distinct scores.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param scores - scores or probabilities of the positive class, length n
 * @throws {@link DataError} if all rows are of one class, or a score is not finite
 * @example
 * ```ts
 * const curve = rocCurve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
 * Array.from(curve.truePositiveRate) // => [0, 0.5, 0.5, 1, 1]
 * Array.from(curve.thresholds) // => [Infinity, 0.8, 0.4, 0.35, 0.1]
 * ```
 */
export function rocCurve(
  yTrue: Labels,
  scores: Numbers,
  options: GivenOptions<RocCurveOptions> = {},
): RocCurve {
  const { dropIntermediate, ...rest } = rocCurveOptions.parse('rocCurve', options)
  const rows = scoredRows('rocCurve')(yTrue, scores, rest)
  const sweep = sweepThresholds(rankRows(rows.scores, rows.isPositive), rows.scores, rows.weights)
  const x = withOrigin(sweep.falsePositives, 0)
  const y = withOrigin(sweep.truePositives, 0)
  const last = x.length - 1
  if (x[last] === 0 || y[last] === 0) throw new DataError(`rocCurve: ${ONE_SIDE}`)
  const thresholds = withOrigin(sweep.thresholds, Infinity)
  const keep = Array.from(x.keys()).filter((i) => !dropIntermediate || isCorner(x, y, i))
  return {
    falsePositiveRate: Float64Array.from(keep, (i) => x[i]! / x[last]!),
    truePositiveRate: Float64Array.from(keep, (i) => y[i]! / y[last]!),
    thresholds: Float64Array.from(keep, (i) => thresholds[i]!),
  }
}

function withOrigin(values: Float64Array, origin: number): Float64Array {
  const longer = new Float64Array(values.length + 1)
  longer[0] = origin
  longer.set(values, 1)
  return longer
}

/** False inside a horizontal or vertical stretch. Compares for equality only, so rounding cannot move the curve. */
function isCorner(x: Float64Array, y: Float64Array, i: number): boolean {
  if (i === 0 || i === x.length - 1) return true
  const vertical = x[i - 1] === x[i] && x[i] === x[i + 1]
  const horizontal = y[i - 1] === y[i] && y[i] === y[i + 1]
  return !vertical && !horizontal
}
