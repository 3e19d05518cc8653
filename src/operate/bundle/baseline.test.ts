import { describe, expect, it } from 'vitest'
import { fromRows } from '../../data/index.js'
import { baselineOf } from './baseline.js'

const column = (values: readonly unknown[]) =>
  baselineOf(
    fromRows(
      values.map((x) => ({ x, other: 1 })),
      { columns: ['x', 'other'] },
    ),
  ).columns[0]!

describe('baselineOf', () => {
  it('summarizes numbers and times', () => {
    const numbers = column([1, 2, null, 4])
    expect(numbers).toMatchObject({ name: 'x', type: 'number', missing: 0.25, numbers: { min: 1, max: 4 } })
    expect(numbers.numbers!.histogram.counts.reduce((a, b) => a + b, 0)).toBe(3)
    const days = [new Date('2026-01-01'), new Date('2026-01-03')]
    expect(column(days)).toMatchObject({
      type: 'timestamp',
      numbers: { min: Number(days[0]), max: Number(days[1]) },
    })
  })

  it('counts categories, most frequent first', () => {
    expect(column(['b', 'a', 'a', null])).toEqual({
      name: 'x',
      type: 'string',
      missing: 0.25,
      categories: {
        values: [
          { value: 'a', share: 2 / 3 },
          { value: 'b', share: 1 / 3 },
        ],
        distinct: 2,
        complete: true,
      },
    })
    expect(column([true, false, true]).categories!.values.map(({ value }) => value)).toEqual([
      'true',
      'false',
    ])
  })

  it('keeps no free text, and the most frequent of very many', () => {
    const names = Array.from({ length: 100 }, (_, i) => `name ${i}`)
    expect(column(names).categories).toEqual({ values: [], distinct: 100, complete: false })
    const many = Array.from({ length: 9000 }, (_, i) => `city ${i % 1500}`)
    const { categories } = column([...many, 'city 7'])
    expect(categories).toMatchObject({ distinct: 1500, complete: false })
    expect(categories!.values.length).toBe(100)
    expect(categories!.values[0]!.value).toBe('city 7')
  })

  it('survives JSON, also where nothing is known', () => {
    for (const x of [fromRows([{ a: null, b: 'x' }]), fromRows([])]) {
      const baseline = baselineOf(x)
      expect(JSON.parse(JSON.stringify(baseline))).toEqual(baseline)
    }
  })
})
