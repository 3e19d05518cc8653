// The squared error of a regression as a quadratic in its coefficients, for coordinate descent.
import { type Matrix, transpose } from '../../engine/linalg/index.js'
import { centeredRows } from './centered-rows.kernel.js'
import { type Coordinates, gramCoordinates } from './coordinate-descent.kernel.js'
import type { Design } from './design.kernel.js'
import { weightedGram } from './design-products.kernel.js'
import { centered, type CenteredProblem } from './normal-equations.kernel.js'
import { centerProblem } from './centered-problem.kernel.js'

/** 1/(2W)·‖√W(target − Zγ)‖² without penalties; starts at γ = 0. */
export interface RegressionCoordinates extends Coordinates {
  /** Weighted mean of squares of the centered target. */
  readonly variance: number
  readonly targetMean: number
  readonly means: Float64Array
  /** Weighted mean of squared residuals, and of residual times target. */
  residual(gamma: Float64Array): { square: number; withTarget: number }
}

// A Gram matrix of 4,096 columns takes 128 MiB; wider problems work on residuals.
const widestGram = 4096

/** The quadratic on its Gram matrix when that is the smaller thing, else on residuals. */
export async function regressionCoordinates(
  design: Design,
  y: Float64Array,
  signal?: AbortSignal,
): Promise<RegressionCoordinates> {
  const problem = centerProblem(design, y, 0)
  if (design.columns < design.rows && design.columns <= widestGram) {
    const total = await weightedGram(design, design.weights, signal)
    return onGram(problem, centered(total, problem))
  }
  return onResiduals(problem)
}

function common(problem: CenteredProblem) {
  const { design, target } = problem
  let variance = 0
  target.forEach(
    (value, i) => (variance += ((design.weights?.[i] ?? 1) / design.totalWeight) * value * value),
  )
  return { variance, targetMean: problem.targetMean, means: problem.means }
}

function onGram(problem: CenteredProblem, g: Matrix): RegressionCoordinates {
  const zero = new Float64Array(g.rows)
  const share = 1 / problem.design.totalWeight
  const h = { data: g.data.map((value) => value * share), rows: g.rows }
  const b = problem.rightSide.map((value) => value * share)
  const base = gramCoordinates(h, b, { l1: zero, l2: zero, gamma: zero })
  const facts = common(problem)
  const residual = (gamma: Float64Array): { square: number; withTarget: number } => {
    let explained = 0
    let overlap = 0
    for (let j = 0; j < gamma.length; j++) {
      explained += b[j]! * gamma[j]!
      overlap += base.slopes[j]! * gamma[j]!
    }
    const withTarget = facts.variance - explained
    return { square: Math.max(0, withTarget - overlap), withTarget }
  }
  return { ...base, ...facts, residual }
}

function onResiduals(problem: CenteredProblem): RegressionCoordinates {
  const { design, target } = problem
  const { rows: n, columns: p } = design
  const ones = new Float64Array(p).fill(1)
  const rows = centeredRows(problem, { from: 0, to: n, stride: p, unit: ones })
  const root = Math.sqrt(1 / design.totalWeight)
  const columns = transpose({ data: rows.map((value) => value * root), rows: n, columns: p }).data
  const goal = target.map((value, i) => value * root * Math.sqrt(design.weights?.[i] ?? 1))
  const left = goal.slice()
  const product = (j: number, v: Float64Array): number => {
    let sum = 0
    for (let i = 0, k = j * n; i < n; i++, k++) sum += columns[k]! * v[i]!
    return sum
  }
  return {
    size: p,
    curvature: Float64Array.from({ length: p }, (_, j) => product(j, columns.subarray(j * n, (j + 1) * n))),
    l1: new Float64Array(p),
    l2: new Float64Array(p),
    slope: (j) => product(j, left),
    move(j, change) {
      for (let i = 0, k = j * n; i < n; i++, k++) left[i]! -= change * columns[k]!
    },
    ...common(problem),
    residual: () => ({ square: inner(left, left), withTarget: inner(left, goal) }),
  }
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
