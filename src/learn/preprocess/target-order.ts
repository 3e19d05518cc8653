// One number per level of a text column by which its levels are ordered for splits: high where the target is high.
import { DataError } from '../../base/index.js'
import { matrix, symmetricEigen } from '../../engine/linalg/index.js'
import type { ClassTarget, FitData, LevelCounts, Target, ValueTarget } from '../contracts/index.js'

/** A score for each level: the mean of the target, or its first principal component for several classes. */
export function targetOrder(counted: LevelCounts, target: Target): Float64Array {
  if (target.type === 'values') return meanByLevel(counted, target)
  const shares = classShares(counted, target)
  const k = target.classes.length
  if (k === 2) return Float64Array.from(counted.levels, (_, level) => shares[level * 2 + 1]!)
  return firstComponent(shares, counted, k)
}

function meanByLevel({ levels, counts, ofRow }: LevelCounts, { values }: ValueTarget): Float64Array {
  const sums = new Float64Array(levels.length)
  for (let row = 0; row < ofRow.length; row++) sums[ofRow[row]!]! += values[row]!
  return sums.map((sum, level) => sum / counts[level]!)
}

/** The share of each class in each level, levels × k. */
function classShares({ levels, counts, ofRow }: LevelCounts, { codes, classes }: ClassTarget): Float64Array {
  const k = classes.length
  const shares = new Float64Array(levels.length * k)
  for (let row = 0; row < ofRow.length; row++) shares[ofRow[row]! * k + codes[row]!]!++
  return shares.map((count, at) => count / counts[Math.floor(at / k)]!)
}

/** Levels along the direction in which their class shares differ most, levels weighted by count. */
function firstComponent(shares: Float64Array, { counts }: LevelCounts, k: number): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const mean = new Float64Array(k)
  shares.forEach((share, at) => (mean[at % k]! += (share * counts[Math.floor(at / k)]!) / total))
  const covariance = new Float64Array(k * k)
  for (let level = 0; level < counts.length; level++) {
    for (let a = 0; a < k; a++) {
      const left = (shares[level * k + a]! - mean[a]!) * counts[level]!
      for (let b = 0; b < k; b++) covariance[a * k + b]! += left * (shares[level * k + b]! - mean[b]!)
    }
  }
  const direction = leadingVector(covariance, k)
  return counts.map((_, level) => {
    let score = 0
    for (let c = 0; c < k; c++) score += shares[level * k + c]! * direction[c]!
    return score
  })
}

function leadingVector(covariance: Float64Array, k: number): Float64Array {
  const { vectors } = symmetricEigen(matrix(k, k, covariance))
  const leading = Float64Array.from({ length: k }, (_, c) => vectors.data[c * k]!)
  // The sign of an eigenvector is open: the greatest entry shall be positive.
  const greatest = leading.reduce((best, entry) => (Math.abs(entry) > Math.abs(best) ? entry : best), 0)
  return greatest < 0 ? leading.map((entry) => -entry) : leading
}

/** @throws {@link DataError} when the transformer is fitted without a target that its options need */
export function requireTarget({ target }: FitData, owner: string): Target {
  if (target !== undefined) return target
  throw new DataError(`${owner}: fitting needs a target. Give fit(x, y).`, {})
}
