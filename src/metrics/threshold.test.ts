import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../base/index.js'
import * as m from './index.js'

const arbRows = fc
  .array(fc.record({ y: fc.boolean(), p: fc.integer({ min: 0, max: 10 }).map((tenth) => tenth / 10) }), {
    minLength: 2,
    maxLength: 40,
  })
  .filter((rows) => new Set(rows.map((row) => row.y)).size === 2)

const scores = {
  accuracy: m.accuracy,
  'balanced-accuracy': m.balancedAccuracy,
  f1: m.f1,
  'f1-macro': (y: boolean[], guess: boolean[]) => m.f1(y, guess, { average: 'macro' }),
  'f1-weighted': (y: boolean[], guess: boolean[]) => m.f1(y, guess, { average: 'weighted' }),
  mcc: m.matthewsCorrelation,
} as const

it('the table says what the metrics say of the predictions cut there', () => {
  fc.assert(
    fc.property(arbRows, (rows) => {
      const y = rows.map((row) => row.y)
      const p = rows.map((row) => row.p)
      for (const row of m.thresholdTable(y, p, { thresholds: [0, 0.25, 0.5, 0.7, 1] })) {
        const guess = p.map((value) => value >= row.threshold)
        expect(row.precision).toBeCloseTo(m.precision(y, guess), 12)
        expect(row.recall).toBeCloseTo(m.recall(y, guess), 12)
        expect(row.f1).toBeCloseTo(m.f1(y, guess), 12)
        expect(row.accuracy).toBeCloseTo(m.accuracy(y, guess), 12)
        expect(row.predictedPositive).toBeCloseTo(guess.filter(Boolean).length / guess.length, 12)
      }
    }),
    { seed: 1 },
  )
})

it('the default table has steps of five percent', () => {
  const thresholds = m.thresholdTable([0, 1], [0.2, 0.8]).map((row) => row.threshold)
  expect(thresholds).toHaveLength(19)
  expect(thresholds[0]).toBe(0.05)
  expect(thresholds[18]).toBe(0.95)
  expect(() => m.thresholdTable([0, 1], [0.2, 0.8], { thresholds: [2] })).toThrow(InvalidOptionError)
})

describe.each(Object.keys(scores) as m.ThresholdMetric[])('bestThreshold for %s', (metric) => {
  it('reaches its score, and no other threshold is better', () => {
    fc.assert(
      fc.property(arbRows, (rows) => {
        const y = rows.map((row) => row.y)
        const p = rows.map((row) => row.p)
        const at = (threshold: number): number =>
          scores[metric](
            y,
            p.map((value) => value >= threshold),
          )
        const best = m.bestThreshold(y, p, { metric })
        expect(at(best.threshold)).toBeCloseTo(best.score, 12)
        for (let tenth = 0; tenth <= 11; tenth++)
          expect(at(tenth / 10)).toBeLessThanOrEqual(best.score + 1e-12)
      }),
      { seed: 2 },
    )
  })
})

it('takes the nearest to one half among equals, and lies between scores', () => {
  expect(m.bestThreshold([0, 0, 1, 1], [0.1, 0.2, 0.9, 0.95], { metric: 'accuracy' })).toEqual({
    threshold: 0.55,
    score: 1,
  })
})
