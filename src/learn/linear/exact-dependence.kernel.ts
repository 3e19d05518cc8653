// Tells a column that others add up to from one that is merely close to it, which a Gram matrix cannot.
import { type PivotedCholesky, solveUpper } from '../../engine/linalg/index.js'
import { margins } from './design-products.kernel.js'
import type { CenteredProblem } from './normal-equations.kernel.js'

// Columns have length one here. Factors with pivots above 1e-8 leave an error of at most 1e-12 in the combination;
// a column farther than ten times that from the others carries information of its own.
const exactDistance = 1e-11

/** True when every column that the factor refused is, to rounding, a combination of those it took. */
export function refusedColumnsDepend(
  problem: CenteredProblem,
  factor: PivotedCholesky,
  unit: Float64Array,
): boolean {
  for (let k = factor.rank; k < unit.length; k++) {
    if (unit[factor.permutation[k]!] === 0) continue
    const { beta, size } = combination(factor, k, unit)
    if (lengthOf(problem, beta) > exactDistance * size) return false
  }
  return true
}

/** Column k minus its best combination of the taken columns, as coefficients of Z. */
function combination(
  factor: PivotedCholesky,
  k: number,
  unit: Float64Array,
): { beta: Float64Array; size: number } {
  const { r, rank, permutation } = factor
  const shares = Float64Array.from({ length: rank }, (_, i) => r.data[i * r.columns + k]!)
  solveUpper(r, shares, rank)
  const beta = new Float64Array(unit.length)
  let squares = 1
  for (let i = 0; i < rank; i++) {
    const j = permutation[i]!
    beta[j] = -shares[i]! * unit[j]!
    squares += shares[i]! ** 2
  }
  beta[permutation[k]!] = unit[permutation[k]!]!
  return { beta, size: Math.sqrt(squares) }
}

function lengthOf(problem: CenteredProblem, beta: Float64Array): number {
  const { design, means } = problem
  const full = new Float64Array(design.width)
  full.set(beta)
  if (design.intercept) for (let j = 0; j < beta.length; j++) full[design.columns]! -= means[j]! * beta[j]!
  let sum = 0
  margins(design, full).forEach((value, i) => (sum += (design.weights?.[i] ?? 1) * value * value))
  return Math.sqrt(sum)
}
