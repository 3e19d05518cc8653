// Do probabilities mean what they say: predicted against observed shares.
import { defineOptions, integer, oneOf, type OptionsDeclaration, type GivenOptions } from '../base/index.js'
import type { Numbers } from './checks.js'
import { sum } from './confusion.js'
import type { Labels } from './labels.js'
import { sortedQuantile } from './quantile.js'
import { probableRows, type ScoredRows, type ScoreOptions, scoreSpecs } from './scored.js'

/** Options of {@link calibrationCurve} and {@link expectedCalibrationError}. */
export interface CalibrationOptions extends ScoreOptions {
  /** How many bins. @default 10 */
  readonly nBins: number
  /** Bins of equal width, or of about equally many rows. @default 'uniform' */
  readonly strategy: 'uniform' | 'quantile'
}

const specs: OptionsDeclaration<CalibrationOptions>['specs'] = {
  ...scoreSpecs,
  // 10,000 bins are more than any plot can show.
  nBins: integer({ min: 1, max: 10_000, default: 10 }),
  strategy: oneOf(['uniform', 'quantile'], { default: 'uniform' }),
}
const calibrationOptions = defineOptions<CalibrationOptions>(specs)

/** One point per bin that holds rows, by rising probability. */
export interface CalibrationCurve {
  /** Mean probability of the rows in the bin. */
  readonly predicted: Float64Array
  /** Share of positive rows in the bin. */
  readonly observed: Float64Array
  /** Weight of the rows in the bin. */
  readonly weight: Float64Array
}

/**
 * Calibration curve (reliability diagram): in bins of the predicted probability, the share that was positive.
 *
 * A calibrated model lies on the diagonal. A probability on an edge belongs to the lower bin. Quantile edges ignore weights.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param probabilities - probabilities of the positive class, length n, in [0, 1]
 * @throws {@link DataError} if a probability is outside [0, 1], or which class is positive is not known
 * @see Niculescu-Mizil & Caruana 2005, doi:10.1145/1102351.1102430
 * @example
 * ```ts
 * const curve = calibrationCurve([0, 1, 1, 1], [0.2, 0.3, 0.8, 0.9], { nBins: 2 })
 * Array.from(curve.predicted) // => [0.25, 0.8500000000000001]
 * Array.from(curve.observed) // => [0.5, 1]
 * ```
 */
export function calibrationCurve(
  yTrue: Labels,
  probabilities: Numbers,
  options: GivenOptions<CalibrationOptions> = {},
): CalibrationCurve {
  const parsed = calibrationOptions.parse('calibrationCurve', options)
  return curveOf(probableRows('calibrationCurve')(yTrue, probabilities, parsed), parsed)
}

/**
 * Expected calibration error: the mean gap between predicted and observed share over the bins, by their weight; in [0, 1].
 *
 * Σ (w_b / W) |observed_b − predicted_b|. For several classes pass whether the chosen class was right as `yTrue`
 * (booleans) and its probability: the error of the confidence.
 *
 * @param yTrue - the true classes, two of them, length n
 * @param probabilities - probabilities of the positive class, length n, in [0, 1]
 * @throws {@link DataError} if a probability is outside [0, 1], or which class is positive is not known
 * @see Naeini et al. 2015, doi:10.1609/aaai.v29i1.9602; confidence: Guo et al. 2017, arXiv:1706.04599
 * @example
 * ```ts
 * expectedCalibrationError([0, 1, 1, 1], [0.25, 0.25, 1, 1], { nBins: 2 }) // => 0.125
 * ```
 */
export function expectedCalibrationError(
  yTrue: Labels,
  probabilities: Numbers,
  options: GivenOptions<CalibrationOptions> = {},
): number {
  const parsed = calibrationOptions.parse('expectedCalibrationError', options)
  const rows = probableRows('expectedCalibrationError')(yTrue, probabilities, parsed)
  const { predicted, observed, weight } = curveOf(rows, parsed)
  return predicted.reduce((gap, p, b) => gap + Math.abs(observed[b]! - p) * weight[b]!, 0) / sum(weight)
}

function curveOf(rows: ScoredRows, { nBins, strategy }: CalibrationOptions): CalibrationCurve {
  const edges = strategy === 'uniform' ? uniformEdges(nBins) : quantileEdges(rows.scores, nBins)
  const scores = new Float64Array(nBins)
  const hits = new Float64Array(nBins)
  const weight = new Float64Array(nBins)
  for (let i = 0; i < rows.scores.length; i++) {
    const bin = binOf(rows.scores[i]!, edges)
    const w = rows.weights[i]!
    scores[bin]! += w * rows.scores[i]!
    hits[bin]! += w * rows.isPositive[i]!
    weight[bin]! += w
  }
  const filled = Array.from(weight.keys()).filter((bin) => weight[bin]! > 0)
  return {
    predicted: Float64Array.from(filled, (bin) => scores[bin]! / weight[bin]!),
    observed: Float64Array.from(filled, (bin) => hits[bin]! / weight[bin]!),
    weight: Float64Array.from(filled, (bin) => weight[bin]!),
  }
}

/** Inner edges of bins of equal width. */
const uniformEdges = (nBins: number): Float64Array =>
  Float64Array.from({ length: nBins - 1 }, (_, i) => (i + 1) / nBins)

/** Inner edges at the quantiles, interpolated between neighbors. */
function quantileEdges(scores: Float64Array, nBins: number): Float64Array {
  const rising = scores.slice().sort()
  return Float64Array.from({ length: nBins - 1 }, (_, i) => sortedQuantile(rising, (i + 1) / nBins))
}

/** How many edges lie below the value. */
function binOf(value: number, edges: Float64Array): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (edges[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
