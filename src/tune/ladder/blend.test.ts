import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findMetric } from '../../metrics/index.js'
import { blend, type BlendMember } from './blend.js'

const rmse = findMetric('rmse', 'regression')
const values = (numbers: readonly number[]) =>
  ({ kind: 'values', values: Float64Array.from(numbers) }) as const
const member = (name: string, scores: readonly number[]): BlendMember => ({
  name,
  scores: Float64Array.from(scores),
})

const number = fc.double({ min: -100, max: 100, noNaN: true })
const problem = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 20 }))
  .chain(([count, rows]) => {
    const column = fc.array(number, { minLength: rows, maxLength: rows })
    return fc.record({ actual: column, members: fc.array(column, { minLength: count, maxLength: count }) })
  })

describe('blend', () => {
  it('is never worse than its best member, and weights sum to 1', () => {
    fc.assert(
      fc.property(problem, ({ actual, members }) => {
        const named = members.map((scores, i) => member(`m${i}`, scores))
        const found = blend(named, { actual: values(actual), k: 0, metric: rmse })
        const alone = named.map(({ scores }) =>
          rmse.score(values(actual), { kind: 'values', values: scores }),
        )
        // Means of predictions are rounded in proportion to the predictions, however small the error that is left.
        const largest = Math.max(1, ...named.flatMap(({ scores }) => Array.from(scores, Math.abs)))
        expect(found.score).toBeLessThanOrEqual(Math.min(...alone) + 1e-12 * largest)
        const sum = Object.values(found.weights).reduce((total, weight) => total + weight, 0)
        expect(sum).toBeCloseTo(1, 12)
        const again = rmse.score(values(actual), { kind: 'values', values: found.scores })
        expect(again).toBeCloseTo(found.score, 9)
      }),
    )
  })

  it('averages members that err in opposite ways', () => {
    const members = [member('high', [2, 3, 4]), member('low', [0, 1, 2]), member('far', [9, 9, 9])]
    const found = blend(members, { actual: values([1, 2, 3]), k: 0, metric: rmse })
    expect(found.weights).toEqual({ high: 0.5, low: 0.5 })
    expect(found.score).toBe(0)
  })

  it('picks on a sample of many rows, and scores on all', () => {
    const truth = Array.from({ length: 50_000 }, (_, i) => Math.sin(i))
    const high = member(
      'high',
      truth.map((value) => value + 1),
    )
    const low = member(
      'low',
      truth.map((value) => value - 1),
    )
    const found = blend([high, low], { actual: values(truth), k: 0, metric: rmse })
    expect(found.weights).toEqual({ high: 0.5, low: 0.5 })
    expect(found.scores).toHaveLength(50_000)
    // Adding one and taking one rounds.
    expect(found.score).toBeLessThan(1e-12)
  })

  it('maximizes metrics of which more is better', () => {
    const auc = findMetric('roc-auc', 'binary')
    const binary = (positive: readonly number[]): number[] => positive.flatMap((p) => [1 - p, p])
    const actual = { kind: 'classes', codes: Int32Array.of(0, 0, 1, 1), nClasses: 2 } as const
    const members = [
      member('good', binary([0.1, 0.2, 0.8, 0.9])),
      member('bad', binary([0.9, 0.8, 0.2, 0.1])),
    ]
    const found = blend(members, { actual, k: 2, metric: auc })
    expect(found.weights).toEqual({ good: 1 })
    expect(found.score).toBe(1)
  })
})
