import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../base/index.js'
import { numberColumn } from '../column.js'
import { fromRows, type Table, table } from '../table.js'
import { kFold, trainTestSplit, trainValidationTestSplit } from './index.js'

const numbered = (n: number): Table =>
  table({ x: numberColumn(Float64Array.from({ length: n }, (_, i) => i)) })
const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const joined = (...parts: readonly Int32Array[]): number[] =>
  parts.flatMap((part) => [...part]).sort((a, b) => a - b)
const count = (rows: Int32Array, codes: readonly number[], code: number): number =>
  [...rows].filter((row) => codes[row] === code).length

const sizes = fc.integer({ min: 12, max: 300 })
const seeds = fc.integer()

describe('options', () => {
  it('are known names', () => {
    const rows = fromRows([{ a: 1 }, { a: 2 }, { a: 3 }])
    const given = { rows, tets: 0.5 }
    const misspelt = { rows, fold: 2 }
    expect(() => trainTestSplit(given)).toThrow("split: there is no option 'tets'. Did you mean 'test'?")
    expect(() => kFold(misspelt)).toThrow("Did you mean 'folds'?")
    expect(() => kFold({ rows, seed: 0.5 })).toThrow("option 'seed' must be a whole number")
  })
})

describe('what is no options', () => {
  it.each<[string, (options: never) => unknown]>([
    ['trainTestSplit', trainTestSplit],
    ['trainValidationTestSplit', trainValidationTestSplit],
    ['kFold', kFold],
  ])('is refused by %s with the way to give a table', (name, split) => {
    for (const [given, received] of [
      [numbered(9), 'a table'],
      [undefined, 'undefined'],
      [[{ a: 1 }], 'an array'],
      [{ rows: [{ a: 1 }] }, 'an array as rows'],
    ] as const) {
      expect(() => split(given as never)).toThrow(UsageError)
      expect(() => split(given as never)).toThrow(
        `${name}: expected options whose rows are a table; received ${received}. Give them so: ${name}({ rows: table })`,
      )
    }
  })
})

