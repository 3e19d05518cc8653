// Newton's method with absolute penalties: each step solves a lasso on the quadratic model.
import { cholesky, type Matrix, matrix, solveCholesky } from '../../engine/linalg/index.js'
import { descend, gramCoordinates } from './coordinate-descent.kernel.js'
import { backtrack } from './line-search.kernel.js'
import { evaluate, gradient, hessian, type LogisticProblem, violation } from './logistic-problem.kernel.js'
import type { Minimization, MinimizeOptions } from './minimization.kernel.js'

/**
 * Proximal Newton (Lee, Sun & Saunders, SIAM J. Optim. 24:3, 2014) with coordinate descent inside, as glmnet does;
 * unpenalized coefficients are eliminated from the model, since coordinate descent is slow on them.
 */
export async function proxNewton(
  problem: LogisticProblem,
  start: Float64Array,
  options: MinimizeOptions,
): Promise<Minimization> {
  let state = evaluate(problem, start)
  let g = gradient(problem, state)
  for (let iterations = 0; ; iterations++) {
    const reached = violation(problem, state.beta, g)
    if (reached <= options.tolerance) return { state, iterations, converged: true }
    if (iterations === options.maxIterations) return { state, iterations, converged: false }
    const h = await hessian(problem, state, options.signal)
    const target = modelMinimum(problem, { beta: state.beta, g, h }, reached)
    const move = promise(problem, state.beta, { target, g })
    const next = move.promised < 0 ? backtrack(problem, state, move) : undefined
    if (!next) return { state, iterations, converged: reached <= Math.sqrt(options.tolerance) }
    state = next
    g = gradient(problem, state)
  }
}

interface Model {
  readonly beta: Float64Array
  readonly g: Float64Array
  readonly h: Matrix
}

function promise(
  problem: LogisticProblem,
  beta: Float64Array,
  to: { target: Float64Array; g: Float64Array },
) {
  const direction = to.target.map((value, j) => value - beta[j]!)
  let promised = 0
  for (let j = 0; j < beta.length; j++) {
    promised += to.g[j]! * direction[j]! + problem.l1[j]! * (Math.abs(to.target[j]!) - Math.abs(beta[j]!))
  }
  return { direction, promised }
}

// The model is solved to a thousandth of the violation that stands: the outer error then falls by that a step, until
// Newton's own quadratic rate takes over.
const modelShare = 1e-3
const maxRounds = 2000

/** The minimum of the quadratic model with penalties, as new coefficients. */
function modelMinimum(problem: LogisticProblem, model: Model, reached: number): Float64Array {
  const { beta, g, h } = model
  // The squared penalty is part of h already.
  const b = g.map((value) => -value)
  for (let i = 0; i < h.rows; i++) {
    for (let j = 0; j < h.rows; j++) b[i]! += h.data[i * h.rows + j]! * beta[j]!
  }
  const split = splitCoordinates(problem, h)
  const reduced = eliminate(h, b, split)
  const gamma = Float64Array.from(split.penalized, (j) => beta[j]!)
  const penalties = {
    l1: Float64Array.from(split.penalized, (j) => problem.l1[j]!),
    l2: new Float64Array(gamma.length),
    gamma,
  }
  const coordinates = gramCoordinates(reduced.h, reduced.b, penalties)
  for (let rounds = 0; rounds < maxRounds;) {
    const done = descend(coordinates, gamma, {
      tolerance: reached * modelShare,
      maxRounds: maxRounds - rounds,
    })
    rounds += done.rounds
    if (done.change <= reached * modelShare) break
  }
  return restore({ h, b, beta }, split, gamma)
}

interface Split {
  readonly penalized: Int32Array
  readonly free: Int32Array
  /** Factor of H over the free coordinates. */
  readonly lower: Matrix
}

function splitCoordinates(problem: LogisticProblem, h: Matrix): Split {
  const all = Int32Array.from({ length: h.rows }, (_, j) => j)
  const isFree = (j: number): boolean => problem.l1[j] === 0 && h.data[j * (h.rows + 1)]! > 0
  const free = all.filter(isFree)
  const block = pick(h, free, free)
  // A relative grain of 2⁻⁴⁰ keeps the factor when all probabilities have become 0 or 1; the line search judges the step.
  for (let k = 0; k < free.length; k++) block.data[k * (free.length + 1)]! *= 1 + 2 ** -40
  const lower = cholesky(block, 0) ?? diagonalFactor(block)
  return { free, penalized: all.filter((j) => !isFree(j)), lower }
}

function diagonalFactor(block: Matrix): Matrix {
  const out = matrix(block.rows, block.rows)
  for (let k = 0; k < block.rows; k++) {
    out.data[k * (block.rows + 1)] = Math.sqrt(block.rows * block.data[k * (block.rows + 1)]!)
  }
  return out
}

function pick(h: Matrix, rows: Int32Array, columns: Int32Array): Matrix {
  const out = matrix(rows.length, columns.length)
  rows.forEach((i, a) =>
    columns.forEach((j, c) => (out.data[a * columns.length + c] = h.data[i * h.columns + j]!)),
  )
  return out
}

/** The quadratic left for the penalized coordinates when the free ones always take their best values. */
function eliminate(h: Matrix, b: Float64Array, split: Split): { h: Matrix; b: Float64Array } {
  const { penalized, free, lower } = split
  const out = pick(h, penalized, penalized)
  const right = Float64Array.from(penalized, (j) => b[j]!)
  const freeRight = solveCholesky(
    lower,
    Float64Array.from(free, (j) => b[j]!),
  )
  const links = pick(h, penalized, free)
  for (let i = 0; i < penalized.length; i++) {
    const link = links.data.subarray(i * free.length, (i + 1) * free.length)
    const solved = solveCholesky(lower, link)
    right[i]! -= inner(link, freeRight)
    for (let j = 0; j < penalized.length; j++) {
      out.data[i * penalized.length + j]! -= inner(
        solved,
        links.data.subarray(j * free.length, (j + 1) * free.length),
      )
    }
  }
  return { h: out, b: right }
}

function restore(
  model: { h: Matrix; b: Float64Array; beta: Float64Array },
  split: Split,
  gamma: Float64Array,
): Float64Array {
  const out = model.beta.slice()
  split.penalized.forEach((j, k) => (out[j] = gamma[k]!))
  const links = pick(model.h, split.free, split.penalized)
  const right = Float64Array.from(split.free, (j, k) => {
    return model.b[j]! - inner(links.data.subarray(k * gamma.length, (k + 1) * gamma.length), gamma)
  })
  solveCholesky(split.lower, right).forEach((value, k) => (out[split.free[k]!] = value))
  return out
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
