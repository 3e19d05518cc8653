import { describe, expect, it } from 'vitest'
import { DataError, rng } from '../../../base/index.js'
import { encodeStrings, numberColumn, table, type Table } from '../../../data/index.js'
import { openSession } from '../../../engine/onnx/index.js'
import { estimatorContract } from '../../../testing/index.js'
import { autoPrepare, pipeline, votingRegressor } from '../../compose/index.js'
import { graphFeeds } from '../../contracts/index.js'
import { ridge } from '../../linear/index.js'
import { modelFromJSON } from '../../load-model.js'
import { mlpClassifier, mlpRegressor } from './mlp.js'

const batched =
  'steps are taken in batches drawn by row number: other orders and repeated rows give other batches'
const skip = {
  'a row of weight 2 counts like two rows': batched,
  'the order of rows does not matter': batched,
}
const options = { hiddenLayerSizes: [16, 16], members: 4, maxEpochs: 60, learningRate: 0.01 }

for (const task of ['binary', 'multiclass'] as const)
  estimatorContract(() => mlpClassifier(options), { task, skip }, { describe, it })
estimatorContract(() => mlpRegressor(options), { task: 'regression', skip }, { describe, it })
estimatorContract(
  () => pipeline(autoPrepare(), mlpClassifier({ ...options, numericEmbeddings: 'periodic' })),
  { task: 'binary', mixed: true, skip },
  { describe, it },
)
estimatorContract(
  () => pipeline(autoPrepare(), mlpRegressor({ ...options, numericEmbeddings: 'none' })),
  { task: 'regression', mixed: true, skip },
  { describe, it },
)

/** Rows whose target jumps with one number, bends with another and depends on a category. */
function shops(rows: number, seed: number): Table {
  const random = rng(seed)
  const each = <T>(make: () => T): T[] => Array.from({ length: rows }, make)
  return table({
    size: numberColumn(Float64Array.from(each(() => Math.exp(random.normal())))),
    open: numberColumn(Float64Array.from(each(() => random.below(2)))),
    day: numberColumn(Float64Array.from(each(() => random.uniform() * 7))),
    city: encodeStrings(each(() => [null, 'Oslo', 'Bern', 'Rome'][random.below(4)]!)),
  })
}

const sales = (x: Table): Float64Array =>
  Float64Array.from(x.toRows(), ({ size, open, day, city }) => {
    const weekend = Number(day) > 5 ? 2 : 0
    return Number(open) * (Math.sqrt(Number(size)) + weekend) + (city === 'Oslo' ? 1 : 0)
  })

describe.each(['piecewise-linear', 'periodic', 'none'] as const)('embeddings: %s', (numericEmbeddings) => {
  const x = shops(600, 1)
  // As many rows as go to the runtime, with a city that training did not have.
  const later = shops(300, 2).with(
    'city',
    encodeStrings(Array.from({ length: 300 }, (_, i) => ['Rome', null, 'Atlantis'][i % 3]!)),
  )
  const fitted = mlpRegressor({ ...options, numericEmbeddings, maxEpochs: 20 }).fit(x, sales(x))

  it('give the same on the runtime, row by row, and in the file', async () => {
    const model = await fitted
    const many = await model.predict(later)
    const rows = later.toRows()
    // float32 sums of some hundred products, in another order.
    const tolerance = 5
    rows.forEach((row, i) => expect(model.predictRow(row as never)).toBeCloseTo(many[i]!, tolerance))
    await using session = await openSession(model.toOnnx())
    const outputs = await session.run(graphFeeds(later, model.inputs))
    const [graph] = Object.values(outputs)
    many.forEach((value, i) => expect(Number(graph!.data[i])).toBeCloseTo(value, tolerance))
  })

  it('learn what the columns say', async () => {
    const model = await fitted
    const fresh = shops(200, 3)
    const truth = sales(fresh)
    const found = await model.predict(fresh)
    const error = truth.reduce((sum, value, i) => sum + (value - found[i]!) ** 2, 0) / truth.length
    const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length
    const variance = truth.reduce((sum, value) => sum + (value - mean) ** 2, 0) / truth.length
    expect(error / variance).toBeLessThan(0.15)
  })
})

describe('networks for tables', () => {
  const quick = { ...options, maxEpochs: 3 }
  const numbers = (rows: number, make: (row: number) => number) =>
    numberColumn(Float64Array.from({ length: rows }, (_, row) => make(row)))
  const halves = (rows: number): boolean[] => Array.from({ length: rows }, (_, row) => row % 2 === 0)

  it('take the greatest and least numbers that there are', async () => {
    const x = table({
      size: numbers(40, (row) => (row % 2 === 0 ? 1e300 : -1e300) * (row + 1)),
      edge: numbers(40, (row) => (row % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE)),
      least: numbers(40, (row) => row * Number.MIN_VALUE),
    })
    const model = await mlpClassifier(quick).fit(x, halves(40))
    const { data } = await model.predictProba(x)
    expect(data.every(Number.isFinite)).toBe(true)
    const values = await mlpRegressor(quick).fit(x, numbers(40, (row) => row * 1e306).values)
    expect((await values.predict(x)).every(Number.isFinite)).toBe(true)
  })

  it('keep labels that are booleans', async () => {
    const model = await mlpClassifier(options).fit(
      table({ size: numbers(60, (row) => (row % 2) + row / 1000) }),
      halves(60),
    )
    expect(model.classes).toEqual([false, true])
    expect(model.predictRow({ size: 0 })).toBe(true)
  })

  it('give each of 10,000 categories a vector, and rows of new ones an answer', async () => {
    const rows = 20_000
    const names = Array.from({ length: rows }, (_, row) => `shop ${row % 10_000}`)
    const model = await mlpClassifier({ ...quick, maxEpochs: 1, members: 1, hiddenLayerSizes: [4] }).fit(
      table({ shop: encodeStrings(names) }),
      halves(rows),
    )
    expect(model.learned.parameterCount).toBeGreaterThan(160_000)
    const [probability] = model.predictProbaRow({ shop: 'none that was known' })
    expect(Number.isFinite(probability!.probability)).toBe(true)
  })

  it('say what is wrong with one class', async () => {
    const x = table({ size: numbers(10, (row) => row) })
    await expect(
      mlpClassifier(quick).fit(
        x,
        Array.from({ length: 10 }, () => 'same'),
      ),
    ).rejects.toThrow(DataError)
  })

  it('share a preparation with learners that refuse text', async () => {
    const x = shops(120, 1)
    const both = votingRegressor([mlpRegressor(quick), ridge()])
    const model = await pipeline(autoPrepare(), both).fit(x, sales(x))
    expect((await model.predict(x)).every(Number.isFinite)).toBe(true)
  })

  it('refuse documents whose codes were changed', async () => {
    const x = shops(120, 1)
    const model = await mlpRegressor(quick).fit(x, sales(x))
    const document = JSON.parse(JSON.stringify(model)) as { state: { codes: unknown[] } }
    expect(await modelFromJSON(document)).toBeDefined()
    document.state.codes[3] = { keys: ['Oslo', 7] }
    await expect(modelFromJSON(document)).rejects.toThrow(/'mlp-regressor' is damaged/)
  })

  it('do not leave the range of the targets', async () => {
    const model = await mlpRegressor(quick).fit(
      table({ size: numbers(50, (row) => row) }),
      Float64Array.from({ length: 50 }, (_, row) => row),
    )
    expect(model.predictRow({ size: 1e6 })).toBeLessThanOrEqual(49)
    expect(model.predictRow({ size: -1e6 })).toBeGreaterThanOrEqual(0)
  })
})
