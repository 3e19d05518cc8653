import { describe, expect, it } from 'vitest'
import { DataError, UsageError } from '../base/index.js'
import { columnFromValues } from './column-from-values.js'
import { conformRow } from './infer/index.js'
import { type Cell, type Field, fromRows } from './table.js'

const none = new Date('never')
const read = (...values: unknown[]) => {
  const column = columnFromValues(values as Cell[], 'c')
  return [column.type, ...values.map((_, row) => column.at(row))]
}

describe('columnFromValues', () => {
  it('takes NaN, invalid dates and the empty text for missing, whatever stands beside', () => {
    expect(read('x', Number.NaN, none, '', null)).toEqual(['string', 'x', null, null, null, null])
    expect(read(1, none, 'x')).toEqual(['string', '1', null, 'x'])
    expect(read(true, Number.NaN, none)).toEqual(['boolean', true, null, null])
    expect(read(none, new Date(5), '')).toEqual(['timestamp', null, new Date(5), null])
    expect(read(none, undefined)).toEqual(['number', null, null])
  })

  it('names the first row of another kind', () => {
    expect(() => read(null, 1, 2, none, new Date(5))).toThrow(/mixes number and date values; first at row 4/)
  })

  it.each<[string, unknown, RegExp]>([
    ['an object', { street: 'x' }, /an object at row 1: {"street":"x"}; .*Take the values that matter out/],
    ['an array', [1, 2], /an array at row 1: \[1,2\]; .*columns of their own, or leave 'c' out/],
    ['bytes', Buffer.from('ab'), /bytes or numbers in an array at row 1: Buffer\(2\); .*Leave 'c' out/],
    ['a function', () => 1, /a function at row 1/],
    ['a symbol', Symbol('s'), /a symbol at row 1/],
  ])('refuses %s in rows and in a single row', (_, value, message) => {
    expect(() => read('x', value)).toThrow(DataError)
    expect(() => read('x', value)).toThrow(message)
    expect(() => read(null, value)).toThrow(message)
    for (const type of ['string', 'number', 'boolean', 'timestamp'] satisfies Field['type'][]) {
      const row = () => conformRow({ c: value as Cell }, [{ name: 'c', type }])
      expect(row).toThrow(DataError)
      expect(row).toThrow(/Column 'c' holds/)
    }
  })
})

describe('fromRows', () => {
  it('says what it was given instead of rows', () => {
    for (const [given, received] of [
      [null, 'null'],
      ['a.csv', "'a.csv'"],
      [{ a: 1 }, 'an object'],
      [Promise.resolve([]), 'a promise'],
    ] as const) {
      expect(() => fromRows(given as never)).toThrow(UsageError)
      expect(() => fromRows(given as never)).toThrow(`expected an array of rows; received ${received}. Check`)
    }
    expect(() => fromRows([{ a: 1 }, null as never])).toThrow(/received null at row 1\. Give each row as/)
  })

  it('takes the columns that are chosen, and no other options', () => {
    const misspelt: object = { colums: ['a'] }
    expect(fromRows([{ a: 1, b: 2 }], { columns: ['b', 'c'] }).names).toEqual(['b'])
    expect(() => fromRows([{ a: 1 }], misspelt)).toThrow("Did you mean 'columns'?")
    expect(() => fromRows([{ a: 1 }], { columns: 'a' as never })).toThrow(/'columns' must be a list of names/)
  })
})
