// `predicts` tells the compiler which model stands before it.
import { type ClassifierModel, modelFromJSON, type RegressorModel, train } from '../../src/index.js'
import { fromRows } from '../../src/data/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

const x = fromRows([{ size: 1 }])

const outcome = await train({ source: 'flats.csv', target: 'rent' })
if (outcome.model.predicts === 'classes') {
  same<typeof outcome.model, ClassifierModel>(true)
  await outcome.model.predictProba(x)
  outcome.model.withThreshold(0.3)
} else {
  same<typeof outcome.model, RegressorModel>(true)
  const values: Float64Array = await outcome.model.predict(x)
  values.at(0)
}

const model = await modelFromJSON({})
// @ts-expect-error not before it is known to be a classifier
await model.predictProba(x)
if (model.predicts === 'classes') await model.predictProba(x)
else model.predictRow({ size: 1 }).toFixed(2)
