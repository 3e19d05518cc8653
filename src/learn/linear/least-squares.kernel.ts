// Least squares and ridge regression: one problem with and without a penalty.
import { checkpoint } from '../../base/index.js'
import type { Matrix } from '../../engine/linalg/index.js'
import { centeredProduct, centerProblem } from './centered-problem.kernel.js'
import { checkTarget, makeDesign, toOriginal } from './design.kernel.js'
import { margins, weightedGram } from './design-products.kernel.js'
import { dualSolver } from './dual-solver.kernel.js'
import { centered, type CenteredProblem, fastSolver } from './normal-equations.kernel.js'
import { orthogonalSolver } from './orthogonal-solver.kernel.js'
import type { LinearKernelOptions, LinearSolution } from './solution.kernel.js'

/**
 * Minimizes Σ wᵢ (yᵢ − xᵢ·β − b)²; the shortest β when there are many.
 *
 * Cholesky on the Gram matrix of centered, scaled columns with a step of refinement (n·p²/2 multiplications, fewer when most
 * numbers are zero); a pivoted, streamed QR when the pivots say that the Gram matrix has lost the answer.
 *
 * @param x - n × p, finite
 * @param y - n finite numbers
 * @throws DataError when a number is not finite or no row has weight
 */
export function leastSquaresKernel(
  x: Matrix,
  y: Float64Array,
  options: LinearKernelOptions = {},
): Promise<LinearSolution> {
  return ridgeKernel(x, y, { ...options, alpha: 0 })
}

/** Settings of {@link ridgeKernel}. */
export interface RidgeKernelOptions extends LinearKernelOptions {
  /** Strength of the penalty, at least 0. */
  readonly alpha: number
}

/**
 * Minimizes Σ wᵢ (yᵢ − xᵢ·β − b)² + α‖β‖² (Hoerl & Kennard, Technometrics 12:1, 1970).
 *
 * As {@link leastSquaresKernel}; with more columns than rows the n × n products of rows are factored instead.
 *
 * @param x - n × p, finite
 * @param y - n finite numbers
 * @throws DataError when a number is not finite or no row has weight
 */
export async function ridgeKernel(
  x: Matrix,
  y: Float64Array,
  options: RidgeKernelOptions,
): Promise<LinearSolution> {
  checkTarget(y, x.rows)
  const design = makeDesign(x, { weights: options.weights, fitIntercept: options.fitIntercept ?? true })
  const problem = centerProblem(design, y, options.alpha)
  const solve = await chooseSolver(problem, options.signal)
  const beta = solve(problem.rightSide)
  await checkpoint(options.signal)
  refine(problem, beta, solve)
  return solution(problem, y, beta)
}

type Solver = (rightSide: Float64Array) => Float64Array

/** The dual of p > n first, then the Gram matrix, then orthogonal factors, which always answer. */
async function chooseSolver(problem: CenteredProblem, signal?: AbortSignal): Promise<Solver> {
  const { design } = problem
  if (design.columns >= design.rows) return dualSolver(problem)
  const total = await weightedGram(design, design.weights, signal)
  return fastSolver(problem, centered(total, problem)) ?? (await orthogonalSolver(problem, signal))
}

function residuals(problem: CenteredProblem, beta: Float64Array): Float64Array {
  const { design, means, target } = problem
  const full = new Float64Array(design.width)
  full.set(beta)
  if (design.intercept) full[design.columns] = -dotOf(means, beta)
  const fitted = margins(design, full)
  return target.map((value, i) => value - fitted[i]!)
}

/** One step of refinement gives the Gram solution the accuracy of QR (Björck, BIT 27, 1987: corrected seminormal equations). */
function refine(problem: CenteredProblem, beta: Float64Array, solve: Solver): void {
  const { scale } = problem.design
  const gradient = centeredProduct(problem, residuals(problem, beta))
  for (let j = 0; j < beta.length; j++) gradient[j]! -= problem.alpha * beta[j]! * scale[j]! * scale[j]!
  const step = solve(gradient)
  for (let j = 0; j < beta.length; j++) beta[j]! += step[j]!
}

function solution(problem: CenteredProblem, y: Float64Array, beta: Float64Array): LinearSolution {
  const { design } = problem
  const full = new Float64Array(design.width)
  full.set(beta)
  if (design.intercept) full[design.columns] = problem.targetMean - dotOf(problem.means, beta)
  const { coefficients, intercept } = toOriginal(design, full)
  let objective = problem.alpha * dotOf(coefficients, coefficients)
  residuals(problem, beta).forEach((r, i) => (objective += (design.weights?.[i] ?? 1) * r * r))
  return { coefficients, intercept, iterations: 1, converged: true, objective }
}

function dotOf(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
