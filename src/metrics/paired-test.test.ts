import { describe, expect, it } from 'vitest'
import { DataError, rng, ShapeError } from '../base/index.js'
import { compareFolds, findMetric, pairedBootstrap } from './index.js'

describe('compareFolds', () => {
  it('turns sign when the models are exchanged', () => {
    const [a, b] = [
      [0.8, 0.85, 0.83, 0.81, 0.84],
      [0.79, 0.82, 0.84, 0.8, 0.8],
    ] as const
    const forth = compareFolds(a, b)
    const back = compareFolds(b, a)
    expect(back.difference).toBeCloseTo(-forth.difference, 15)
    expect(back.low).toBeCloseTo(-forth.high, 15)
    expect(back.pValue).toBeCloseTo(forth.pValue, 15)
  })
  it('is within noise for equal scores, and certain of an equal gap on every fold', () => {
    expect(compareFolds([0.5, 0.6], [0.5, 0.6])).toEqual({
      difference: 0,
      low: 0,
      high: 0,
      pValue: 1,
      withinNoise: true,
    })
    // Powers of two, so that the gaps are exactly equal.
    const certain = compareFolds([0.75, 0.5, 1], [0.5, 0.25, 0.75])
    expect(certain.pValue).toBe(0)
    expect(certain.withinNoise).toBe(false)
  })
  it('leaves out folds without a score', () => {
    const whole = compareFolds([0.8, 0.9, 0.7], [0.7, 0.85, 0.72])
    expect(compareFolds([0.8, Number.NaN, 0.9, 0.7], [0.7, 0.1, 0.85, 0.72], { testToTrain: 0.5 })).toEqual(
      whole,
    )
    expect(() => compareFolds([0.8, Number.NaN], [0.7, 0.8])).toThrow(DataError)
    expect(() => compareFolds([0.8], [0.7, 0.8])).toThrow(ShapeError)
  })
  it('holds its level on folds that share training rows, where the plain t-test does not', () => {
    // Ten folds whose scores correlate by the share that is tested, 0.1: what Nadeau & Bengio assume.
    const source = rng(5)
    let corrected = 0
    let plain = 0
    for (let run = 0; run < 400; run++) {
      const shared = 0.01 * source.normal()
      const differences = Array.from({ length: 10 }, () => shared + 0.03 * source.normal())
      const zeros = differences.map(() => 0)
      if (!compareFolds(differences, zeros).withinNoise) corrected++
      if (!compareFolds(differences, zeros, { testToTrain: 1e-12 }).withinNoise) plain++
    }
    // 5 % of 400 are 20; five standard deviations above are 42.
    expect(corrected).toBeLessThan(42)
    expect(plain).toBeGreaterThan(42)
  })
})

describe('pairedBootstrap', () => {
  const n = 300
  const source = rng(8)
  const values = Float64Array.from({ length: n }, () => source.normal())
  const rmse = (spread: number, name: string) => {
    const noise = rng(8).split(name)
    return findMetric('rmse', 'regression').prepare(
      { kind: 'values', values },
      { kind: 'values', values: values.map((value) => value + spread * noise.normal()) },
    )
  }

  it('tells a better model from a worse one', async () => {
    const result = await pairedBootstrap(rmse(0.5, 'a'), rmse(1, 'b'), { n })
    expect(result.difference).toBeLessThan(-0.3)
    expect(result.withinNoise).toBe(false)
    // All 1000 draws agree: twice 1 of 1001.
    expect(result.pValue).toBeCloseTo(2 / 1001, 12)
  })
  it('does not tell equals apart, and a model from itself not at all', async () => {
    const equals = await pairedBootstrap(rmse(1, 'a'), rmse(1, 'b'), { n, seed: 1 })
    expect(equals.withinNoise).toBe(true)
    expect(equals.pValue).toBeGreaterThan(0.05)
    const itself = await pairedBootstrap(rmse(1, 'a'), rmse(1, 'a'), { n })
    expect(itself).toEqual({ difference: 0, low: 0, high: 0, pValue: 1, withinNoise: true })
  })
  it('refuses a score that is undefined', async () => {
    await expect(pairedBootstrap(() => Number.NaN, rmse(1, 'a'), { n })).rejects.toThrow(DataError)
  })
})
