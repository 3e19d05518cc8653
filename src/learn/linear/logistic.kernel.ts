// Logistic regression, binary and multinomial, with squared and absolute penalties.
import { DataError, ShapeError } from '../../base/index.js'
import type { Matrix } from '../../engine/linalg/index.js'
import { type Design, fromOriginal, makeDesign, toOriginal } from './design.kernel.js'
import { fista } from './fista.kernel.js'
import { lbfgs } from './lbfgs.kernel.js'
import type { LogisticProblem } from './logistic-problem.kernel.js'
import type { Minimization, MinimizeOptions } from './minimization.kernel.js'
import { newton } from './newton.kernel.js'
import { proxNewton } from './prox-newton.kernel.js'
import type { LinearKernelOptions } from './solution.kernel.js'

/** Settings of {@link logisticKernel}. */
export interface LogisticKernelOptions extends LinearKernelOptions {
  /** Number of classes, at least 2. */
  readonly classes: number
  /** Inverse strength C of the penalty, above 0; Infinity for none; default 1. */
  readonly c?: number | undefined
  /** Share ρ of the absolute penalty, 0 to 1; default 0. */
  readonly l1Ratio?: number | undefined
  /** One per class, multiplied into the weights; 'balanced' is n/(classes·count); 1 when absent. */
  readonly classWeight?: Float64Array | 'balanced' | undefined
  /** Softmax even for two classes; default false. */
  readonly softmax?: boolean | undefined
  /** Largest gradient of the mean loss for columns of size one; default 1e-6. */
  readonly tolerance?: number | undefined
  /** Default 100 Newton steps; first-order methods take 50 times as many. */
  readonly maxIterations?: number | undefined
  /** Where to begin: the fields of an earlier solution. */
  readonly start?: { readonly coefficients: Float64Array; readonly intercepts: Float64Array } | undefined
}

/** A fitted classifier as plain data. One output (log odds of class 1) or one per class (softmax). */
export interface LogisticSolution {
  readonly outputs: number
  /** outputs × p, row-major, in the user's units. */
  readonly coefficients: Float64Array
  /** One per output. */
  readonly intercepts: Float64Array
  readonly iterations: number
  readonly converged: boolean
  /** C·Σ wᵢ lossᵢ + ½(1 − ρ)‖β‖² + ρ‖β‖₁; the mean loss when C is infinite. */
  readonly objective: number
}

/**
 * Minimizes C·Σ wᵢ lossᵢ + ½(1 − ρ)‖β‖² + ρ‖β‖₁; intercepts are free (as scikit-learn's lbfgs and saga).
 *
 * Newton on weighted Gram matrices while outputs·p is small, L-BFGS above; with an absolute penalty proximal Newton
 * and FISTA. Perfectly separated classes stay finite through the penalty.
 *
 * @param x - n × p, finite
 * @param codes - n class numbers, 0 to classes − 1
 * @throws DataError when a number is not finite or a class has no weight
 * @throws ShapeError when there is not one class a row
 */
export async function logisticKernel(
  x: Matrix,
  codes: Int32Array,
  options: LogisticKernelOptions,
): Promise<LogisticSolution> {
  checkCodes(codes, x.rows, options.classes)
  const weights = effectiveWeights(codes, options)
  const design = makeDesign(x, { weights, fitIntercept: options.fitIntercept ?? true })
  const problem = describe(design, codes, options)
  const start = startingPoint(problem, options)
  const { minimize, firstOrder } = chooseMethod(problem)
  const limits: MinimizeOptions = {
    tolerance: options.tolerance ?? 1e-6,
    maxIterations: (options.maxIterations ?? 100) * (firstOrder ? firstOrderFactor : 1),
    signal: options.signal,
  }
  return solution(problem, await minimize(problem, start, limits), options)
}

// First-order methods need tens of steps for each of Newton's.
const firstOrderFactor = 50

function checkCodes(codes: Int32Array, rows: number, classes: number): void {
  if (codes.length !== rows) {
    throw new ShapeError(
      `classes: expected one a row (${rows}), received ${codes.length}; pass as many as rows`,
      {
        expected: rows,
        received: codes.length,
        where: 'target',
      },
    )
  }
  const firstRow = codes.findIndex((code) => code < 0 || code >= classes)
  if (firstRow < 0) return
  throw new DataError(
    `classes: expected numbers from 0 to ${classes - 1}, received ${codes[firstRow]} in row ${firstRow}; drop rows without a class`,
    { column: 'target', firstRow },
  )
}

