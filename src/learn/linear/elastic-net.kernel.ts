// Lasso and elastic net.
import { checkpoint } from '../../base/index.js'
import type { Matrix } from '../../engine/linalg/index.js'
import { type Coordinates, descend } from './coordinate-descent.kernel.js'
import { checkTarget, type Design, makeDesign, toOriginal } from './design.kernel.js'
import { regressionCoordinates, type RegressionCoordinates } from './regression-coordinates.kernel.js'
import { ridgeKernel } from './least-squares.kernel.js'
import type { LinearKernelOptions, LinearSolution } from './solution.kernel.js'

/** Settings of {@link elasticNetPath}. */
export interface ElasticNetPathOptions extends LinearKernelOptions {
  /** Share ρ of the absolute penalty, 0 (ridge) to 1 (lasso); default 1. */
  readonly l1Ratio?: number | undefined
  /** Duality gap at which to stop, relative to the target's variance; default 1e-8. */
  readonly tolerance?: number | undefined
  /** Rounds over the coordinates; default 10,000. */
  readonly maxIterations?: number | undefined
}

/** Settings of {@link elasticNetKernel}. */
export interface ElasticNetKernelOptions extends ElasticNetPathOptions {
  /** Strength α of the penalty, at least 0. */
  readonly alpha: number
  /** Coefficients to start from, one a column. */
  readonly start?: Float64Array | undefined
}

/**
 * Minimizes 1/(2W) Σ wᵢ (yᵢ − xᵢ·β − b)² + α·ρ‖β‖₁ + ½α(1 − ρ)‖β‖², W = Σ wᵢ
 * (Zou & Hastie, J. R. Stat. Soc. B 67:2, 2005).
 *
 * Cyclic coordinate descent on an active set until the duality gap is small; on the Gram matrix when rows outnumber
 * columns, otherwise on residuals.
 *
 * @param x - n × p, finite
 * @param y - n finite numbers
 * @throws DataError when a number is not finite or no row has weight
 */
export async function elasticNetKernel(
  x: Matrix,
  y: Float64Array,
  options: ElasticNetKernelOptions,
): Promise<LinearSolution> {
  const [only] = await fitPath({ x, y, options, alphas: [options.alpha], start: options.start })
  return only!
}

/**
 * Solutions for several strengths, each started from the one before; in the order given, fastest from strong to weak.
 *
 * @param alphas - strengths of the penalty
 */
export function elasticNetPath(
  x: Matrix,
  y: Float64Array,
  options: ElasticNetPathOptions & { readonly alphas: readonly number[] },
): Promise<LinearSolution[]> {
  return fitPath({ x, y, options, alphas: options.alphas, start: undefined })
}

/** The weakest α at which every coefficient of the lasso (ρ > 0) is zero: where a path begins. */
export async function largestAlpha(
  x: Matrix,
  y: Float64Array,
  options: ElasticNetPathOptions = {},
): Promise<number> {
  checkTarget(y, x.rows)
  const design = makeDesign(x, { weights: options.weights, fitIntercept: options.fitIntercept ?? true })
  const problem = await regressionCoordinates(design, y, options.signal)
  let largest = 0
  for (let j = 0; j < design.columns; j++) {
    if (design.scale[j]! > 0) largest = Math.max(largest, Math.abs(problem.slope(j)) / design.scale[j]!)
  }
  return largest / (options.l1Ratio ?? 1)
}

interface PathTask {
  readonly x: Matrix
  readonly y: Float64Array
  readonly options: ElasticNetPathOptions
  readonly alphas: readonly number[]
  readonly start: Float64Array | undefined
}

