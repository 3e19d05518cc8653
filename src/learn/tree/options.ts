// The options of decision trees, under the names that scikit-learn gave them.
import { custom, defineOptions, integer, nullable, oneOf, type OptionSpec, real } from '../../base/index.js'
import { type ClassWeight, classWeightOption } from '../contracts/index.js'

/** What both kinds of tree take. */
export interface TreeOptions {
  /** Questions on the longest path; null for no limit. @default null */
  readonly maxDepth: number | null
  /** Rows that a node must have to be split. @default 2 */
  readonly minSamplesSplit: number
  /** Rows that each side of a split must keep. @default 1 */
  readonly minSamplesLeaf: number
  /** Share of all weight that each side of a split must keep, 0 to 0.5. @default 0 */
  readonly minWeightFractionLeaf: number
  /**
   * Columns looked at for each split: all (null), their square root, a number of them (1 or more), or a share (less
   * than 1). They are drawn anew for each split; the draw goes on while no split is found. @default null
   */
  readonly maxFeatures: MaxFeatures
  /** Leaves at most; the tree then grows where impurity falls most, instead of depth first. @default null */
  readonly maxLeafNodes: number | null
  /** Fall of impurity, times the node's share of all weight, that a split must bring. @default 0 */
  readonly minImpurityDecrease: number
  /** What a leaf costs: the tree is cut back to the smallest of the least impurity + ccpAlpha · leaves. @default 0 */
  readonly ccpAlpha: number
}

/** Options of {@link decisionTreeRegressor}. */
export interface DecisionTreeRegressorOptions extends TreeOptions {
  /** What a split lowers: the mean squared distance from the mean. @default 'squared-error' */
  readonly criterion: 'squared-error'
}

/** Options of {@link decisionTreeClassifier}. */
export interface DecisionTreeClassifierOptions extends TreeOptions {
  /** What a split lowers: the Gini impurity, or the entropy, of which 'log-loss' is another name. @default 'gini' */
  readonly criterion: 'gini' | 'entropy' | 'log-loss'
  /** Weights of classes by label, 'balanced' (inversely to frequency), or null. @default null */
  readonly classWeight: ClassWeight
}

export type MaxFeatures = number | 'sqrt' | null

const maxFeatures: OptionSpec<MaxFeatures> = custom<MaxFeatures>({
  default: null,
  expected: "null, 'sqrt', a whole number of at least 1, or a share between 0 and 1",
  accepts: (value) =>
    value === null ||
    value === 'sqrt' ||
    (typeof value === 'number' && value > 0 && (value < 1 || Number.isInteger(value))),
})

const specs = {
  maxDepth: nullable(integer({ min: 1, default: 6, search: { type: 'integer', low: 1, high: 20 } })),
  minSamplesSplit: integer({ min: 2, default: 2 }),
  minSamplesLeaf: integer({ min: 1, default: 1, search: { type: 'integer', low: 1, high: 100 } }),
  minWeightFractionLeaf: real({ min: 0, max: 0.5, default: 0 }),
  maxFeatures,
  maxLeafNodes: nullable(integer({ min: 2, default: 32 })),
  minImpurityDecrease: real({ min: 0, default: 0 }),
  ccpAlpha: real({ min: 0, default: 0, search: { type: 'log-uniform', low: 1e-5, high: 0.1 } }),
}

export const regressorOptions = defineOptions<DecisionTreeRegressorOptions>({
  criterion: oneOf(['squared-error'], { default: 'squared-error' }),
  ...specs,
})

export const classifierOptions = defineOptions<DecisionTreeClassifierOptions>({
  criterion: oneOf(['gini', 'entropy', 'log-loss'], { default: 'gini' }),
  ...specs,
  classWeight: classWeightOption,
})