describe('trainTestSplit', () => {
  it('divides all rows once, to the size asked for, the same for the same seed', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (n, seed, test) => {
        const split = trainTestSplit({ rows: numbered(n), test, seed })
        expect(joined(split.train, split.test)).toEqual(all(n))
        // Whole rows: rounding, and neither side empty.
        expect(Math.abs(split.test.length - n * test)).toBeLessThanOrEqual(1)
        expect(trainTestSplit({ rows: numbered(n), test, seed })).toEqual(split)
      }),
    )
  })

  it('gives other seeds other rows, and looks like a random draw', () => {
    const rows = numbered(1000)
    const first = trainTestSplit({ rows, seed: 0 }).test
    const second = trainTestSplit({ rows, seed: 1 }).test
    // 200 of 1000 twice: 40 in common by chance, standard deviation 5.1; six of those.
    expect(Math.abs([...first].filter((row) => second.includes(row)).length - 40)).toBeLessThan(31)
    const mean = first.reduce((sum, row) => sum + row, 0) / first.length
    // Mean of 200 uniform draws: 499.5 with standard deviation 18.3; five of those.
    expect(Math.abs(mean - 499.5)).toBeLessThan(92)
  })

  it('depends on values, not on the order of rows', () => {
    const n = 100
    const order = Int32Array.from(all(n), (i) => (i * 37) % n)
    const plain = trainTestSplit({ rows: numbered(n), seed: 3 })
    const shuffled = trainTestSplit({ rows: numbered(n).take(order), seed: 3 })
    expect(joined(Int32Array.from(shuffled.test, (row) => order[row]!))).toEqual([...plain.test])
  })

  it('keeps equal rows on one side, unless asked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 60, maxLength: 200 }),
        seeds,
        (xs, seed) => {
          const rows = fromRows(xs.map((x) => ({ x, y: `t${x % 7}` })))
          const { train, test } = trainTestSplit({ rows, seed })
          const trained = new Set([...train].map((row) => xs[row]))
          expect([...test].some((row) => trained.has(xs[row]!))).toBe(false)
          const exact = trainTestSplit({ rows, seed, duplicates: 'split' }).test.length
          expect(exact).toBe(Math.round(xs.length * 0.2))
        },
      ),
    )
  })

  it('divides more rows than a call takes arguments', () => {
    const { train, test } = trainTestSplit({ rows: numbered(200_000), duplicates: 'split' })
    expect([train.length, test.length]).toEqual([160_000, 40_000])
  })

  it('gives each class the same share', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 300 }),
        seeds,
        (codes, seed) => {
          const { test, train } = trainTestSplit({
            rows: numbered(codes.length),
            stratify: codes,
            seed,
            test: 0.3,
          })
          for (const code of new Set(codes)) {
            const total = codes.filter((other) => other === code).length
            // Rounded to whole rows, with one moved at most so that the sum is right or a side is not empty.
            expect(Math.abs(count(test, codes, code) - total * 0.3)).toBeLessThanOrEqual(1)
            if (total > 1)
              expect(Math.min(count(test, codes, code), count(train, codes, code))).toBeGreaterThan(0)
          }
        },
      ),
    )
  })

  it('keeps groups whole, by column or by numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 60, maxLength: 200 }),
        seeds,
        (ids, seed) => {
          const rows = fromRows(ids.map((id, x) => ({ x, id })))
          for (const group of ['id', ids]) {
            const { train, test } = trainTestSplit({ rows, group, seed })
            const trained = new Set([...train].map((row) => ids[row]))
            expect([...test].some((row) => trained.has(ids[row]!))).toBe(false)
          }
        },
      ),
    )
  })

  it('tests on what comes last, and cuts no instant', () => {
    const times = [5, 3, 3, 9, 1, 7, 9, 9, 2, Number.NaN]
    const split = trainTestSplit({ rows: numbered(10), time: times, test: 0.2 })
    expect([...split.train]).toEqual([9, 4, 8, 1, 2, 0, 5])
    expect([...split.test]).toEqual([3, 6, 7])
    expect(split.warnings.map(({ code }) => code)).toEqual(['missing-time'])
  })

  it('says what cannot be', () => {
    const same = fromRows(Array.from({ length: 9 }, () => ({ x: 1 })))
    expect(() => trainTestSplit({ rows: same })).toThrow(/duplicates: 'split'/)
    expect(trainTestSplit({ rows: same, duplicates: 'split' }).test).toHaveLength(2)
    expect(() => trainTestSplit({ rows: numbered(1) })).toThrow(/only 1 rows/)
    expect(() => trainTestSplit({ rows: numbered(9), test: 1 })).toThrow(/strictly between 0 and 1/)
    expect(() => trainTestSplit({ rows: numbered(9), group: 'x', time: 'x' })).toThrow(/must stand alone/)
    expect(() => trainTestSplit({ rows: numbered(9), stratify: [1] })).toThrow(/one value for each of 9 rows/)
    const lopsided = trainTestSplit({ rows: numbered(10), group: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1], test: 0.5 })
    expect(lopsided.warnings.map(({ code }) => code)).toEqual(['split-size'])
    const rare = trainTestSplit({ rows: numbered(10), stratify: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0] })
    expect(rare.train).toContain(0)
    expect(rare.warnings.map(({ code }) => code)).toEqual(['rare-class'])
    const named = { rows: numbered(10), stratify: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0], classes: ['No', 'Yes'] }
    expect(trainTestSplit(named).warnings[0]?.message).toMatch(/^Class 'Yes' has 1 row /)
    expect(kFold({ ...named, folds: 3 }).warnings[0]?.message).toMatch(/^Class 'Yes' has 1 different row,/)
  })
})

