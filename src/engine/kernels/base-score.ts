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
