import { describe, expect, it } from 'vitest'
import { boostingData, boostingParams } from '../../../test/support/boosting-data.js'
import { DataError, InvalidOptionError, ShapeError } from '../../base/index.js'
import { planBinning } from './layout.js'
import { startPool } from './pool.js'
import { type BoostingInput, predictEnsemble, trainBoosting } from './index.js'

function single(x: readonly number[], y: readonly number[]): BoostingInput {
  return { x: Float32Array.from(x), rows: y.length, columns: x.length / y.length, y: Float64Array.from(y) }
}

const greedy = boostingParams({ nEstimators: 3, minSamplesLeaf: 1, minChildWeight: 0, lambda: 0 })

describe('data with nothing to learn', () => {
  it('one row: its target', async () => {
    const e = await trainBoosting(single([1, 2], [7]), greedy)
    expect([...e.feature]).toEqual([-1, -1, -1])
    expect([...(await predictEnsemble(e, Float32Array.of(9, 9), 1))]).toEqual([7])
  })

  it('a constant column is never split', async () => {
    const data = boostingData({ rows: 200, columns: 2 })
    const x = data.x.map((v, k) => (k % 2 === 0 ? 3 : v))
    const e = await trainBoosting({ ...data, x }, greedy)
    expect(e.feature.includes(0)).toBe(false)
    expect(e.feature.includes(1)).toBe(true)
  })

  it('a column that is all missing is never split', async () => {
    const data = boostingData({ rows: 200, columns: 2 })
    const x = data.x.map((v, k) => (k % 2 === 0 ? Number.NaN : v))
    const e = await trainBoosting({ ...data, x }, greedy)
    expect(e.feature.includes(0)).toBe(false)
    expect(e.feature.includes(1)).toBe(true)
  })

  it('only constant and missing columns: the mean', async () => {
    const e = await trainBoosting(single([5, NaN, 5, NaN, 5, NaN], [1, 2, 6]), greedy)
    expect(e.treeOffset.at(-1)).toBe(3)
    expect([...(await predictEnsemble(e, Float32Array.of(0, 0), 1))]).toEqual([3])
  })

  it('a constant target: no splits and no loss', async () => {
    const data = boostingData({ rows: 100, columns: 3 })
    const e = await trainBoosting({ ...data, y: data.y.map(() => 0.1) }, greedy)
    expect([...new Set(e.feature)]).toEqual([-1])
    // The mean of 100 times 0.1 is off by a last digit.
    for (const loss of e.history.train) expect(loss).toBeLessThan(1e-30)
  })

  it('one class only: a certain and finite answer', async () => {
    const data = boostingData({ rows: 100, columns: 3 })
    const params = { ...greedy, objective: 'logistic' as const }
    const e = await trainBoosting({ ...data, y: data.y.map(() => 1) }, params)
    const [score] = await predictEnsemble(e, data.x.slice(0, 3), 1)
    expect(score).toBeGreaterThan(20)
    expect(Number.isFinite(score)).toBe(true)
  })

  it('more leaves asked for than rows: no memory is wasted on them', async () => {
    const data = boostingData({ rows: 30, columns: 2 })
    const e = await trainBoosting(data, { ...greedy, maxLeaves: 1_000_000_000, maxDepth: null })
    expect(e.treeOffset[1]).toBeLessThan(60)
  })

  it('fewer rows than two leaves need: no splits', async () => {
    const data = boostingData({ rows: 9, columns: 3 })
    const e = await trainBoosting(data, boostingParams({ minSamplesLeaf: 5 }))
    expect([...new Set(e.feature)]).toEqual([-1])
  })

  it('no rounds: the base score', async () => {
    const data = boostingData({ rows: 50, columns: 3 })
    const e = await trainBoosting(data, boostingParams({ nEstimators: 0 }))
    expect(e.treeOutput.length).toBe(0)
    expect((await predictEnsemble(e, data.x, 50))[7]).toBe(e.baseScore[0])
  })
})

