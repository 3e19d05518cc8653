// Solving through the Gram matrix, with a test that tells when it cannot be trusted.
import {
  cholesky,
  type Matrix,
  matrix,
  pivotedCholesky,
  solveCholesky,
  solveTrapezoid,
  solveUpperTransposed,
} from '../../engine/linalg/index.js'
import type { Design } from './design.kernel.js'
import { refusedColumnsDepend } from './exact-dependence.kernel.js'

/** Penalized least squares in the columns of a design, centered so that no intercept is left. */
export interface CenteredProblem {
  readonly design: Design
  /** Means of the columns of Z, 0 without an intercept. */
  readonly means: Float64Array
  readonly alpha: number
  /** y minus its mean. */
  readonly target: Float64Array
  readonly targetMean: number
  /** (Z − means)ᵀ·W·target. */
  readonly rightSide: Float64Array
}

/** The Gram matrix of centered columns plus the penalty, from that of the design. */
export function centered(total: Matrix, problem: CenteredProblem): Matrix {
  const { design, means, alpha } = problem
  const p = design.columns
  const out = matrix(p, p)
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) {
      out.data[i * p + j] = total.data[i * design.width + j]! - design.totalWeight * means[i]! * means[j]!
    }
    out.data[i * p + i]! += alpha * design.scale[i]! ** 2
  }
  return out
}

// Pivots of a matrix with unit diagonal. Above 1e-8 the condition is below 1e8, so a solution carries eight digits
// and one step of refinement brings the rest. A refused pivot below 1e-13·p may be rounding of an exact dependence,
// which is then looked up in the data. Anything else is for orthogonal factors.
const trustedPivot = 1e-8
const roundingPivot = 1e-13

/** A solver through Cholesky factors, or undefined when pivots are too small to be trusted. */
export function fastSolver(
  problem: CenteredProblem,
  g: Matrix,
): ((rightSide: Float64Array) => Float64Array) | undefined {
  const p = g.rows
  const unit = unitScale(g)
  const scaled = matrix(p, p, g.data.slice())
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) scaled.data[i * p + j]! *= unit[i]! * unit[j]!
  const lower = cholesky(scaled, trustedPivot)
  if (lower) return (b) => times(solveCholesky(lower, times(b, unit)), unit)
  const factor = pivotedCholesky(scaled, trustedPivot)
  if (factor.refusedPivot > roundingPivot * p) return undefined
  if (!refusedColumnsDepend(problem, factor, unit)) return undefined
  // A penalty makes the answer unique, so a short rank is then a matter of digits, not of choice.
  if (problem.alpha > 0 && factor.rank < unit.filter((u) => u > 0).length) return undefined
  const stretch = stretchOf(problem.design, unit)
  return (b) => {
    const right = times(b, unit)
    const c = Float64Array.from(factor.permutation.subarray(0, factor.rank), (j) => right[j]!)
    solveUpperTransposed(factor.r, c)
    const original = solveTrapezoid(factor.r, c, { permutation: factor.permutation, stretch })
    return original.map((w, j) => (problem.design.scale[j]! === 0 ? 0 : w / problem.design.scale[j]!))
  }
}

/** Factors that bring the diagonal to one; 0 for an empty column, whose coefficient is then 0. */
function unitScale(g: Matrix): Float64Array {
  return Float64Array.from({ length: g.rows }, (_, j) => {
    const diagonal = g.data[j * g.rows + j]!
    return diagonal > 0 ? 1 / Math.sqrt(diagonal) : 0
  })
}

/** User's units of an unknown that was solved for with its column scaled by `unit`; 1 for an empty column. */
export function stretchOf(design: Design, unit: Float64Array): Float64Array {
  return unit.map((u, j) => u * design.scale[j]! || 1)
}

/** Element by element. */
export function times(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, j) => value * b[j]!)
}
