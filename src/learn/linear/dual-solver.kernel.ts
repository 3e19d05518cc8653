// At least as many columns as rows: work with the n × n products of rows instead of the p × p products of columns.
import {
  cholesky,
  gram,
  leastSquares,
  matmul,
  type Matrix,
  matrix,
  multiplyVector,
  solveCholesky,
  svd,
  transpose,
} from '../../engine/linalg/index.js'
import { centeredRows } from './centered-rows.kernel.js'
import type { CenteredProblem } from './normal-equations.kernel.js'

// As in the normal equations: pivots above keep at least eight digits before refinement.
const trustedPivot = 1e-8

/**
 * A solver for β = S⁻¹·Aᵀ(AAᵀ + αI)⁻¹·√W·target with A = √W·(Z − means)·S, the centered rows in the user's units.
 * Without a penalty, or where the Cholesky factor fails: the shortest solution by orthogonal factors.
 */
export function dualSolver(problem: CenteredProblem): (rightSide: Float64Array) => Float64Array {
  const { design, alpha } = problem
  // One common factor keeps squares in range whatever the user's units are.
  const common = commonSize(design.scale)
  const unit = design.scale.map((scale) => (scale === 0 ? 0 : common / scale))
  const a = rowsOf(problem, unit)
  const penalty = alpha * common * common
  const right = rootWeighted(problem)
  const toBeta = (w: Float64Array): Float64Array => w.map((value, j) => value * unit[j]!)
  const first = (alpha > 0 ? dualRidge(a, right, penalty) : undefined) ?? spectral(a, right, penalty)
  // A dual solution is exact to rounding; the refinement step of the caller has nothing to add to it.
  return (b) => (b === problem.rightSide ? toBeta(first) : new Float64Array(design.columns))
}

function commonSize(scale: Float64Array): number {
  let smallest = Infinity
  for (const value of scale) if (value > 0) smallest = Math.min(smallest, value)
  return Number.isFinite(smallest) ? smallest : 1
}

function rowsOf(problem: CenteredProblem, unit: Float64Array): Matrix {
  const { rows, columns } = problem.design
  return matrix(rows, columns, centeredRows(problem, { from: 0, to: rows, stride: columns, unit }))
}

function rootWeighted(problem: CenteredProblem): Float64Array {
  const { weights } = problem.design
  return weights ? problem.target.map((value, i) => value * Math.sqrt(weights[i]!)) : problem.target
}

function dualRidge(a: Matrix, right: Float64Array, penalty: number): Float64Array | undefined {
  const at = transpose(a)
  const products = gram(at)
  const n = products.rows
  let largest = 0
  for (let i = 0; i < n; i++) {
    products.data[i * n + i]! += penalty
    largest = Math.max(largest, products.data[i * n + i]!)
  }
  const lower = cholesky(products, trustedPivot)
  return lower && penalty > trustedPivot * largest
    ? multiplyVector(at, solveCholesky(lower, right))
    : undefined
}

function spectral(a: Matrix, right: Float64Array, penalty: number): Float64Array {
  if (penalty === 0) return leastSquares(a, right).x
  const { u, values, vt } = svd(a)
  const turned = matmul(matrix(1, right.length, right), u).data
  const filtered = turned.map((value, k) => {
    const sigma = values[k]!
    return sigma === 0 ? 0 : (value * sigma) / (sigma * sigma + penalty)
  })
  return matmul(matrix(1, filtered.length, filtered), vt).data
}
