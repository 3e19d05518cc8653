// What compiles and what does not. Checked by tsc; nothing here runs.
import { autoPrepare, onColumns, pipeline, votingClassifier } from '../../src/index.js'
import { numberColumn, table } from '../../src/data/index.js'
import { gradientBoostingClassifier, gradientBoostingRegressor } from '../../src/learn/boost/index.js'
import type { PipelineLearned } from '../../src/learn/compose/index.js'
import type { ClassifierModel, Label, RegressorModel } from '../../src/learn/contracts/index.js'
import { type LinearLearned, logisticRegression, ridge } from '../../src/learn/linear/index.js'
import { imputer, standardScaler } from '../../src/learn/preprocess/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

interface Customer {
  plan: string
  tenure: number
  charges: number | null
  churn: 'Yes' | 'No'
}
declare const customers: Customer[]

const model = await pipeline(autoPrepare(), logisticRegression()).fit(customers, { target: 'churn' })
same<typeof model, ClassifierModel<'Yes' | 'No', Omit<Customer, 'churn'>, PipelineLearned>>(true)
const label = model.predictRow({ plan: 'yearly', tenure: 1, charges: null })
same<typeof label, 'Yes' | 'No'>(true)
const labels = await model.predict(customers)
same<typeof labels, ('Yes' | 'No')[]>(true)

// @ts-expect-error a target that is no column
await logisticRegression().fit(customers, { target: 'chrun' })
// @ts-expect-error a row without `tenure`
model.predictRow({ plan: 'yearly', charges: 1 })
// @ts-expect-error `tenure` is a number
model.predictRow({ plan: 'yearly', tenure: '1', charges: 1 })
// @ts-expect-error the target is no input
model.predictRow({ plan: 'yearly', tenure: 1, charges: 1, churn: 'Yes' })

const prices = await ridge({ alpha: 0.5 }).fit(customers, { target: 'tenure' })
same<typeof prices, RegressorModel<Omit<Customer, 'tenure'>, LinearLearned>>(true)
const price = prices.predictRow({ plan: 'yearly', charges: 1, churn: 'No' })
same<typeof price, number>(true)
const values = await prices.predict(customers)
same<typeof values, Float64Array>(true)

// @ts-expect-error a regressor has no probabilities
await prices.predictProba(customers)
// @ts-expect-error an estimator cannot predict
await ridge().predict(customers)
// @ts-expect-error there is no such option
ridge({ alhpa: 1 })
// @ts-expect-error an option of another type
gradientBoostingRegressor({ nEstimators: 'many' })
// @ts-expect-error one of a few strings
imputer({ strategy: 'guess' })

const fromLists = await gradientBoostingClassifier().fit([{ a: 1 }, { a: 2 }], ['x', 'y'])
same<typeof fromLists.classes, readonly ('x' | 'y')[]>(true)
const fromTable = await gradientBoostingClassifier().fit(table({ a: numberColumn(Float64Array.of(1, 2)) }), {
  target: 'a',
})
same<typeof fromTable.classes, readonly Label[]>(true)

const regression = pipeline(standardScaler(), ridge())
const fitted = await regression.fit(customers, { target: 'tenure' })
// @ts-expect-error a pipeline that ends in a regressor has no probabilities
await fitted.predictProba(customers)
// @ts-expect-error a learner in the middle
pipeline(ridge(), standardScaler())
// @ts-expect-error voting of classifiers takes no regressor
votingClassifier([ridge()])
onColumns({ numbers: { columns: ['tenure'], use: standardScaler() } })
// @ts-expect-error a route without columns
onColumns({ numbers: { use: standardScaler() } })

// @ts-expect-error models are immutable
model.threshold = 0.3
// @ts-expect-error so are descriptions
ridge().options = {}
