import { describe, expect, it } from 'vitest'
import { estimatorContract } from '../../testing/index.js'
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
