// Linear models for numbers: least squares, and its penalized forms.
import { defineOptions, flag, integer, lazily, real } from '../../base/index.js'
import type { Matrix } from '../../data/index.js'
import { defineRegressor, type LearnerDefinition } from '../contracts/index.js'
import {
  denseMatrix,
  graphScores,
  type LinearLearned,
  linearScores,
  type LinearState,
  tellConvergence,
} from './linear-model.js'
import type { LinearSolution } from './solution.kernel.js'

/** Options of {@link linearRegression}. */
export interface LinearRegressionOptions {
  /** Learn a constant besides the slopes. @default true */
  readonly fitIntercept: boolean
}

/** Options of {@link ridge}. */
export interface RidgeOptions extends LinearRegressionOptions {
  /** Strength of the penalty, at least 0. @default 1 */
  readonly alpha: number
}

/** Options of {@link lasso}. */
export interface LassoOptions extends RidgeOptions {
  /** Rounds over the coefficients at most. @default 10000 */
  readonly maxIter: number
  /** Duality gap to stop at, relative to the target's variance. @default 1e-8 */
  readonly tol: number
}

/** Options of {@link elasticNet}. */
export interface ElasticNetOptions extends LassoOptions {
  /** Share of the absolute penalty: 0 is ridge, 1 is lasso. @default 0.5 */
  readonly l1Ratio: number
}

// Predicting needs none of this.
const leastSquaresKernel = lazily(async () => (await import('./least-squares.kernel.js')).leastSquaresKernel)
const ridgeKernel = lazily(async () => (await import('./least-squares.kernel.js')).ridgeKernel)
const elasticNetKernel = lazily(async () => (await import('./elastic-net.kernel.js')).elasticNetKernel)

const traits = { matrix: 'float64', missing: false, prefers: 'linear' } as const
const fitIntercept = flag({ default: true })
const alpha = real({ min: 0, default: 1, search: { type: 'log-uniform', low: 1e-4, high: 1e4 } })
const descent = {
  maxIter: integer({ min: 1, default: 10_000 }),
  tol: real({ min: 0, exclusive: true, default: 1e-8 }),
}

type Parts = Pick<
  LearnerDefinition<LinearRegressionOptions, LinearState, LinearLearned>,
  'traits' | 'predict' | 'toGraph' | 'learned'
>

/** What all of them do alike once fitted. */
const parts: Parts = {
  traits,
  predict: (state: LinearState, x: Matrix) => linearScores(state, x),
  toGraph: graphScores,
  learned: ({ coefficients, intercepts, iterations, converged }: LinearState, names) => ({
    coefficients: Object.fromEntries(names.map((name, j) => [name, coefficients[j]!])),
    intercept: intercepts[0]!,
    iterations,
    converged,
  }),
}

const stateOf = ({ coefficients, intercept, iterations, converged }: LinearSolution): LinearState => ({
  outputs: 1,
  coefficients,
  intercepts: Float64Array.of(intercept),
  iterations,
  converged,
})

/**
 * Ordinary least squares: the linear function with the smallest squared error.
 *
 * Minimizes Σ wᵢ (yᵢ − xᵢ·β − b)²; of several solutions the shortest β. Cholesky on the Gram matrix with a step of
 * refinement, orthogonal factors where that would lose the answer. Cost: O(n·p²).
 *
 * @param options - see {@link LinearRegressionOptions}
 * @returns a regressor; x: n rows × p number columns without missing values
 * @see values checked against scikit-learn's LinearRegression
 * @example
 * ```ts
 * const model = await linearRegression().fit([{ x: 0 }, { x: 1 }, { x: 2 }], [1, 3, 5])
 * Math.round(model.predictRow({ x: 10 })) // => 21
 * ```
 */
export const linearRegression = defineRegressor<LinearRegressionOptions, LinearState, LinearLearned>({
  ...parts,
  kind: 'linear-regression',
  options: defineOptions<LinearRegressionOptions>({ fitIntercept }),
  fit: async ({ x, y, sampleWeight, signal }, options) =>
    stateOf(await leastSquaresKernel(denseMatrix(x), y, { weights: sampleWeight, signal, ...options })),
})

