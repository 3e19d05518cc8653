// Promises about the form: descriptions are data, inputs stay untouched, results repeat.
import { createFromRecipe, recipeOf } from '../learn/catalogue.js'
import { modelFromJSON } from '../learn/load-model.js'
import { type Check, expectClose, expectThat } from './check.js'
import { check, fitOn, isClassifier, sampleFor, scoresOf, targetFor } from './subject.js'

const bytesOf = (model: { toJSON(): unknown }): string => JSON.stringify(model.toJSON())

export const formChecks: readonly Check[] = [
  check('its options are frozen and survive JSON', async (make) => {
    const subject = make()
    expectThat(Object.isFrozen(subject), 'the estimator is not frozen')
    const recipe = JSON.parse(JSON.stringify(recipeOf(subject))) as ReturnType<typeof recipeOf>
    const again = await createFromRecipe(recipe)
    expectThat(
      JSON.stringify(recipeOf(again)) === JSON.stringify(recipe),
      `the options do not survive: ${JSON.stringify(recipeOf(again))}`,
    )
  }),
  check('fit leaves its inputs untouched', async (make, options) => {
    const sample = sampleFor(options)
    const before = JSON.stringify(sample.x.toRows())
    const target = JSON.stringify(Array.from(targetFor(sample, options) as ArrayLike<unknown>))
    await fitOn(make(), { sample, options })
    expectThat(JSON.stringify(sample.x.toRows()) === before, 'fit changed x')
    expectThat(
      JSON.stringify(Array.from(targetFor(sample, options) as ArrayLike<unknown>)) === target,
      'fit changed y',
    )
  }),
  check('the same seed gives the same bytes, on one thread and on two', async (make, options) => {
    const sample = sampleFor(options)
    const one = await fitOn(make(), { sample, options, fit: { threads: 1, seed: 3 } })
    const two = await fitOn(make(), { sample, options, fit: { threads: 2, seed: 3 } })
    expectThat(bytesOf(one) === bytesOf(two), 'two fits with one seed differ')
  }),
  check('a second fit leaves the first model as it was', async (make, options) => {
    const subject = make()
    const sample = sampleFor(options)
    const first = await fitOn(subject, { sample, options })
    const bytes = bytesOf(first)
    await fitOn(subject, { sample: sampleFor(options, 90, 5), options })
    expectThat(bytesOf(first) === bytes, 'the first model changed')
  }),
  check('a model survives JSON to the bit', async (make, options) => {
    const sample = sampleFor(options)
    const model = await fitOn(make(), { sample, options })
    const again = await modelFromJSON(JSON.parse(bytesOf(model)))
    expectClose(await scoresOf(again, sample.x), await scoresOf(model, sample.x), 0, 'predictions after JSON')
    expectThat(bytesOf(again) === bytesOf(model), 'the document changed')
  }),
  check(
    'probabilities are between 0 and 1 and sum to 1; labels are the user’s own',
    async (make, options) => {
      if (options.task === 'regression') return
      const sample = sampleFor(options)
      const model = await fitOn(make(), { sample, options })
      expectThat(isClassifier(model), 'the model has no classes')
      const { data, rows, columns } = await model.predictProba(sample.x)
      for (let row = 0; row < rows; row++) {
        const shares = Array.from(data.subarray(row * columns, (row + 1) * columns))
        expectThat(
          shares.every((share) => share >= 0 && share <= 1),
          `row ${row}: ${shares.join(', ')}`,
        )
        // Sums of k probabilities in float64 (or float32 leaves): 1e-6 leaves room for both.
        expectClose([shares.reduce((sum, share) => sum + share, 0)], [1], 1e-6, `sum of row ${row}`)
      }
      const known = new Set(sample.labels)
      expectThat(
        (await model.predict(sample.x)).every((label) => known.has(label)),
        'an unknown label came out',
      )
    },
  ),
]