describe('unusual data', () => {
  it('is fitted exactly by one deep tree of rate 1', async () => {
    const x = [3, 1, 2, 5, 4, -7, 1e30, -1e30]
    const y = [1, 4, 1, 5, 9, 2, 6, 5]
    const params = boostingParams({ ...greedy, nEstimators: 1, learningRate: 1, maxLeaves: 8 })
    const e = await trainBoosting(single(x, y), params)
    const scores = await predictEnsemble(e, Float32Array.from(x), 8)
    // Gradients are float32.
    scores.forEach((s, i) => expect(s).toBeCloseTo(y[i]!, 5))
  })

  it('infinities are the extreme values', async () => {
    const x = [-Infinity, -1, 0, 1, Infinity, -Infinity, NaN, Infinity]
    const y = [5, 1, 1, 1, 9, 5, 3, 9]
    const params = boostingParams({ ...greedy, nEstimators: 1, learningRate: 1, maxLeaves: 8 })
    const e = await trainBoosting(single(x, y), params)
    const scores = await predictEnsemble(e, Float32Array.from(x), 8)
    scores.forEach((s, i) => expect(s).toBeCloseTo(y[i]!, 5))
    expect(e.threshold.some(Number.isNaN)).toBe(false)
  })

  it('only −∞ and +∞, and both zeros', async () => {
    const x = [-Infinity, -0, Infinity, 0, Infinity, -0, -Infinity, 0]
    const params = boostingParams({ ...greedy, nEstimators: 1, learningRate: 1, maxLeaves: 8 })
    const e = await trainBoosting({ ...single(x, [1, 5, 2, 5, 2, 5, 1, 5]), columns: 1, rows: 8 }, params)
    expect(e.samples.length).toBe(5)
    const pairs = await trainBoosting(single([-Infinity, Infinity, Infinity], [1, 2, 2]), params)
    expect(pairs.threshold[0]).toBe(-Infinity)
  })

  it('neighboring floats keep their order', async () => {
    const a = Math.fround(1.1)
    const b = Math.fround(a + 2 ** -23)
    const e = await trainBoosting(single([a, b, a, b], [0, 1, 0, 1]), greedy)
    expect(e.threshold[0]).toBe(a)
  })

  it('one very frequent value leaves bins for the others', async () => {
    const x = Float32Array.from({ length: 20_000 }, (_, i) => (i % 10 < 8 ? 0 : i))
    const y = Float64Array.from(x, (v) => Math.floor(v / 100) % 2)
    const params = boostingParams({ nEstimators: 1, maxLeaves: 255, minSamplesLeaf: 1, maxBins: 255 })
    const e = await trainBoosting({ x, rows: x.length, columns: 1, y }, params)
    // 200 stretches of 100 values, 20 rows each: more than half need a threshold of their own.
    expect(e.treeOffset[1]).toBeGreaterThan(250)
  })

  it('more columns than rows, and wide tiles of one-value columns', async () => {
    const data = boostingData({ rows: 30, columns: 200 })
    const e = await trainBoosting(data, boostingParams({ minSamplesLeaf: 2 }), { threads: 2 })
    expect(e.history.train.at(-1)).toBeLessThan(e.history.train[0]!)
  })

  it('targets of any size are learned alike', async () => {
    const data = boostingData({ rows: 500, columns: 3 })
    const plain = await trainBoosting(data, boostingParams())
    for (const factor of [2 ** 200, 2 ** -200]) {
      const scaled = await trainBoosting({ ...data, y: data.y.map((v) => v * factor) }, boostingParams())
      expect(scaled.feature).toEqual(plain.feature)
      expect(scaled.value).toEqual(plain.value.map((v) => v * factor))
      expect(scaled.history.train.at(-1)).toBe(plain.history.train.at(-1)! * factor ** 2)
    }
  })

  it('large offsets in the target do not cost precision', async () => {
    const data = boostingData({ rows: 500, columns: 3 })
    const plain = await trainBoosting(data, boostingParams())
    const moved = await trainBoosting({ ...data, y: data.y.map((v) => v + 1e9) }, boostingParams())
    // 1e9 in float64 leaves 1e-7 for the target.
    expect(moved.history.train.at(-1)).toBeCloseTo(plain.history.train.at(-1)!, 5)
  })
})

describe('what cannot be used is refused', () => {
  const data = boostingData({ rows: 20, columns: 2 })
  const refused = (input: BoostingInput, changed = {}): Promise<unknown> =>
    trainBoosting(input, boostingParams(changed)).then(
      () => undefined,
      (error: unknown) => error,
    )

  it('sizes that disagree', async () => {
    expect(await refused({ ...data, rows: 19 })).toBeInstanceOf(ShapeError)
    expect(await refused({ ...data, sampleWeight: new Float64Array(3) })).toBeInstanceOf(ShapeError)
  })

  it('no rows, no columns', async () => {
    const none = { x: new Float32Array(0), rows: 0, columns: 2, y: new Float64Array(0) }
    expect(await refused(none)).toBeInstanceOf(DataError)
    expect(await refused({ ...none, columns: 0 })).toBeInstanceOf(DataError)
  })

  it('targets and weights that are no numbers or no classes', async () => {
    const y = data.y.map((v, i) => (i === 3 ? Number.NaN : v))
    expect(await refused({ ...data, y })).toMatchObject({ code: 'data', details: { firstRow: 3 } })
    expect(await refused(data, { objective: 'logistic' })).toBeInstanceOf(DataError)
    const sampleWeight = new Float64Array(20).fill(-1)
    expect(await refused({ ...data, sampleWeight })).toBeInstanceOf(DataError)
    expect(await refused({ ...data, sampleWeight: new Float64Array(20) })).toBeInstanceOf(DataError)
  })

  it('options out of range', async () => {
    for (const changed of [{ maxBins: 256 }, { subsample: 0 }, { learningRate: 0 }, { maxLeaves: 0 }]) {
      expect(await refused(data, changed)).toBeInstanceOf(InvalidOptionError)
    }
  })

  it('more than 4 GiB, with the figure', async () => {
    const large = { ...data, rows: 200_000_000, columns: 28 }
    const { bytesToBin } = planBinning(large, boostingParams(), 2)
    expect(bytesToBin).toBeGreaterThan(4 * 2 ** 30)
    const pool = await startPool(1)
    expect(() => pool.reserve(bytesToBin, 'trainBoosting on 200 million rows')).toThrow(
      /^trainBoosting on 200 million rows would need \d+\.\d GiB — expected at most 4 GiB/,
    )
    pool.close()
  })
})
