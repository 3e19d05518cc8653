// Decision trees: a few questions about columns, and an answer in each leaf.
import { lazily } from '../../base/index.js'
import { defineClassifier, defineRegressor } from '../contracts/index.js'
import { learnedTree, type TreeLearned } from './learned.js'
import {
  classifierOptions,
  type DecisionTreeClassifierOptions,
  type DecisionTreeRegressorOptions,
  regressorOptions,
} from './options.js'
import { graphScores, scoreRows, type TreeState } from './tree-state.js'

const parts = {
  traits: { matrix: 'float32', missing: true, prefers: 'tree' } as const,
  predict: scoreRows,
  toGraph: graphScores,
  learned: learnedTree,
}

/**
 * A decision tree for classes (CART): questions `column ≤ threshold`, and the class shares of the rows in each leaf.
 *
 * Each split is the one that lowers Σ wᵢ · impurity most: Gini 1 − Σ p², or entropy −Σ p·log₂ p, over all thresholds of
 * all columns. Missing values go to the side where they help more; where training saw none, to the heavier side. Equal
 * splits go to the first column, then to the lowest threshold. The order of rows does not matter, and a row of weight 2
 * counts like two rows (only `minSamplesSplit` and `minSamplesLeaf` count rows, not weight).
 *
 * Cost: O(n·p) to sort, O(n·p) for each level of the tree.
 *
 * @param options - see {@link DecisionTreeClassifierOptions}
 * @returns a classifier; x: n rows × p number columns, may hold NaN, is seen as float32
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Breiman, Friedman, Olshen & Stone 1984; values checked against scikit-learn's DecisionTreeClassifier
 * @example
 * ```ts
 * const rows = Array.from({ length: 40 }, (_, i) => ({ age: i, adult: i >= 18 }))
 * const model = await decisionTreeClassifier().fit(rows, { target: 'adult' })
 * model.learned.rules // => ['age ≤ 17.5: false (100 % of 18 rows)', 'age > 17.5 or missing: true (100 % of 22 rows)']
 * ```
 */
export const decisionTreeClassifier = defineClassifier<DecisionTreeClassifierOptions, TreeState, TreeLearned>(
  {
    ...parts,
    kind: 'decision-tree-classifier',
    options: classifierOptions,
    fit: lazily(async () => (await import('./fit.js')).fitClassTree),
  },
)

/**
 * A decision tree for numbers (CART): questions `column ≤ threshold`, and the mean of the rows in each leaf.
 *
 * Each split is the one that lowers Σ wᵢ (yᵢ − mean)² most. Otherwise as {@link decisionTreeClassifier}.
 *
 * @param options - see {@link DecisionTreeRegressorOptions}
 * @returns a regressor; x: n rows × p number columns, may hold NaN, is seen as float32
 * @throws {@link InvalidOptionError} for an option out of range
 * @see Breiman, Friedman, Olshen & Stone 1984; values checked against scikit-learn's DecisionTreeRegressor
 * @example
 * ```ts
 * const rows = [1, 2, 3, 4].map((size) => ({ size, price: size < 3 ? 10 : 20 }))
 * const model = await decisionTreeRegressor({ maxDepth: 1 }).fit(rows, { target: 'price' })
 * model.predictRow({ size: 9 }) // => 20
 * ```
 */
export const decisionTreeRegressor = defineRegressor<DecisionTreeRegressorOptions, TreeState, TreeLearned>({
  ...parts,
  kind: 'decision-tree-regressor',
  options: regressorOptions,
  fit: lazily(async () => (await import('./fit.js')).fitValueTree),
})
