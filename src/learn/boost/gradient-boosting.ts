// Gradient boosting: trees that each correct what the trees before them left over.
import {
  defineClassifier,
  defineRegressor,
  graphProbabilities,
  probabilitiesOf,
  weightRows,
} from '../contracts/index.js'
import {
  type BoostLearned,
  type BoostState,
  fitBoost,
  graphScores,
  learnedBoost,
  scoreMany,
  scoreRows,
} from './fit.js'
import {
  classifierOptions,
  type GradientBoostingClassifierOptions,
  type GradientBoostingOptions,
  regressorOptions,
} from './options.js'

const traits = { matrix: 'float32', missing: true, prefers: 'tree' } as const

/**
 * Gradient boosting for numbers: a sum of small regression trees that descends the squared error.
 *
 * F(x) = b + η Σₜ fₜ(x), each tree fₜ fitted to the gradient of ½(y − F)² with leaf values −G/(H + λ). Columns are cut
 * into at most 255 ranges, trees grow leaf by leaf where the loss falls most, and missing values go to the side of a
 * split that suits them better.
 *
 * Cost: O(rounds · n · p) at worst; the histograms of one child come from its parent's by subtraction.
 *
 * @param options - see {@link GradientBoostingOptions}
 * @returns a regressor; x may hold NaN; the result does not depend on the number of threads
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Friedman 2001, doi:10.1214/aos/1013203451; Chen & Guestrin 2016, doi:10.1145/2939672.2939785; Ke et al. 2017
 * @example
 * ```ts
 * const rows = Array.from({ length: 100 }, (_, i) => ({ size: i, price: i < 50 ? 10 : 20 }))
 * const model = await gradientBoostingRegressor({ nEstimators: 50 }).fit(rows, { target: 'price' })
 * Math.round(model.predictRow({ size: 90 })) // => 20
 * ```
 */
export const gradientBoostingRegressor = defineRegressor<GradientBoostingOptions, BoostState, BoostLearned>({
  kind: 'gradient-boosting-regressor',
  options: regressorOptions,
  traits,
  fit: (data, options) =>
    fitBoost(data, options, { objective: 'squared-error', sampleWeight: data.sampleWeight }),
  predict: scoreRows,
  predictMany: scoreMany,
  toGraph: graphScores,
  learned: learnedBoost,
})

/**
 * Gradient boosting for classes: small regression trees that descend the log loss.
 *
 * Two classes: one tree a round, p = σ(F). More: one tree per class and round, p = softmax(F). Otherwise as
 * {@link gradientBoostingRegressor}.
 *
 * @param options - see {@link GradientBoostingClassifierOptions}
 * @returns a classifier; x may hold NaN
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Friedman 2001, doi:10.1214/aos/1013203451
 * @example
 * ```ts
 * const rows = Array.from({ length: 100 }, (_, i) => ({ size: i, kind: i < 50 ? 'small' : 'large' }))
 * const model = await gradientBoostingClassifier({ nEstimators: 50 }).fit(rows, { target: 'kind' })
 * model.predictRow({ size: 90 }) // => 'large'
 * ```
 */
export const gradientBoostingClassifier = defineClassifier<
  GradientBoostingClassifierOptions,
  BoostState,
  BoostLearned
>({
  kind: 'gradient-boosting-classifier',
  options: classifierOptions,
  traits,
  fit: (data, options) =>
    fitBoost(data, options, {
      objective: data.nClasses === 2 ? 'logistic' : 'multinomial',
      sampleWeight: weightRows(data, options.classWeight),
    }),
  predict: (state, x) => probabilitiesOf(scoreRows(state, x), state.ensemble.outputs),
  predictMany: async (state, x) => probabilitiesOf(await scoreMany(state, x), state.ensemble.outputs),
  toGraph: (state, x, graph) =>
    graphProbabilities(graph, graphScores(state, x, graph), state.ensemble.outputs),
  learned: learnedBoost,
})
