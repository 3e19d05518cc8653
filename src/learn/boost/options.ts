// The options of gradient boosting, under the names that XGBoost and scikit-learn gave them.
import { defineOptions, flag, integer, nullable, real } from '../../base/index.js'
import { type ClassWeight, classWeightOption } from '../contracts/index.js'

/** Options of {@link gradientBoostingRegressor}. */
export interface GradientBoostingOptions {
  /** Rounds at most; each adds one tree, or one per class when there are more than two. @default 100 */
  readonly nEstimators: number
  /** What each tree counts; smaller needs more rounds and often errs less. @default 0.1 */
  readonly learningRate: number
  /** Leaves of a tree at most; trees grow where the loss falls most. @default 31 */
  readonly maxLeaves: number
  /** Questions on the longest path of a tree; null for no limit. @default null */
  readonly maxDepth: number | null
  /** Rows that each leaf must keep. @default 20 */
  readonly minSamplesLeaf: number
  /** Sum of second derivatives that each leaf must keep. @default 0.001 */
  readonly minChildWeight: number
  /** L2 penalty on leaf values. @default 1 */
  readonly regLambda: number
  /** Loss that a split must save. @default 0 */
  readonly gamma: number
  /** Share of the rows drawn for each round. @default 1 */
  readonly subsample: number
  /** Share of the columns drawn for each tree. @default 1 */
  readonly colsampleByTree: number
  /** Share of the tree's columns drawn for each split. @default 1 */
  readonly colsampleByNode: number
  /** Ranges into which a column's values are cut, 2 to 255. @default 255 */
  readonly maxBins: number
  /** Thresholds are drawn at random, the best column wins (extremely randomized trees). @default false */
  readonly extraTrees: boolean
  /** Ends after so many rounds without a better validation loss; null for never. @default null */
  readonly earlyStoppingRounds: number | null
  /** Share of the rows set aside for early stopping when `fit` is given no validation part. @default 0.1 */
  readonly validationFraction: number
}

/** Options of {@link gradientBoostingClassifier}. */
export interface GradientBoostingClassifierOptions extends GradientBoostingOptions {
  /** Weights of classes by label, 'balanced' (inversely to frequency), or null. @default null */
  readonly classWeight: ClassWeight
}

const specs = {
  nEstimators: integer({ min: 1, max: 100_000, default: 100 }),
  learningRate: real({
    min: 0,
    max: 10,
    exclusive: true,
    default: 0.1,
    search: { type: 'log-uniform', low: 0.01, high: 0.3 },
  }),
  maxLeaves: integer({ min: 2, max: 4096, default: 31, search: { type: 'integer', low: 4, high: 128 } }),
  maxDepth: nullable(integer({ min: 1, max: 64, default: 6 })),
  minSamplesLeaf: integer({ min: 1, default: 20, search: { type: 'integer', low: 1, high: 100 } }),
  minChildWeight: real({ min: 0, default: 0.001 }),
  regLambda: real({ min: 0, default: 1, search: { type: 'log-uniform', low: 0.001, high: 100 } }),
  gamma: real({ min: 0, default: 0 }),
  subsample: real({ min: 0.01, max: 1, default: 1, search: { type: 'uniform', low: 0.5, high: 1 } }),
  colsampleByTree: real({ min: 0.01, max: 1, default: 1 }),
  colsampleByNode: real({ min: 0.01, max: 1, default: 1, search: { type: 'uniform', low: 0.3, high: 1 } }),
  maxBins: integer({ min: 2, max: 255, default: 255 }),
  extraTrees: flag({ default: false }),
  earlyStoppingRounds: nullable(integer({ min: 1, default: 50 })),
  validationFraction: real({ min: 0, max: 0.9, exclusive: true, default: 0.1 }),
}

export const regressorOptions = defineOptions<GradientBoostingOptions>(specs)

export const classifierOptions = defineOptions<GradientBoostingClassifierOptions>({
  ...specs,
  classWeight: classWeightOption,
})
