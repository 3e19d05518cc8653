// What every linear kernel gives back.

/** A fitted linear function of the columns, as plain data. */
export interface LinearSolution {
  /** One a column, in the user's units. */
  readonly coefficients: Float64Array
  readonly intercept: number
  readonly iterations: number
  readonly converged: boolean
  /** The minimized function at the solution. */
  readonly objective: number
}

/** Settings that all linear kernels share. */
export interface LinearKernelOptions {
  /** One a row, at least 0; 1 when absent. */
  readonly weights?: Float64Array | undefined
  /** Default true. The intercept is never penalized. */
  readonly fitIntercept?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}