/**
 * Ridge regression: least squares with an L2 penalty on the coefficients.
 *
 * Minimizes Σ wᵢ (yᵢ − xᵢ·β − b)² + α‖β‖²; the intercept b is not penalized. Cholesky on the smaller of XᵀX and XXᵀ,
 * orthogonal factors when the pivot test fails. Cost: O(n·p·min(n, p)).
 *
 * @param options - see {@link RidgeOptions}
 * @returns a regressor; x: n rows × p number columns without missing values, best on one scale
 * @throws {@link InvalidOptionError} if `alpha` is negative or not finite
 * @see Hoerl & Kennard 1970, doi:10.1080/00401706.1970.10488634; values checked against scikit-learn
 * @example
 * ```ts
 * const model = await ridge({ alpha: 0 }).fit([{ x: 0 }, { x: 1 }, { x: 2 }], [1, 3, 5])
 * Math.round(model.predictRow({ x: 10 })) // => 21
 * ```
 */
export const ridge = defineRegressor<RidgeOptions, LinearState, LinearLearned>({
  ...parts,
  kind: 'ridge',
  options: defineOptions<RidgeOptions>({ alpha, fitIntercept }),
  fit: async ({ x, y, sampleWeight, signal }, options) =>
    stateOf(await ridgeKernel(denseMatrix(x), y, { weights: sampleWeight, signal, ...options })),
})

/**
 * Lasso: least squares with an absolute penalty, which sets coefficients to zero.
 *
 * Minimizes 1/(2W) Σ wᵢ (yᵢ − xᵢ·β − b)² + α‖β‖₁, W = Σ wᵢ, by cyclic coordinate descent on an active set until the
 * duality gap is small. Tells a `convergence-error` event when it stops at `maxIter`.
 *
 * @param options - see {@link LassoOptions}
 * @returns a regressor; x: n rows × p number columns without missing values, best on one scale
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Tibshirani 1996, doi:10.1111/j.2517-6161.1996.tb02080.x; values checked against scikit-learn
 * @example
 * ```ts
 * const rows = Array.from({ length: 20 }, (_, i) => ({ x: i, noise: (i * 7) % 5 }))
 * const model = await lasso({ alpha: 1 }).fit(rows, rows.map((row) => 3 * row.x))
 * model.predictRow({ x: 9.5, noise: 0 }) === model.predictRow({ x: 9.5, noise: 4 }) // => true
 * ```
 */
export const lasso = defineRegressor<LassoOptions, LinearState, LinearLearned>({
  ...parts,
  kind: 'lasso',
  options: defineOptions<LassoOptions>({ alpha, fitIntercept, ...descent }),
  fit: (data, options) => fitElasticNet(data, { ...options, l1Ratio: 1 }),
})

/**
 * Elastic net: least squares with both penalties.
 *
 * Minimizes 1/(2W) Σ wᵢ (yᵢ − xᵢ·β − b)² + α·ρ‖β‖₁ + ½α(1 − ρ)‖β‖², as {@link lasso}.
 *
 * @param options - see {@link ElasticNetOptions}
 * @returns a regressor; x: n rows × p number columns without missing values, best on one scale
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Zou & Hastie 2005, doi:10.1111/j.1467-9868.2005.00503.x; values checked against scikit-learn
 */
export const elasticNet = defineRegressor<ElasticNetOptions, LinearState, LinearLearned>({
  ...parts,
  kind: 'elastic-net',
  options: defineOptions<ElasticNetOptions>({
    alpha,
    fitIntercept,
    ...descent,
    l1Ratio: real({ min: 0, max: 1, default: 0.5, search: { type: 'uniform', low: 0, high: 1 } }),
  }),
  fit: fitElasticNet,
})

async function fitElasticNet(
  {
    x,
    y,
    sampleWeight,
    signal,
    onEvent,
  }: Parameters<LearnerDefinition<ElasticNetOptions, LinearState>['fit']>[0],
  options: Readonly<ElasticNetOptions>,
): Promise<LinearState> {
  const { alpha: strength, l1Ratio, fitIntercept: withIntercept, maxIter, tol } = options
  const state = stateOf(
    await elasticNetKernel(denseMatrix(x), y, {
      alpha: strength,
      l1Ratio,
      fitIntercept: withIntercept,
      maxIterations: maxIter,
      tolerance: tol,
      weights: sampleWeight,
      signal,
    }),
  )
  tellConvergence(state, onEvent)
  return state
}
