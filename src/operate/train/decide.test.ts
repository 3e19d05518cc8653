import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { classTarget, valueTarget } from '../../learn/contracts/index.js'
import { findMetric } from '../../metrics/index.js'
import { decideThreshold, intervalHalfWidths, isImbalanced, rarestShare } from './decide.js'

/** Probabilities of both classes from those of the second. */
const scores = (positive: readonly number[]): Float64Array =>
  Float64Array.from(positive.flatMap((p) => [1 - p, p]))
const few = classTarget(Array.from({ length: 100 }, (_, i) => (i < 10 ? 'yes' : 'no')))
const even = classTarget(Array.from({ length: 100 }, (_, i) => (i % 2 ? 'yes' : 'no')))
const ranked = scores(Array.from({ length: 100 }, (_, i) => (i < 10 ? 0.3 : 0.1)))

describe('decideThreshold', () => {
  it('leaves one half where nothing asks for another', () => {
    const half = { threshold: 0.5, chosenFor: null }
    expect(decideThreshold(even, ranked, findMetric('roc-auc', 'binary'))).toEqual(half)
    const three = classTarget(['a', 'b', 'c'])
    expect(decideThreshold(three, new Float64Array(9), findMetric('log-loss', 'multiclass'))).toEqual(half)
    expect(
      decideThreshold(valueTarget([1, 2]), new Float64Array(2), findMetric('rmse', 'regression')),
    ).toEqual(half)
  })

  it('leaves one half where the rows are of one class', () => {
    const none = { ...few, codes: new Int32Array(100) }
    const half = { threshold: 0.5, chosenFor: null }
    expect(decideThreshold(none, ranked, findMetric('accuracy', 'binary'))).toEqual(half)
  })

  it('cuts for F1 where a class is rare, between what it must tell apart', () => {
    const { threshold, chosenFor } = decideThreshold(few, ranked, findMetric('roc-auc', 'binary'))
    expect(chosenFor).toBe('f1')
    expect(threshold).toBeGreaterThan(0.1)
    expect(threshold).toBeLessThanOrEqual(0.3)
  })

  it.each(['accuracy', 'balanced-accuracy', 'f1', 'mcc'] as const)(
    'cuts for %s when that decides',
    (name) => {
      expect(decideThreshold(even, ranked, findMetric(name, 'binary')).chosenFor).toBe(name)
    },
  )
})

describe('rarestShare', () => {
  it('is the share of the smallest class', () => {
    expect(rarestShare(few)).toBe(0.1)
    expect(rarestShare(valueTarget([1, 2, 3]))).toBe(1)
  })
})

describe('intervalHalfWidths', () => {
  it('covers at least the share of the rows that it was made from', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, (residuals) => {
        const target = valueTarget(new Float64Array(residuals.length))
        const widths = intervalHalfWidths(target, Float64Array.from(residuals))
        for (const { level, halfWidth } of widths) {
          const inside = residuals.filter((value) => Math.abs(value) <= halfWidth).length
          expect(inside / residuals.length).toBeGreaterThanOrEqual(level)
        }
        expect(widths.map(({ halfWidth }) => halfWidth)).toEqual(
          widths.map(({ halfWidth }) => halfWidth).toSorted((a, b) => a - b),
        )
      }),
    )
  })

  it('gives no level that so few rows cannot vouch for', () => {
    const target = valueTarget(new Float64Array(9))
    const levels = intervalHalfWidths(
      target,
      Float64Array.from({ length: 9 }, (_, i) => i),
    ).map(({ level }) => level)
    expect(levels).toEqual([0.5, 0.8, 0.9])
    expect(intervalHalfWidths(classTarget(['a', 'b']), new Float64Array(4))).toEqual([])
  })
})

describe('isImbalanced', () => {
  it('measures the rarest class by an even share, so that many equal classes are no alarm', () => {
    const even = classTarget(Array.from({ length: 260 }, (_, i) => `c${i % 26}`))
    expect(isImbalanced(even)).toBe(false)
    expect(isImbalanced(classTarget(Array.from({ length: 100 }, (_, i) => (i < 15 ? 'a' : 'b'))))).toBe(true)
    expect(isImbalanced(classTarget(Array.from({ length: 100 }, (_, i) => (i < 30 ? 'a' : 'b'))))).toBe(false)
    expect(isImbalanced(valueTarget([1, 2, 3]))).toBe(false)
  })
})
