import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromRows, type Table } from '../../data/index.js'
import type { LearningData } from '../../evaluate/validation/index.js'
import { classTarget, valueTarget } from '../../learn/contracts/index.js'
import { divideFolds, divideTest } from './divide.js'

const column = (name: string, values: readonly (string | number | Date)[]): Table =>
  fromRows(values.map((value) => ({ [name]: value })))

function classData(labels: readonly string[], x = labels.map((_, i) => i)): LearningData {
  return { x: column('x', x), target: classTarget(labels) }
}

const labelsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 'a' : 'b'))

describe('divideTest', () => {
  it('keeps equal rows on one side', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 60, maxLength: 120 }),
        fc.integer(),
        (x, seed) => {
          fc.pre(new Set(x).size > 10)
          const { train, test } = divideTest(classData(labelsOf(x.length), x), { seed }, 0.2)
          const known = new Set(Array.from(train, (row) => x[row]))
          for (const row of test) expect(known.has(x[row]!)).toBe(false)
        },
      ),
    )
  })

  it('keeps groups whole, whatever their type', () => {
    const group = Array.from({ length: 100 }, (_, i) => Math.floor(i / 4))
    for (const values of [group, group.map((id) => `g${id}`), group.map((id) => new Date(id * 864e5))]) {
      const { train, test } = divideTest(
        classData(labelsOf(100)),
        { seed: 1, group: column('g', values) },
        0.2,
      )
      const trained = new Set(Array.from(train, (row) => group[row]))
      expect(Array.from(test).filter((row) => trained.has(group[row]))).toEqual([])
      expect(test.length).toBeGreaterThan(0)
    }
  })

  it('judges on the latest rows, and refuses text for time', () => {
    const days = Array.from({ length: 50 }, (_, i) => new Date((50 - i) * 864e5))
    const { test } = divideTest(classData(labelsOf(50)), { seed: 0, time: column('day', days) }, 0.2)
    expect([...test].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i))
    const names = column('name', labelsOf(50))
    expect(() => divideTest(classData(labelsOf(50)), { seed: 0, time: names }, 0.2)).toThrow(
      /time column 'name' holds text that is no date/,
    )
  })
})

describe('a class of few rows', () => {
  const rare = (count: number): LearningData =>
    classData(Array.from({ length: 100 }, (_, i) => (i < count ? 'yes' : 'no')))
  const rareIn = (data: LearningData, rows: Int32Array): number =>
    Array.from(rows).filter((row) => data.target.type === 'classes' && data.target.codes[row] === 1).length

  it('keeps two rows to learn from, and the rest to judge on', () => {
    expect(
      [2, 3, 4].map((count) => {
        const { train, test, warnings } = divideTest(rare(count), { seed: 0 }, 0.2)
        return [rareIn(rare(count), train), rareIn(rare(count), test), warnings.length]
      }),
    ).toEqual([
      [2, 0, 1],
      [2, 1, 0],
      [3, 1, 0],
    ])
  })

  it('makes as many folds as it has rows, so that each tests one', () => {
    for (const count of [2, 3, 4]) {
      const { folds } = divideFolds(rare(count), { seed: 0 })
      expect(folds.map(({ test }) => rareIn(rare(count), test))).toEqual(Array(count).fill(1))
    }
  })
})

describe('few groups or different rows', () => {
  it('make fewer folds', () => {
    const group = column(
      'g',
      Array.from({ length: 60 }, (_, i) => i % 4),
    )
    expect(divideFolds(classData(labelsOf(60)), { seed: 0, group }).folds).toHaveLength(4)
    const x = Array.from({ length: 60 }, (_, i) => i % 4)
    expect(divideFolds(classData(labelsOf(60), x), { seed: 0 }).folds).toHaveLength(4)
  })

  it('say what to do where there is one only', () => {
    const one = Array<number>(60).fill(1)
    expect(() => divideTest(classData(labelsOf(60)), { seed: 0, group: column('shop', one) }, 0.2)).toThrow(
      /All rows to learn from are of one group of 'shop'.* Choose a finer group \(--group\)/,
    )
    const equal = classData(labelsOf(60), one)
    expect(() => divideFolds(equal, { seed: 0 })).toThrow(
      /equal in the columns that are used.* Give more columns/,
    )
    expect(() => divideFolds(equal, { seed: 0, leftOut: ['alive'] })).toThrow(
      /'alive' was left out, as giving the target away\. .*--keep/,
    )
  })
})

describe('divideFolds', () => {
  it('makes five folds that test each row once', () => {
    const { folds } = divideFolds(classData(labelsOf(60)), { seed: 0 })
    expect(folds).toHaveLength(5)
    expect(folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, i) => i),
    )
  })

  it('makes fewer folds of more cells', () => {
    const rows = 2100
    const x = fromRows([Object.fromEntries(Array.from({ length: 1000 }, (_, j) => [`c${j}`, j]))])
    const wide = x.take(new Int32Array(rows))
    const target = valueTarget(Float64Array.from({ length: rows }, (_, i) => i))
    // Equal rows would stay together: groups set them apart.
    const group = column(
      'g',
      Array.from({ length: rows }, (_, i) => i),
    )
    expect(divideFolds({ x: wide, target }, { seed: 0, group }).folds).toHaveLength(3)
  })

  it('learns rare classes in every fold', () => {
    const labels = [...labelsOf(60), 'rare', 'rare']
    const { folds } = divideFolds(classData(labels), { seed: 0 })
    for (const { train, test } of folds) {
      expect(Array.from(train, (row) => labels[row])).toContain('rare')
      expect(Array.from(test, (row) => labels[row])).not.toContain('rare')
    }
  })

  it('never learns from what is later', () => {
    const days = Array.from({ length: 60 }, (_, i) => i)
    const { folds } = divideFolds(classData(labelsOf(60)), { seed: 0, time: column('day', days) })
    for (const { train, test } of folds) expect(Math.max(...train)).toBeLessThan(Math.min(...test))
  })

  it('leaves out folds without rows of a class, and says when none is left', () => {
    const labels = Array.from({ length: 60 }, (_, i) => (i < 20 ? 'a' : i < 40 ? (i % 2 ? 'a' : 'b') : 'b'))
    const time = column(
      'day',
      Array.from({ length: 60 }, (_, i) => i),
    )
    expect(divideFolds(classData(labels), { seed: 0, time }).folds.length).toBeLessThan(5)
    const turned = Array.from({ length: 60 }, (_, i) => (i < 58 ? 'a' : 'b'))
    const group = column('g', turned)
    expect(() => divideFolds(classData(turned), { seed: 0, group })).toThrow(
      /No fold has rows of every class|parts/,
    )
  })
})
