// Networks for tables, as estimators.
import { t } from '../../../engine/graph/index.js'
import { defineClassifier, defineRegressor, weightRows } from '../../contracts/index.js'
import { crossEntropy } from '../losses.js'
import { fitMlp, type MlpState } from './fit.js'
import { classifierOptions, type MlpClassifierOptions, type MlpOptions, regressorOptions } from './options.js'
import { predictGraph, predictMany, predictRows } from './predict.js'

const traits = { matrix: 'float64', missing: false, prefers: 'network', text: 'codes' } as const

/** What people may read of a fitted network. */
export interface MlpLearned {
  /** Passes over the rows that its weights have seen. */
  readonly epochs: number
  readonly members: number
  readonly parameterCount: number
  readonly [name: string]: unknown
}

const learned = ({ epochs, members, values }: MlpState): MlpLearned => ({
  epochs,
  members,
  parameterCount: Object.values(values).reduce((sum, data) => sum + data.length, 0),
})

/**
 * Networks for classes: the mean of several that share most of their weights.
 *
 * p(x) = Σₘ softmax(Wₘ h(rₘ ⊙ e(x)) + bₘ) / M, where e makes a vector of each column: of a number z · w + b + φ(z) V, with φ the shares
 * of the pieces between quantiles that lie below it, or waves cos(2π f z + φ₀); of a category a row of a table. The hidden layers h,
 * with relu and dropout, are shared by all members m; rₘ, Wₘ and bₘ are a member's own.
 *
 * AdamW in batches minimizes the mean cross-entropy of the members, until that of a validation part, judged with a moving average of
 * the weights, stops falling; up to 5,000 rows, training is then repeated on all of them for as many passes. Numbers are scaled by
 * quartiles and bent back beyond 3 deviations. Text columns are categories, with a code for missing and one for unknown texts;
 * missing numbers are filled by `pipeline(autoPrepare(), mlpClassifier())`.
 *
 * Cost: O(epochs · n · M · (p · h + h²)) for h hidden units and p the length of e(x), 16 for each number and category.
 *
 * @param options - see {@link MlpClassifierOptions}
 * @returns a classifier of n × p tables of numbers (without NaN) and text
 * @throws {@link InvalidOptionError} for an option out of range; {@link DataError} for missing and infinite numbers, and for one
 * class; {@link ConvergenceError} when the loss is no number any more
 * @see Gorishniy et al. 2025, arXiv:2410.24210 (members); 2022, arXiv:2203.05556 (numbers as vectors); Holzmüller et al. 2024,
 * arXiv:2407.04491 (scaling)
 * @example
 * ```ts
 * const rows = Array.from({ length: 200 }, (_, i) => ({ size: i / 100 - 1, kind: i < 100 ? 'small' : 'large' }))
 * const model = await mlpClassifier({ members: 4, hiddenLayerSizes: [16] }).fit(rows, { target: 'kind' })
 * model.predictRow({ size: 0.9 }) // => 'large'
 * ```
 */
export const mlpClassifier = defineClassifier<MlpClassifierOptions, MlpState, MlpLearned>({
  kind: 'mlp-classifier',
  options: classifierOptions,
  traits,
  portable: 'approximate',
  fit: (data, options) =>
    fitMlp(data, options, {
      outputs: data.nClasses,
      classes: true,
      sampleWeight: weightRows(data, options.classWeight),
      losses(scores, targets) {
        const { shape } = scores
        const repeated = t.broadcastTo(t.expandDims(targets, 0), shape.slice(0, 2))
        return crossEntropy(scores, repeated, { reduction: 'none', labelSmoothing: options.labelSmoothing })
      },
    }),
  predict: (state, x) => predictRows(state, x, 'softmax'),
  predictMany: (state, x) => predictMany(state, x, 'softmax'),
  toGraph: (state, x, graph) => predictGraph(state, x, graph, 'softmax'),
  learned,
})

/**
 * Networks for numbers: as {@link mlpClassifier}, on the squared error of the standardized target.
 *
 * ŷ(x) = Σₘ (wₘ · h(rₘ ⊙ e(x)) + bₘ) / M, on the scale of the targets and within their range. Cost: as there.
 *
 * @param options - see {@link MlpOptions}
 * @returns a regressor of n × p tables of numbers (without NaN) and text
 * @throws {@link InvalidOptionError} for an option out of range; {@link DataError} for missing and infinite numbers;
 * {@link ConvergenceError} when the loss is no number any more
 * @see as for {@link mlpClassifier}
 * @example
 * ```ts
 * const rows = Array.from({ length: 200 }, (_, i) => ({ size: i / 100 - 1, price: Math.abs(i - 100) / 100 }))
 * const model = await mlpRegressor({ members: 4, hiddenLayerSizes: [32] }).fit(rows, { target: 'price' })
 * Math.abs(model.predictRow({ size: -0.8 }) - 0.8) < 0.1 // => true
 * ```
 */
export const mlpRegressor = defineRegressor<MlpOptions, MlpState, MlpLearned>({
  kind: 'mlp-regressor',
  options: regressorOptions,
  traits,
  portable: 'approximate',
  fit: (data, options) =>
    fitMlp(data, options, {
      outputs: 1,
      classes: false,
      sampleWeight: data.sampleWeight,
      losses: (scores, targets) => t.square(t.sub(t.squeeze(scores, [2]), t.expandDims(targets, 0))),
    }),
  predict: (state, x) => predictRows(state, x, 'value'),
  predictMany: (state, x) => predictMany(state, x, 'value'),
  toGraph: (state, x, graph) => predictGraph(state, x, graph, 'value'),
  learned,
})
