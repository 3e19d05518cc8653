// What linear models share: the products with coefficients, in memory and in a graph.
import type { Matrix } from '../../data/index.js'
import type { Matrix as DenseMatrix } from '../../engine/linalg/index.js'
import { add, type GraphBuilder, matmul, tensor, type Value } from '../../engine/onnx/index.js'
import type { WorkEvent } from '../../base/index.js'

/** Coefficients outputs × p, row-major, and one intercept per output. */
export interface LinearState {
  readonly outputs: number
  readonly coefficients: Float64Array
  readonly intercepts: Float64Array
  readonly iterations: number
  readonly converged: boolean
}

/** What a linear model for numbers lets people read. */
export type LinearLearned = Readonly<{
  /** The slope of each column, by its name. */
  coefficients: Readonly<Record<string, number>>
  intercept: number
  iterations: number
  converged: boolean
}>

/** What a logistic regression lets people read. */
export type LogisticLearned = Readonly<{
  /** Slopes of the log odds by column: one entry for the second of two classes, or one for each of several classes. */
  coefficients: readonly Readonly<Record<string, number>>[]
  /** In the same order. */
  intercepts: readonly number[]
  iterations: number
  converged: boolean
}>

/** The matrix as kernels take it. */
export function denseMatrix(x: Matrix): DenseMatrix {
  const data = x.data instanceof Float64Array ? x.data : Float64Array.from(x.data)
  return { data, rows: x.rows, columns: x.columns }
}

/** X·Wᵀ + b, rows × outputs. */
export function linearScores({ outputs, coefficients, intercepts }: LinearState, x: Matrix): Float64Array {
  const p = x.columns
  const scores = new Float64Array(x.rows * outputs)
  for (let row = 0; row < x.rows; row++) {
    for (let output = 0; output < outputs; output++) {
      let sum = intercepts[output]!
      for (let j = 0; j < p; j++) sum += coefficients[output * p + j]! * x.data[row * p + j]!
      scores[row * outputs + output] = sum
    }
  }
  return scores
}

/** The same in a graph: [N, outputs] in float64. */
export function graphScores(
  { outputs, coefficients, intercepts }: LinearState,
  x: Value,
  graph: GraphBuilder,
): Value {
  const p = coefficients.length / outputs
  const transposed = new Float64Array(coefficients.length) // (p, outputs)
  for (let output = 0; output < outputs; output++) {
    for (let j = 0; j < p; j++) transposed[j * outputs + output] = coefficients[output * p + j]!
  }
  const product = matmul(
    graph,
    x,
    graph.initializer('coefficients', tensor('float64', transposed, [p, outputs])),
  )
  return add(graph, product, graph.initializer('intercepts', tensor('float64', intercepts, [1, outputs])))
}

/** Tells, as an event, that the solver stopped at its limit: the model stands, less exact than asked for. */
export function tellConvergence(
  state: Pick<LinearState, 'converged' | 'iterations'>,
  onEvent: ((event: WorkEvent) => void) | undefined,
): void {
  if (!state.converged)
    onEvent?.({ type: 'convergence-error', iterations: state.iterations, reached: Number.NaN })
}
