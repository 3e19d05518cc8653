import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { shapleyPlan } from './shapley.js'

/** Contributions for a function of a row, with everything computed at once. */
function explain(
  f: (row: readonly number[]) => number,
  row: readonly number[],
  background: readonly number[][],
  seed = 0,
) {
  const plan = shapleyPlan(row.length, background.length, rng(seed))
  const values = plan.mixtures.map(({ background: other, own }) =>
    f(row.map((value, column) => (own[column] === 1 ? value : background[other]![column]!))),
  )
  return { plan, parts: Array.from(plan.divide(values, f(row), background.map(f))) }
}

const table = (rows: number, columns: number, seed: number): number[][] => {
  const random = rng(seed)
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()))
}
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

describe('contributions', () => {
  it('sum to the prediction minus the average, for any function and number of columns', () => {
    const f = (row: readonly number[]): number =>
      row.reduce((product, value, i) => product * Math.cos(value + i), 1) + row[0]! ** 2
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1000),
        (columns, rows, seed) => {
          const background = table(rows, columns, seed)
          const [row] = table(1, columns, seed + 1)
          const { parts } = explain(f, row!, background)
          expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(f(row!) - mean(background.map(f)), 9)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('are those of each term where columns only add up, exactly, few columns or many', () => {
    for (const columns of [3, 9]) {
      const background = table(8, columns, 1)
      const [row] = table(1, columns, 2)
      const term = (value: number, i: number): number => (i + 1) * value ** 2
      const { parts } = explain(
        (given) => given.reduce((sum, value, i) => sum + term(value, i), 0),
        row!,
        background,
      )
      parts.forEach((part, i) => {
        const average = mean(background.map((other) => term(other[i]!, i)))
        expect(part).toBeCloseTo(term(row![i]!, i) - average, 9)
      })
    }
  })

  it('are exact for a game that is known: a product is shared equally', () => {
    const { parts } = explain(([a, b, c]) => a! * b! * c!, [1, 1, 1], [[0, 0, 0]])
    for (const part of parts) expect(part).toBeCloseTo(1 / 3, 12)
    const withDummy = explain(([a, b]) => a! * b!, [1, 1, 7], [[0, 0, 0]]).parts
    expect(withDummy[2]).toBeCloseTo(0, 12)
  })

  it('by permutations come near the exact ones', () => {
    // Seven columns go by permutations; by hand over all 5,040 orders of a product of pairs plus a square.
    const f = (row: readonly number[]): number => row[0]! * row[1]! + row[2]! * row[3]! + row[4]! ** 2
    const background = table(8, 7, 3)
    const [row] = table(1, 7, 4)
    const { parts, plan } = explain(f, row!, background)
    // For a product of two columns: half of what each adds when it is first, half when it is second.
    const pair = (i: number, j: number): number =>
      mean(background.map((other) => ((row![i]! - other[i]!) * (other[j]! + row![j]!)) / 2))
    const exact = [
      pair(0, 1),
      pair(1, 0),
      pair(2, 3),
      pair(3, 2),
      row![4]! ** 2 - mean(background.map((o) => o[4]! ** 2)),
      0,
      0,
    ]
    // An order and its reverse together are exact for functions of pairs.
    parts.forEach((part, i) => expect(part).toBeCloseTo(exact[i]!, 9))
    expect(plan.mixtures.length).toBeLessThanOrEqual(2048)
  })

  it('are the same every time', () => {
    const background = table(8, 9, 5)
    const [row] = table(1, 9, 6)
    const f = (given: readonly number[]): number => given.reduce((a, b) => Math.sin(a + b), 0)
    expect(explain(f, row!, background).parts).toEqual(explain(f, row!, background).parts)
  })
})
