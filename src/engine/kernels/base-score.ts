// Where boosting starts: the constant that minimizes the loss.
import type { BoostingInput, BoostingParams } from './types.js'

// A class that is (nearly) absent or alone would start at ∓∞; this bounds the score to ±23.
const LEAST_SHARE = 1e-10

/** One raw score per output: the weighted mean, the log-odds, or the log shares of the classes. */
export function baseScore(input: BoostingInput, params: BoostingParams): Float64Array {
  const { y, sampleWeight, rows } = input
  const outputs = params.objective === 'multinomial' ? params.nClasses : 1
  const sums = new Float64Array(outputs)
  let total = 0
  for (let i = 0; i < rows; i++) {
    const w = sampleWeight?.[i] ?? 1
    total += w
    if (params.objective === 'multinomial') sums[y[i]!]! += w
    else sums[0]! += w * y[i]!
  }
  const share = (sum: number): number => Math.min(Math.max(sum / total, LEAST_SHARE), 1 - LEAST_SHARE)
  if (params.objective === 'squared-error') return sums.map((sum) => sum / total)
  if (params.objective === 'logistic') return sums.map((sum) => Math.log(share(sum) / (1 - share(sum))))
  return sums.map((sum) => Math.log(share(sum)))
}

/**
 * The unit in which the kernels see the targets of squared error: about their largest distance from the mean, so that
 * neither squares nor gradients leave the range of float32. 1 for classes.
 */
export function targetUnit(input: BoostingInput, params: BoostingParams, base: Float64Array): number {
  if (params.objective !== 'squared-error') return 1
  let largest = 0
  for (let i = 0; i < input.rows; i++) largest = Math.max(largest, Math.abs(input.y[i]! - base[0]!))
  return largest === 0 ? 1 : 2 ** Math.round(Math.log2(largest))
}
