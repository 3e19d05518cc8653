// The logistic loss and its derivatives, binary and multinomial, in the columns of a design.
import { type Matrix, matrix } from '../../engine/linalg/index.js'
import type { Design } from './design.kernel.js'
import { margins, transposedProduct, weightedGram } from './design-products.kernel.js'

/**
 * f(β) = Σ wᵢ·lossᵢ(Zβ) + ½ Σ l2ⱼ βⱼ² + Σ l1ⱼ |βⱼ|, with weights that sum to 1.
 * One output (binary: the log odds of class 1) or one per class (softmax); β is outputs × width, row-major.
 */
export interface LogisticProblem {
  readonly design: Design
  readonly outputs: number
  readonly codes: Int32Array
  readonly weights: Float64Array
  /** One per coefficient; 0 for intercepts. */
  readonly l2: Float64Array
  readonly l1: Float64Array
}

/** A point with everything that its derivatives need. */
export interface LogisticState {
  readonly beta: Float64Array
  /** Z·β, rows × outputs. */
  readonly margins: Float64Array
  readonly probabilities: Float64Array
  /** Weight times (probability − truth): the derivative by the margins. */
  readonly residuals: Float64Array
  /** Loss and squared penalty. */
  readonly smooth: number
  /** With the absolute penalty: the minimized function. */
  readonly objective: number
}

/** Evaluates the problem at β. */
export function evaluate(problem: LogisticProblem, beta: Float64Array): LogisticState {
  return evaluateAt(problem, beta, margins(problem.design, beta, problem.outputs))
}

/** As {@link evaluate} when the margins are known already. */
export function evaluateAt(problem: LogisticProblem, beta: Float64Array, z: Float64Array): LogisticState {
  const probabilities = new Float64Array(z.length)
  const residuals = new Float64Array(z.length)
  const loss = problem.outputs === 1 ? binaryLoss : softmaxLoss
  let smooth = loss(problem, z, { probabilities, residuals })
  let absolute = 0
  for (let j = 0; j < beta.length; j++) {
    smooth += 0.5 * problem.l2[j]! * beta[j]! * beta[j]!
    absolute += problem.l1[j]! * Math.abs(beta[j]!)
  }
  return { beta, margins: z, probabilities, residuals, smooth, objective: smooth + absolute }
}

interface LossOutputs {
  readonly probabilities: Float64Array
  readonly residuals: Float64Array
}

function binaryLoss(problem: LogisticProblem, z: Float64Array, out: LossOutputs): number {
  const { codes, weights } = problem
  let sum = 0
  for (let i = 0; i < z.length; i++) {
    const margin = z[i]!
    // Everything from exp(−|margin|), which cannot overflow.
    const small = Math.exp(-Math.abs(margin))
    const p = margin >= 0 ? 1 / (1 + small) : small / (1 + small)
    const isOne = codes[i] === 1
    const wrong = isOne ? -margin : margin
    sum += weights[i]! * (Math.log1p(small) + Math.max(0, wrong))
    out.probabilities[i] = p
    // p − 1 written as the other class's probability keeps digits near certainty.
    const miss = isOne ? -(margin >= 0 ? small / (1 + small) : 1 / (1 + small)) : p
    out.residuals[i] = weights[i]! * miss
  }
  return sum
}

function softmaxLoss(problem: LogisticProblem, z: Float64Array, out: LossOutputs): number {
  const { codes, weights, outputs } = problem
  let sum = 0
  for (let i = 0, at = 0; i < codes.length; i++, at += outputs) {
    let largest = -Infinity
    for (let c = 0; c < outputs; c++) largest = Math.max(largest, z[at + c]!)
    let total = 0
    for (let c = 0; c < outputs; c++) total += out.probabilities[at + c] = Math.exp(z[at + c]! - largest)
    const truth = at + codes[i]!
    sum += weights[i]! * (Math.log(total) - (z[truth]! - largest))
    for (let c = 0; c < outputs; c++) {
      const p = out.probabilities[at + c]! / total
      out.probabilities[at + c] = p
      out.residuals[at + c] = weights[i]! * (at + c === truth ? p - 1 : p)
    }
  }
  return sum
}

/** The gradient of the smooth part. */
export function gradient(problem: LogisticProblem, state: LogisticState): Float64Array {
  const out = transposedProduct(problem.design, state.residuals, problem.outputs)
  for (let j = 0; j < out.length; j++) out[j]! += problem.l2[j]! * state.beta[j]!
  return out
}

/** The Hessian of the smooth part; outputs·width square. */
export async function hessian(
  problem: LogisticProblem,
  state: LogisticState,
  signal?: AbortSignal,
): Promise<Matrix> {
  const { design, outputs } = problem
  const { width } = design
  const total = matrix(outputs * width, outputs * width)
  for (let c = 0; c < outputs; c++) {
    for (let d = c; d < outputs; d++) {
      const curvature = curvatures(problem, state, { c, d })
      placeBlock(total, await weightedGram(design, curvature, signal), { c, d })
    }
  }
  for (let j = 0; j < total.rows; j++) total.data[j * total.rows + j]! += problem.l2[j]!
  fixGauge(problem, total)
  return total
}

/** Second derivatives of the loss by the margins of outputs c and d. */
function curvatures(
  problem: LogisticProblem,
  state: LogisticState,
  at: { c: number; d: number },
): Float64Array {
  const { outputs, weights } = problem
  const { probabilities } = state
  if (outputs === 1) return weights.map((w, i) => w * probabilities[i]! * (1 - probabilities[i]!))
  return weights.map((w, i) => {
    const p = probabilities[i * outputs + at.c]!
    const q = at.c === at.d ? 1 - p : -probabilities[i * outputs + at.d]!
    return w * p * q
  })
}

function placeBlock(total: Matrix, block: Matrix, at: { c: number; d: number }): void {
  const { data, columns: n } = total
  const width = block.rows
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      const value = block.data[i * width + j]!
      data[(at.c * width + i) * n + at.d * width + j] = value
      data[(at.d * width + j) * n + at.c * width + i] = value
    }
  }
}

/**
 * Adding the same number to a column's coefficient in every class changes no probability. Where no penalty decides,
 * curvature in that direction keeps the sum where it started; the gradient has no part in it, so the optimum stays.
 */
function fixGauge(problem: LogisticProblem, total: Matrix): void {
  const { design, outputs, l1, l2 } = problem
  if (outputs === 1) return
  for (let j = 0; j < design.width; j++) {
    if (l1[j] !== 0 || l2[j] !== 0) continue
    let size = 0
    for (let c = 0; c < outputs; c++) size += total.data[(c * design.width + j) * (total.rows + 1)]! / outputs
    for (let c = 0; c < outputs; c++) {
      for (let d = 0; d < outputs; d++)
        total.data[(c * design.width + j) * total.rows + d * design.width + j]! += size
    }
  }
}

/** How far β is from optimal: the largest violation of the conditions on the (sub)gradient. */
export function violation(problem: LogisticProblem, beta: Float64Array, g: Float64Array): number {
  let worst = 0
  for (let j = 0; j < beta.length; j++) {
    const l1 = problem.l1[j]!
    const size =
      beta[j] === 0 ? Math.max(0, Math.abs(g[j]!) - l1) : Math.abs(g[j]! + Math.sign(beta[j]!) * l1)
    worst = Math.max(worst, size)
  }
  return worst
}
