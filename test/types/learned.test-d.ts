// What a model learned is typed by its family, and never in the way.
import {
  type Classifier,
  decisionTreeClassifier,
  dummyRegressor,
  gradientBoostingRegressor,
  linearRegression,
  logisticRegression,
  type Model,
  pipeline,
  type Regressor,
  type RegressorModel,
  ridge,
  votingRegressor,
} from '../../src/index.js'
import { defineRegressor } from '../../src/learn/contracts/index.js'
import { defineOptions } from '../../src/base/index.js'
import { fromRows } from '../../src/data/index.js'

const rows = [{ size: 1, rent: 2, dear: 'no' }]

const linear = await ridge().fit(rows, { target: 'rent' })
const slope: number | undefined = linear.learned.coefficients['size']
linear.learned.intercept.toFixed(slope)
const logistic = await logisticRegression().fit(rows, { target: 'dear' })
logistic.learned.coefficients[0]!['size']!.toFixed()
logistic.withThreshold(0.4).learned.intercepts.at(0)
const tree = await decisionTreeClassifier().fit(rows, { target: 'dear' })
tree.learned.rules.map((line) => line.trim())
const boosted = await gradientBoostingRegressor().fit(rows, { target: 'rent' })
boosted.learned.history.validation.at(-1)
boosted.learned.featureImportances['size']?.toFixed()
const constant = await dummyRegressor().fit(rows, [1])
constant.learned.constant.at(0)
const piped = await pipeline(ridge()).fit(rows, { target: 'rent' })
piped.learned.steps.map(({ kind }) => kind)
const average = await votingRegressor([ridge(), linearRegression()]).fit(rows, { target: 'rent' })
average.learned.weights.at(0)
// @ts-expect-error a linear model has no rules
String(linear.learned.rules)

// All are models and estimators of the plain types.
const plain: readonly Model[] = [linear, logistic, tree, boosted, constant, piped, average]
String(plain[0]!.learned['coefficients'])
const values: RegressorModel = linear
values.predictRow({ size: 1 })
const regressors: readonly Regressor[] = [ridge(), gradientBoostingRegressor()]
await regressors[0]!.fit(rows, { target: 'rent' })
const classifier: Classifier = logisticRegression()
await classifier.fit(rows, { target: 'dear' })

// Estimators of several families can be fitted in turn.
for (const estimator of [ridge(), gradientBoostingRegressor(), dummyRegressor(), pipeline(ridge())]) {
  const model = await estimator.fit(rows, { target: 'rent' })
  model.predictRow({ size: 1, dear: 'no' }).toFixed()
}

// Also where it is not known whether they predict classes or numbers.
declare const either: Regressor | Classifier
const found = await either.fit(fromRows(rows), { target: 'rent' })
if (found.predicts === 'values') found.predictRow({ size: 1 }).toFixed()
await either.fit(rows, [1])

// An estimator of one's own says what it lets people read, or nothing.
const parts = {
  kind: 'mine',
  options: defineOptions<object>({}),
  traits: { matrix: 'float64', missing: true, prefers: 'none' },
  fit: () => ({ middle: 1 }),
  predict: () => new Float64Array(),
  toGraph: (_: unknown, x: never) => x,
} as const
const typed = defineRegressor<object, { middle: number }, { readonly middle: number }>(parts)
;(await typed().fit(rows, { target: 'rent' })).learned.middle.toFixed()
const untyped = defineRegressor<object, { middle: number }>(parts)
String((await untyped().fit(rows, { target: 'rent' })).learned['middle'])
