// Logistic regression: linear log odds, for two classes or several.
import { custom, defineOptions, flag, integer, lazily, real } from '../../base/index.js'
import {
  type ClassWeight,
  classWeightOption,
  defineClassifier,
  graphProbabilities,
  probabilitiesOf,
  weightRows,
} from '../contracts/index.js'
import {
  denseMatrix,
  graphScores,
  linearScores,
  type LinearState,
  type LogisticLearned,
  tellConvergence,
} from './linear-model.js'

const logisticKernel = lazily(async () => (await import('./logistic.kernel.js')).logisticKernel)

/** Options of {@link logisticRegression}. */
export interface LogisticRegressionOptions {
  /** Inverse strength of the penalty, greater than 0; Infinity for none. @default 1 */
  readonly C: number
  /** Share of the absolute penalty: 0 is L2, 1 is L1. @default 0 */
  readonly l1Ratio: number
  /** Learn a constant besides the slopes. @default true */
  readonly fitIntercept: boolean
  /** Weights of classes by label, 'balanced' (inversely to frequency), or null. @default null */
  readonly classWeight: ClassWeight
  /** Newton steps at most. @default 100 */
  readonly maxIter: number
  /** Largest gradient of the mean loss to stop at. @default 1e-6 */
  readonly tol: number
}

/**
 * Logistic regression: the log odds of a class are linear in the columns.
 *
 * Two classes: p = σ(x·β + b). More: p = softmax(x·βᶜ + bᶜ). Minimizes C·Σ wᵢ lossᵢ + ½(1 − ρ)‖β‖² + ρ‖β‖₁ with free
 * intercepts, by Newton steps on weighted Gram matrices, L-BFGS when those are large, proximal Newton for the absolute
 * penalty. Tells a `convergence-error` event when it stops at `maxIter`. Cost: O(n·p²) a step.
 *
 * @param options - see {@link LogisticRegressionOptions}
 * @returns a classifier; x: n rows × p number columns without missing values, best on one scale
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Hastie, Tibshirani & Friedman 2009, section 4.4; values checked against scikit-learn's LogisticRegression
 * @example
 * ```ts
 * const rows = Array.from({ length: 40 }, (_, i) => ({ age: i, adult: i >= 18 }))
 * const model = await logisticRegression().fit(rows, { target: 'adult' })
 * model.predictRow({ age: 30 }) // => true
 * ```
 */
export const logisticRegression = defineClassifier<LogisticRegressionOptions, LinearState, LogisticLearned>({
  kind: 'logistic-regression',
  options: defineOptions<LogisticRegressionOptions>({
    C: custom<number>({
      default: 1,
      expected: 'a number greater than 0, or Infinity',
      accepts: (value) => typeof value === 'number' && value > 0,
    }),
    l1Ratio: real({ min: 0, max: 1, default: 0 }),
    fitIntercept: flag({ default: true }),
    classWeight: classWeightOption,
    maxIter: integer({ min: 1, default: 100 }),
    tol: real({ min: 0, exclusive: true, default: 1e-6 }),
  }),
  traits: { matrix: 'float64', missing: false, prefers: 'linear' },
  async fit(data, { C, l1Ratio, fitIntercept, classWeight, maxIter, tol }) {
    const { outputs, coefficients, intercepts, iterations, converged } = await logisticKernel(
      denseMatrix(data.x),
      Int32Array.from(data.y),
      {
        classes: data.nClasses,
        c: C,
        l1Ratio,
        fitIntercept,
        weights: weightRows(data, classWeight),
        maxIterations: maxIter,
        tolerance: tol,
        signal: data.signal,
      },
    )
    const state = { outputs, coefficients, intercepts, iterations, converged }
    tellConvergence(state, data.onEvent)
    return state
  },
  predict: (state, x) => probabilitiesOf(linearScores(state, x), state.outputs),
  toGraph: (state, x, graph) => graphProbabilities(graph, graphScores(state, x, graph), state.outputs),
  learned: ({ coefficients, intercepts, iterations, converged }, names) => ({
    coefficients: Array.from(intercepts, (_, output) =>
      Object.fromEntries(names.map((name, j) => [name, coefficients[output * names.length + j]!])),
    ),
    intercepts: Array.from(intercepts),
    iterations,
    converged,
  }),
})
