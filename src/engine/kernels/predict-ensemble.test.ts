import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boostingData, boostingParams } from '../../../test/support/boosting-data.js'
import { ShapeError } from '../../base/index.js'
import { predictEnsemble, predictEnsembleRow, trainBoosting } from './index.js'

describe('rows together and alone get the same scores, bit for bit', () => {
  for (const [name, missing, classes] of [
    ['numbers', 0, 0],
    ['numbers with missing values', 0.3, 0],
    ['three classes with missing values', 0.3, 3],
  ] as const) {
    it(name, async () => {
      const data = boostingData({ rows: 3001, columns: 5, missing, classes })
      const objective = classes === 0 ? 'squared-error' : 'multinomial'
      const params = boostingParams({ objective, nClasses: 3, nEstimators: 60, maxLeaves: 40 })
      const e = await trainBoosting(data, params)
      const unseen = data.x.map((v, k) => (k % 11 === 0 ? Number.NaN : k % 13 === 0 ? Infinity : v + 0.5))
      const one = await predictEnsemble(e, unseen, data.rows, { threads: 1 })
      const two = await predictEnsemble(e, unseen, data.rows, { threads: 2 })
      expect(two).toEqual(one)
      for (let i = 0; i < data.rows; i++) {
        const row = predictEnsembleRow(e, unseen, i * 5)
        for (let c = 0; c < e.outputs; c++) {
          if (!Object.is(row[c], one[i * e.outputs + c])) throw new Error(`row ${i}, output ${c}`)
        }
      }
    })
  }

  it('for any number of rows', async () => {
    const data = boostingData({ rows: 500, columns: 3, missing: 0.1 })
    const e = await trainBoosting(data, boostingParams({ nEstimators: 700, maxLeaves: 6 }))
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 500 }), async (rows) => {
        const scores = await predictEnsemble(e, data.x.subarray(0, rows * 3), rows)
        expect(scores.length).toBe(rows)
        for (const i of [0, rows >> 1, rows - 1]) {
          if (rows > 0) expect(scores[i]).toBe(predictEnsembleRow(e, data.x, i * 3)[0])
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('predictEnsemble', () => {
  it('can use the first rounds only', async () => {
    const data = boostingData({ rows: 400, columns: 3, classes: 3 })
    const params = boostingParams({ objective: 'multinomial', nClasses: 3, nEstimators: 7 })
    const long = await trainBoosting(data, params)
    const short = await trainBoosting(data, { ...params, nEstimators: 4 })
    const first = await predictEnsemble(long, data.x, 400, { iterations: 4 })
    expect(first).toEqual(await predictEnsemble(short, data.x, 400))
    const none = await predictEnsemble(long, data.x, 400, { iterations: 0 })
    expect([...none.subarray(0, 3)]).toEqual([...long.baseScore])
  })

  it('passes more rows than fit in a chunk', async () => {
    const data = boostingData({ rows: 2000, columns: 40 })
    const e = await trainBoosting(data, boostingParams({ nEstimators: 5 }))
    const times = 60
    const x = new Float32Array(data.x.length * times)
    for (let k = 0; k < times; k++) x.set(data.x, k * data.x.length)
    const scores = await predictEnsemble(e, x, data.rows * times)
    const once = await predictEnsemble(e, data.x, data.rows)
    expect(scores.every((s, i) => s === once[i % 2000])).toBe(true)
  })

  it('refuses a matrix of another width', async () => {
    const data = boostingData({ rows: 50, columns: 3 })
    const e = await trainBoosting(data, boostingParams())
    await expect(predictEnsemble(e, data.x, 49)).rejects.toBeInstanceOf(ShapeError)
  })
})
