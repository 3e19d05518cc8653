// Rows typed by an interface, which has no index signature, go wherever rows go.
import { fromRows, type LoadedModel, modelFromJSON, ridge, train } from '../../src/index.js'
import { learningCurve, permutationImportance } from '../../src/evaluate/index.js'

interface Flat {
  size: number
  city: string | null
  rent: number
}
declare const flats: Flat[]
declare const flat: Flat
declare const loaded: LoadedModel
declare const unknownRows: Record<string, unknown>[]

fromRows(flats)
fromRows(unknownRows)
// @ts-expect-error texts are no rows
fromRows(['size'])

await train({ table: flats, target: 'rent' })
await train({ table: fromRows(flats), target: 'rent' })
const { model } = await train({ table: unknownRows, target: 'rent' })
model.predictRow(flat)
await model.predict(flats)
await loaded.predictRow(flat)
await loaded.predict(flats)
const again = await modelFromJSON({})
again.predictRow(flat)
const fromTable = await ridge().fit(fromRows(flats), { target: 'rent' })
fromTable.predictRow(flat)

// What explains a model takes the model, the estimator and the rows that users hold.
await permutationImportance(model, flats, 'rent', { metric: 'rmse', seed: 1, repeats: undefined })
await permutationImportance(fromTable, fromRows(flats), [1, 2])
await learningCurve(ridge(), flats, 'rent', { shares: [0.5, 1] })
