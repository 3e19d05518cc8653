import { describe, expect, it } from 'vitest'
import { DataError, InvalidOptionError } from '../../base/index.js'
import { estimatorContract } from '../../testing/index.js'
import { gradientBoostingClassifier, gradientBoostingRegressor } from '../boost/index.js'
import { linearRegression, logisticRegression, ridge } from '../linear/index.js'
import { imputer, oneHot, standardScaler } from '../preprocess/index.js'
import { autoPrepare, onColumns, pipeline, votingClassifier, votingRegressor } from './index.js'

const runner = { describe, it }
// Target encodings are out of fold by a hash of rows, and boosting rounds gradients by row number.
const byRow = 'folds of encoders and rounding of gradients go by row'
const skip = { 'a row of weight 2 counts like two rows': byRow, 'the order of rows does not matter': byRow }

for (const task of ['binary', 'multiclass'] as const) {
  estimatorContract(() => pipeline(autoPrepare(), logisticRegression()), { task, mixed: true, skip }, runner)
  estimatorContract(
    () => pipeline(autoPrepare(), gradientBoostingClassifier({ nEstimators: 20, minSamplesLeaf: 5 })),
    { task, mixed: true, skip },
    runner,
  )
}
estimatorContract(() => pipeline(autoPrepare(), ridge()), { task: 'regression', mixed: true, skip }, runner)
estimatorContract(
  () =>
    votingRegressor(
      [
        pipeline(autoPrepare(), ridge()),
        pipeline(autoPrepare(), gradientBoostingRegressor({ nEstimators: 40, minSamplesLeaf: 5 })),
      ],
      { weights: [1, 2] },
    ),
  { task: 'regression', mixed: true, skip },
  runner,
)