async function fitPath(task: PathTask): Promise<LinearSolution[]> {
  const { x, y, options } = task
  checkTarget(y, x.rows)
  const design = makeDesign(x, { weights: options.weights, fitIntercept: options.fitIntercept ?? true })
  const l1Ratio = options.l1Ratio ?? 1
  const solutions: LinearSolution[] = []
  let problem: RegressionCoordinates | undefined
  const gamma = new Float64Array(design.columns)
  for (const alpha of task.alphas) {
    if (alpha * l1Ratio === 0) {
      const ridge = await ridgeKernel(x, y, { ...options, alpha: alpha * design.totalWeight })
      solutions.push({ ...ridge, objective: ridge.objective / (2 * design.totalWeight) })
      continue
    }
    if (!problem) {
      problem = await regressionCoordinates(design, y, options.signal)
      startFrom(problem, gamma, { design, start: task.start })
    }
    solutions.push(await solveOne(problem, gamma, { design, alpha, l1Ratio, options }))
  }
  return solutions
}

function startFrom(
  problem: RegressionCoordinates,
  gamma: Float64Array,
  from: { design: Design; start: Float64Array | undefined },
): void {
  const { design, start } = from
  if (!start) return
  for (let j = 0; j < gamma.length; j++) {
    if (design.scale[j] === 0 || start[j] === 0) continue
    gamma[j] = start[j]! / design.scale[j]!
    problem.move(j, gamma[j]!)
  }
}

interface OneSolve {
  readonly design: Design
  readonly alpha: number
  readonly l1Ratio: number
  readonly options: ElasticNetPathOptions
}

// Rounds over the active coordinates stop at this share of the change that the round over all made.
const restShare = 1e-3

async function solveOne(
  base: RegressionCoordinates,
  gamma: Float64Array,
  settings: OneSolve,
): Promise<LinearSolution> {
  const { design, alpha, l1Ratio, options } = settings
  const l1 = design.scale.map((scale) => alpha * l1Ratio * scale)
  const l2 = design.scale.map((scale) => alpha * (1 - l1Ratio) * scale * scale)
  const problem = { ...base, l1, l2 }
  const limit = (options.tolerance ?? 1e-8) * base.variance
  const maxIterations = options.maxIterations ?? 10_000
  let iterations = 0
  let rest = Math.sqrt(base.variance)
  let measure = dualityGap(problem, gamma)
  while (measure.gap > limit && iterations < maxIterations) {
    await checkpoint(options.signal)
    const done = descend(problem, gamma, {
      tolerance: rest * restShare,
      maxRounds: maxIterations - iterations,
    })
    iterations += done.rounds
    rest = Math.min(rest * restShare, done.change)
    measure = dualityGap(problem, gamma)
    if (done.change === 0) break
  }
  return finish({ design, base, gamma }, { iterations, converged: measure.gap <= limit, ...measure })
}

type PenalizedRegression = RegressionCoordinates & Pick<Coordinates, 'l1' | 'l2'>

/**
 * The gap between the objective and the best dual point in reach: residuals scaled until every column's pull is
 * within its penalty (Kim et al., IEEE J. Sel. Top. Signal Process. 1:4, 2007).
 */
function dualityGap(problem: PenalizedRegression, gamma: Float64Array): { gap: number; objective: number } {
  const { l1, l2 } = problem
  const residual = problem.residual(gamma)
  let absolute = 0
  let squares = 0
  let worst = 1
  for (let j = 0; j < gamma.length; j++) {
    absolute += l1[j]! * Math.abs(gamma[j]!)
    squares += l2[j]! * gamma[j]! ** 2
    if (l1[j]! > 0) worst = Math.max(worst, Math.abs(problem.slope(j) - l2[j]! * gamma[j]!) / l1[j]!)
  }
  const share = 1 / worst
  const objective = 0.5 * (residual.square + squares) + absolute
  const dual = share * residual.withTarget - 0.5 * share * share * (residual.square + squares)
  return { gap: objective - dual, objective }
}

function finish(
  fit: { design: Design; base: RegressionCoordinates; gamma: Float64Array },
  state: { iterations: number; converged: boolean; objective: number },
): LinearSolution {
  const { design, base, gamma } = fit
  const full = new Float64Array(design.width)
  full.set(gamma)
  if (design.intercept) {
    let level = base.targetMean
    for (let j = 0; j < gamma.length; j++) level -= base.means[j]! * gamma[j]!
    full[design.columns] = level
  }
  const { iterations, converged, objective } = state
  return { ...toOriginal(design, full), iterations, converged, objective }
}
