import { describe, expect, it } from 'vitest'
import { fromRows } from '../../data/index.js'
import { openSession } from '../../engine/onnx/index.js'
import { estimatorContract } from '../../testing/index.js'
import { graphFeeds } from '../contracts/index.js'
import { dummyClassifier, dummyRegressor } from './index.js'

for (const task of ['binary', 'multiclass'] as const) {
  estimatorContract(() => dummyClassifier(), { task, baseline: true }, { describe, it })
}
estimatorContract(() => dummyRegressor(), { task: 'regression', baseline: true }, { describe, it })
estimatorContract(
  () => dummyRegressor({ strategy: 'median' }),
  { task: 'regression', baseline: true },
  { describe, it },
)

// Text, dates and missing values do not matter to who looks at no column.
estimatorContract(() => dummyClassifier(), { task: 'binary', baseline: true, mixed: true }, { describe, it })
estimatorContract(
  () => dummyRegressor(),
  { task: 'regression', baseline: true, mixed: true },
  { describe, it },
)

describe('a table of text alone', () => {
  it('is enough, also for the graph', async () => {
    const x = fromRows([{ city: 'Oslo' }, { city: 'Bern' }, { city: null }])
    const model = await dummyRegressor().fit(x, [1, 2, 6])
    await using session = await openSession(model.toOnnx())
    const { prediction } = await session.run(graphFeeds(x, model.inputs))
    expect(Array.from(prediction!.data as Float64Array)).toEqual([3, 3, 3])
    expect(Array.from(await model.predict(x))).toEqual([3, 3, 3])
  })
})

describe('dummyRegressor', () => {
  const rows = [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]

  it('takes the mean of the two middle values as the median', async () => {
    expect((await dummyRegressor({ strategy: 'median' }).fit(rows, [1, 9, 5, 2])).predictRow({ a: 0 })).toBe(
      3.5,
    )
  })

  it('weighs rows', async () => {
    const model = await dummyRegressor().fit(rows, [1, 2, 3, 10], { sampleWeight: [1, 1, 1, 0] })
    expect(model.predictRow({ a: 0 })).toBe(2)
  })
})
