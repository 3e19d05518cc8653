// What minimizers of the logistic loss take and give.
import type { LogisticState } from './logistic-problem.kernel.js'

/** When to stop. */
export interface MinimizeOptions {
  /** Largest violation of the optimality conditions, for a loss that is a weighted mean and columns of size one. */
  readonly tolerance: number
  readonly maxIterations: number
  readonly signal?: AbortSignal | undefined
}

/** Where a minimizer stopped. */
export interface Minimization {
  readonly state: LogisticState
  readonly iterations: number
  readonly converged: boolean
}