describe('trainValidationTestSplit', () => {
  it('divides all rows once, and tests on the same rows as trainTestSplit', () => {
    fc.assert(
      fc.property(sizes, seeds, (n, seed) => {
        const rows = numbered(n)
        const { train, validation, test } = trainValidationTestSplit({ rows, seed, validation: 0.25 })
        expect(joined(train, validation, test)).toEqual(all(n))
        expect(Math.abs(validation.length - n / 4)).toBeLessThanOrEqual(1)
        expect(test).toEqual(trainTestSplit({ rows, seed }).test)
      }),
    )
  })

  it('goes along time', () => {
    const split = trainValidationTestSplit({ rows: numbered(10), time: 'x' })
    expect([...split.train, ...split.validation, ...split.test]).toEqual(all(10))
    expect([split.validation.length, split.test.length]).toEqual([2, 2])
  })
})

describe('kFold', () => {
  it('tests every row once, in folds of equal size', () => {
    fc.assert(
      fc.property(sizes, seeds, fc.integer({ min: 2, max: 12 }), (n, seed, folds) => {
        const split = kFold({ rows: numbered(n), folds, seed })
        expect(joined(...split.folds.map(({ test }) => test))).toEqual(all(n))
        for (const { train, test } of split.folds) {
          expect(joined(train, test)).toEqual(all(n))
          expect(Math.abs(test.length - n / folds)).toBeLessThan(1)
        }
        expect(kFold({ rows: numbered(n), folds, seed })).toEqual(split)
      }),
    )
  })

  it('puts every class in every fold where its count allows, otherwise warns', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 30, maxLength: 200 }),
        seeds,
        (codes, seed) => {
          const split = kFold({ rows: numbered(codes.length), stratify: codes, seed })
          const classes = [...new Set(codes)]
          const rare = classes.filter((code) => codes.filter((other) => other === code).length < 5)
          for (const { test } of split.folds) {
            for (const code of classes) {
              const total = codes.filter((other) => other === code).length
              expect(Math.abs(count(test, codes, code) - total / 5)).toBeLessThan(1)
            }
          }
          expect(split.warnings).toHaveLength(classes.length > 1 ? rare.length : 0)
        },
      ),
    )
  })

  it('keeps groups and equal rows whole', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 25 }), { minLength: 80, maxLength: 200 }),
        seeds,
        (ids, seed) => {
          const options = [
            { rows: fromRows(ids.map((id, x) => ({ x, id }))), group: 'id' },
            { rows: fromRows(ids.map((id) => ({ id }))) },
          ]
          for (const option of options) {
            for (const { train, test } of kFold({ ...option, seed }).folds) {
              const trained = new Set([...train].map((row) => ids[row]))
              expect([...test].some((row) => trained.has(ids[row]!))).toBe(false)
            }
          }
        },
      ),
    )
  })

  it('chains forward along time', () => {
    const { folds } = kFold({ rows: numbered(12), time: 'x', folds: 3 })
    expect(folds.map(({ train }) => train.length)).toEqual([3, 6, 9])
    expect(folds.map(({ test }) => [...test])).toEqual([
      [3, 4, 5],
      [6, 7, 8],
      [9, 10, 11],
    ])
  })

  it('says what cannot be', () => {
    expect(() => kFold({ rows: numbered(3) })).toThrow(/at least 5 parts/)
    expect(() => kFold({ rows: numbered(30), folds: 1.5 })).toThrow(/at least 2/)
  })

  it('is the same for ever: saved recipes rely on it', () => {
    // Values of the first version.
    expect([...trainTestSplit({ rows: numbered(20), seed: 0 }).test]).toMatchInlineSnapshot(`
      [
        0,
        6,
        8,
        12,
      ]
    `)
    expect(kFold({ rows: numbered(6), folds: 3 }).folds.map(({ test }) => [...test])).toMatchInlineSnapshot(`
      [
        [
          1,
          3,
        ],
        [
          2,
          5,
        ],
        [
          0,
          4,
        ],
      ]
    `)
  })
})
