// Calibration, gain and residuals: the plots' figures.
import { describe, expect, it } from 'vitest'
import { rng } from '../base/index.js'
import * as m from './index.js'

describe('calibration', () => {
  const source = rng(2)
  const p = Float64Array.from({ length: 20_000 }, () => source.uniform())
  const honest = Array.from(p, (value) => source.uniform() < value)

  it('finds honest probabilities honest, and overconfident ones not', () => {
    // 2,000 rows a bin: an observed share is off by 0.011 at most on average.
    expect(m.expectedCalibrationError(honest, p)).toBeLessThan(0.02)
    const overconfident = p.map((value) => (value < 0.5 ? value / 4 : 1 - (1 - value) / 4))
    expect(m.expectedCalibrationError(honest, overconfident)).toBeGreaterThan(0.1)
  })
  it('takes weights as repeated rows', () => {
    const weighted = m.calibrationCurve([0, 1, 1], [0.2, 0.25, 0.9], { sampleWeight: [2, 1, 3] })
    const repeated = m.calibrationCurve([0, 0, 1, 1, 1, 1], [0.2, 0.2, 0.25, 0.9, 0.9, 0.9])
    expect(weighted.weight).toEqual(repeated.weight)
    expect(weighted.observed).toEqual(repeated.observed)
  })
  it('puts probabilities of 0 and 1 into the outer bins', () => {
    const { weight } = m.calibrationCurve([0, 1, 1], [0, 1, 0.5], { nBins: 2 })
    expect(Array.from(weight)).toEqual([2, 1])
  })
})

describe('gain and lift', () => {
  it('take tied rows together and end at everything', () => {
    const { share, gain } = m.cumulativeGain(['n', 'y', 'y', 'n', 'n'], [0.9, 0.9, 0.5, 0.1, 0.1])
    expect(Array.from(share)).toEqual([0, 0.4, 0.6, 1])
    expect(Array.from(gain)).toEqual([0, 0.5, 1, 1])
    const lifted = m.lift(['n', 'y', 'y', 'n', 'n'], [0.9, 0.9, 0.5, 0.1, 0.1])
    expect(lifted.lift[0]).toBe(1.25)
    expect(lifted.lift[2]).toBe(1)
  })
  it('count weights', () => {
    const weighted = m.cumulativeGain([1, 0, 1], [3, 2, 1], { sampleWeight: [1, 2, 3] })
    expect(Array.from(weighted.gain)).toEqual([0, 0.25, 0.25, 1])
    expect(Array.from(weighted.share)).toEqual([0, 1 / 6, 0.5, 1])
  })
})

describe('residuals', () => {
  const source = rng(3)
  const predicted = Float64Array.from({ length: 1000 }, () => source.below(500))
  const actual = predicted.map((value) => value + source.normal())

  it('cover every row once, in rising bins of about equal size', () => {
    const { overall, bins } = m.residuals(actual, predicted, { nBins: 10 })
    expect(bins).toHaveLength(10)
    expect(bins.reduce((total, bin) => total + bin.count, 0)).toBe(1000)
    expect(overall.count).toBe(1000)
    bins.forEach((bin, i) => {
      expect(bin.high).toBeGreaterThanOrEqual(bin.low)
      if (i > 0) expect(bin.low).toBeGreaterThan(bins[i - 1]!.high)
      expect(bin.q05).toBeLessThanOrEqual(bin.median)
      expect(bin.median).toBeLessThanOrEqual(bin.q95)
    })
  })
  it('are actual minus predicted', () => {
    const { overall } = m.residuals([3, 3, 3], [1, 1, 1])
    expect([overall.mean, overall.median]).toEqual([2, 2])
  })
  it('keep equal predictions in one bin', () => {
    expect(m.residuals([1, 2, 3, 4], [5, 5, 5, 5], { nBins: 4 }).bins).toHaveLength(1)
  })
})