function effectiveWeights(codes: Int32Array, options: LogisticKernelOptions): Float64Array | undefined {
  const { weights, classWeight, classes } = options
  const totals = new Float64Array(classes)
  codes.forEach((code, i) => (totals[code]! += weights?.[i] ?? 1))
  const missing = classes < 2 ? 0 : totals.findIndex((total) => total === 0)
  if (missing >= 0) {
    throw new DataError(
      `classes: expected at least two, each with a row of positive weight, received none for class ${missing}; ` +
        'number only the classes that occur, or add rows',
      { class: missing, count: codes.length },
    )
  }
  if (!classWeight) return weights
  const factors = classWeight === 'balanced' ? balanced(totals) : classWeight
  return Float64Array.from(codes, (code, i) => factors[code]! * (weights?.[i] ?? 1))
}

function balanced(totals: Float64Array): Float64Array {
  const sum = totals.reduce((a, b) => a + b, 0)
  return totals.map((total) => sum / (totals.length * total))
}

function describe(design: Design, codes: Int32Array, options: LogisticKernelOptions): LogisticProblem {
  const outputs = options.classes === 2 && !options.softmax ? 1 : options.classes
  const strength = 1 / ((options.c ?? 1) * design.totalWeight)
  const l1Ratio = options.l1Ratio ?? 0
  const l1 = new Float64Array(outputs * design.width)
  const l2 = new Float64Array(outputs * design.width)
  for (let c = 0; c < outputs; c++) {
    for (let j = 0; j < design.columns; j++) {
      l1[c * design.width + j] = strength * l1Ratio * design.scale[j]!
      l2[c * design.width + j] = strength * (1 - l1Ratio) * design.scale[j]! ** 2
    }
  }
  const weights = Float64Array.from(codes, (_, i) => (design.weights?.[i] ?? 1) / design.totalWeight)
  return { design, outputs, codes, weights, l1, l2 }
}

/** The given start, or no coefficients and intercepts at the log of the classes' shares. */
function startingPoint(problem: LogisticProblem, options: LogisticKernelOptions): Float64Array {
  const { design, outputs } = problem
  const beta = new Float64Array(outputs * design.width)
  const { start } = options
  if (start) {
    for (let c = 0; c < outputs; c++) {
      const coefficients = start.coefficients.subarray(c * design.columns, (c + 1) * design.columns)
      beta.set(fromOriginal(design, { coefficients, intercept: start.intercepts[c]! }), c * design.width)
    }
  } else if (design.intercept) {
    const shares = new Float64Array(options.classes)
    problem.codes.forEach((code, i) => (shares[code]! += problem.weights[i]!))
    const logs = shares.map(Math.log)
    const level = logs.reduce((a, b) => a + b, 0) / logs.length
    for (let c = 0; c < outputs; c++) {
      beta[c * design.width + design.columns] = outputs === 1 ? logs[1]! - logs[0]! : logs[c]! - level
    }
  }
  return beta
}

// Beyond 1,500 unknowns a Hessian takes 18 MB and its factor a second, once a step.
const largestHessian = 1500
// Eight Newton steps cost 8·(k·q)²/4 per row for k outputs and q numbers in a row, 300 gradient steps 600·k·q:
// equal at k·q = 300.
const widestNewtonRow = 300

type Minimizer = (p: LogisticProblem, start: Float64Array, o: MinimizeOptions) => Promise<Minimization>

function chooseMethod(problem: LogisticProblem): { minimize: Minimizer; firstOrder: boolean } {
  const { design, outputs } = problem
  const numbersInRow = design.sparse ? design.sparse.values.length / design.rows : design.width
  const isSmall = outputs * design.width <= largestHessian && outputs * numbersInRow <= widestNewtonRow
  const isSmooth = problem.l1.every((l1) => l1 === 0)
  // An absolute penalty makes first-order methods far slower, so building the Hessian pays much longer.
  const second = isSmooth ? isSmall : outputs * design.width <= largestHessian
  if (isSmooth) return { minimize: second ? newton : lbfgs, firstOrder: !second }
  return { minimize: second ? proxNewton : fista, firstOrder: !second }
}

function solution(
  problem: LogisticProblem,
  reached: Minimization,
  options: LogisticKernelOptions,
): LogisticSolution {
  const { design, outputs } = problem
  const coefficients = new Float64Array(outputs * design.columns)
  const intercepts = new Float64Array(outputs)
  for (let c = 0; c < outputs; c++) {
    const beta = reached.state.beta.subarray(c * design.width, (c + 1) * design.width)
    const original = toOriginal(design, beta)
    coefficients.set(original.coefficients, c * design.columns)
    intercepts[c] = original.intercept
  }
  if (outputs > 1) centerIntercepts(intercepts)
  const size = (options.c ?? 1) === Infinity ? 1 : (options.c ?? 1) * design.totalWeight
  const { iterations, converged, state } = reached
  return { outputs, coefficients, intercepts, iterations, converged, objective: size * state.objective }
}

/** Softmax does not change when all intercepts move together: their mean is put at zero. */
function centerIntercepts(intercepts: Float64Array): void {
  const mean = intercepts.reduce((a, b) => a + b, 0) / intercepts.length
  for (let c = 0; c < intercepts.length; c++) intercepts[c]! -= mean
}
