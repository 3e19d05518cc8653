import { describe, expect, it } from 'vitest'
import { DataError, rng } from '../base/index.js'
import { bootstrapInterval, bootstrapIntervals, findMetric } from './index.js'

const n = 400
const source = rng(11)
const codes = Int32Array.from({ length: n }, () => (source.uniform() < 0.2 ? 1 : 0))
const positive = Float64Array.from(codes, (code) =>
  Math.min(1, Math.max(0, 0.4 + 0.2 * code + 0.2 * source.normal())),
)
const probabilities = Float64Array.from({ length: 2 * n }, (_, i) =>
  i % 2 === 1 ? positive[i >> 1]! : 1 - positive[i >> 1]!,
)
const actual = { kind: 'classes', codes, nClasses: 2 } as const
const predicted = { kind: 'classes', codes, probabilities } as const
const rocAuc = findMetric('roc-auc', 'binary').prepare(actual, predicted)
const ones = new Float64Array(n).fill(1)

describe('bootstrapIntervals', () => {
  it('holds the score, and the same seed gives the same interval', async () => {
    const interval = await bootstrapInterval(rocAuc, n, { seed: 3, strata: codes })
    expect(interval.score).toBe(rocAuc(ones))
    expect(interval.low).toBeLessThan(interval.score)
    expect(interval.high).toBeGreaterThan(interval.score)
    expect(interval.resamples).toBe(1000)
    expect(await bootstrapInterval(rocAuc, n, { seed: 3, strata: codes })).toEqual(interval)
    expect(await bootstrapInterval(rocAuc, n, { seed: 4, strata: codes })).not.toEqual(interval)
  })
  it('finds the standard error of a mean', async () => {
    const values = Float64Array.from({ length: n }, () => source.normal())
    const zeros = new Float64Array(n)
    const mse = findMetric('mse', 'regression').prepare(
      { kind: 'values', values },
      { kind: 'values', values: zeros },
    )
    const { standardError, low, high, score } = await bootstrapInterval(mse, n, { resamples: 2000 })
    const squares = values.map((value) => value * value)
    const mean = squares.reduce((a, b) => a + b, 0) / n
    const theory = Math.sqrt(squares.reduce((total, v) => total + (v - mean) ** 2, 0)) / n
    // 2000 resamples know a standard error to 1.6 %; the interval is about ±1.96 of it. Four times that is never missed.
    expect(Math.abs(standardError / theory - 1)).toBeLessThan(0.065)
    expect(Math.abs((high - low) / (2 * 1.96 * theory) - 1)).toBeLessThan(0.15)
    expect(score).toBeCloseTo(mean, 12)
  })
  it('keeps the size of each stratum, so that one positive row never vanishes', async () => {
    const counts: number[] = []
    const rare = Int32Array.from({ length: 50 }, (_, i) => (i === 7 ? 1 : 0))
    const count = (weights: Float64Array): number => {
      counts.push(weights[7]!)
      return weights.reduce((a, b) => a + b, 0)
    }
    const interval = await bootstrapInterval(count, 50, { strata: rare, resamples: 50 })
    expect(new Set(counts)).toEqual(new Set([1]))
    expect([interval.low, interval.high]).toEqual([50, 50])
  })
  it('gives several scores the same draws, and multiplies the weights', async () => {
    const total = (weights: Float64Array): number => weights.reduce((a, b) => a + b, 0)
    const sampleWeight = Float64Array.from({ length: n }, (_, i) => i % 3)
    const [a, b] = await bootstrapIntervals([total, total], n, { sampleWeight, resamples: 100 })
    expect(a).toEqual(b)
    expect(a!.score).toBe(total(sampleWeight))
    expect(a!.low).toBeLessThan(a!.score)
  })
  it('leaves out draws on which the score is undefined', async () => {
    const rare = { ...actual, codes: Int32Array.from({ length: n }, (_, i) => (i === 0 ? 1 : 0)) }
    const prepared = findMetric('roc-auc', 'binary').prepare(rare, predicted)
    const { resamples, low } = await bootstrapInterval(prepared, n, { resamples: 200 })
    // Each draw misses the one positive row with chance 1/e.
    expect(resamples).toBeGreaterThan(90)
    expect(resamples).toBeLessThan(165)
    expect(low).not.toBeNaN()
  })
  it('refuses a score that is undefined on the rows themselves', async () => {
    await expect(bootstrapInterval(() => Number.NaN, 5)).rejects.toThrow(DataError)
  })
  it('stops when told', async () => {
    await expect(bootstrapInterval(rocAuc, n, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
  })
})