describe('routes', () => {
  const make = (routes: unknown) => () => onColumns(routes as never)

  it.each([
    [
      { a: { column: ['x'], use: [] } },
      /route 'a' expected columns and use; received 'column'. Did you mean 'columns'/,
    ],
    [{ a: { columns: 'numbers', use: [] } }, /received 'numbers'. Did you mean 'number'/],
    [{ a: { columns: 'a', use: [] } }, /a list of names, or one of the types .* received 'a'/],
    [{ a: { columns: ['x'], use: standardScaler } }, /'standard-scaler' itself \(did you forget the \(\)/],
    [{ a: { columns: ['x'] } }, /route 'a' expected transformers to use; received undefined/],
    [{ a: 5 }, /route 'a' expected an object/],
    [{}, /at least one route/],
  ])('%j is refused where it is written', (routes, message) => {
    expect(make(routes)).toThrow(InvalidOptionError)
    expect(make(routes)).toThrow(message)
  })

  it('that take no column say so', async () => {
    const texts = [{ city: 'Oslo' }, { city: 'Bern' }]
    const prepare = onColumns({ sizes: { columns: 'number', use: standardScaler() } })
    await expect(prepare.fit(texts)).rejects.toThrow(DataError)
    await expect(prepare.fit(texts)).rejects.toThrow(
      "no column is taken by route 'sizes' (columns of type number); there are 'city' (string)",
    )
    const both = onColumns({
      sizes: { columns: 'number', use: standardScaler() },
      texts: { columns: 'string', use: oneHot() },
    })
    expect((await both.fit(texts)).outputs).toEqual(['city=Bern', 'city=Oslo'])
  })
})

describe('what is no step', () => {
  it('is named, and what was forgotten', () => {
    expect(() => pipeline(autoPrepare as never, ridge())).toThrow(InvalidOptionError)
    expect(() => pipeline(autoPrepare as never, ridge())).toThrow(
      "received the function 'autoPrepare' itself (did you forget the () behind it?), ridge.",
    )
    expect(() => pipeline(standardScaler(), ridge as never)).toThrow(/the function 'ridge' itself/)
    expect(() => pipeline(undefined as never, ridge())).toThrow(/received undefined, ridge/)
    expect(() => votingRegressor([ridge as never])).toThrow(/the function 'ridge' itself .* among them/)
    expect(() => votingRegressor(ridge() as never)).toThrow(/expected a list of estimators, received ridge/)
  })

  it.each([null, 5, 'alpha', [1]])('%j is no object of options', (given) => {
    for (const make of [ridge, gradientBoostingClassifier, standardScaler, autoPrepare]) {
      expect(() => make(given as never)).toThrow(InvalidOptionError)
      expect(() => make(given as never)).toThrow(/expected an object of options/)
    }
  })
})

it('voting takes no option that it does not know', () => {
  const options: object = { weight: [1] }
  expect(() => votingRegressor([ridge()], options)).toThrow("Did you mean 'weights'?")
})

describe('pipeline', () => {
  it('refuses a learner before the end, and no learner at all', () => {
    expect(() => pipeline(standardScaler() as never)).toThrow('expected transformers and then one learner')
    expect(() => pipeline(ridge() as never, ridge())).toThrow('ridge, ridge')
  })

  it('scales as its parts do', async () => {
    const rows = [1, 2, 3, 4].map((a) => ({ a, b: a * a }))
    const plain = await linearRegression().fit(rows, [3, 5, 7, 9])
    const scaled = await pipeline(standardScaler(), linearRegression()).fit(rows, [3, 5, 7, 9])
    // Two roundings of numbers near one apart.
    expect(scaled.predictRow({ a: 7, b: 49 })).toBeCloseTo(plain.predictRow({ a: 7, b: 49 }), 9)
  })
})

describe('onColumns', () => {
  const rows = [
    { age: 20, city: 'Oslo', extra: 1 },
    { age: null, city: 'Bern', extra: 2 },
    { age: 40, city: null, extra: 3 },
  ]

  it('routes by name and by type, and leaves the rest out', async () => {
    const fitted = await onColumns({
      ages: { columns: ['age'], use: [imputer(), standardScaler()] },
      words: { columns: 'string', use: oneHot() },
    }).fit(rows)
    expect(fitted.inputs.map(({ name }) => name)).toEqual(['age', 'city'])
    expect(fitted.outputs[0]).toBe('age')
    expect(fitted.outputs.length).toBeGreaterThan(2)
  })

  it('refuses two columns of one name, unknown columns and no routes', async () => {
    const twice = onColumns({
      a: { columns: ['age'], use: imputer() },
      b: { columns: ['age'], use: imputer() },
    })
    await expect(twice.fit(rows)).rejects.toThrow("two routes give a column named 'age'")
    await expect(onColumns({ a: { columns: ['agee'], use: imputer() } }).fit(rows)).rejects.toThrow(
      "Did you mean 'age'?",
    )
    expect(() => onColumns({})).toThrow('at least one route')
  })
})

describe('voting', () => {
  it('is the weighted mean of its members', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => ({ a: i, b: (i * 7) % 11 }))
    const y = rows.map(({ a }) => (a > 14 ? 'high' : 'low'))
    const members = [logisticRegression({ C: 0.1 }), logisticRegression({ C: 10 })] as const
    const [first, second] = [await members[0].fit(rows, y), await members[1].fit(rows, y)]
    const both = await votingClassifier(members, { weights: [3, 1] }).fit(rows, y)
    const at = (model: typeof first | typeof both): number =>
      model.predictProbaRow({ a: 12, b: 3 })[0]!.probability
    // The mean of two float64 numbers.
    expect(at(both)).toBeCloseTo(0.75 * at(first) + 0.25 * at(second), 12)
  })

  it('refuses weights that do not fit', () => {
    expect(() => votingClassifier([])).toThrow('at least one estimator')
    expect(() => votingClassifier([logisticRegression()], { weights: [1, 2] })).toThrow('one weight')
    expect(() => votingClassifier([logisticRegression()], { weights: [-1] })).toThrow('one weight')
  })
})
