import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { booleanColumn, numberColumn, stringColumn } from './column.js'
import { contentHash } from './content-hash.js'
import { groupRows, rowHashes } from './row-hash.js'
import { fromRows, type Row, table } from './table.js'

const cell = fc.record(
  {
    n: fc.option(fc.double({ noDefaultInfinity: true, noNaN: true })),
    t: fc.option(fc.string({ minLength: 1 })),
    b: fc.option(fc.boolean()),
  },
  { noNullPrototype: true },
)
const rows = fc.array(cell, { minLength: 1, maxLength: 40 })
const full = (given: readonly Row[]): Row[] => [{ n: 0.5, t: 'first', b: true }, ...given]

describe('rowHashes', () => {
  it('depend on values and names alone: not on row order, column order or dictionary', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const data = fromRows(full(given))
        const order = Int32Array.from({ length: data.rowCount }, (_, i) => data.rowCount - 1 - i)
        const { low } = rowHashes(data)
        expect([...rowHashes(data.take(order)).low]).toEqual([...low].reverse())
        expect(rowHashes(data.select(['b', 't', 'n'])).low).toEqual(low)
        expect(rowHashes(data, ['t']).low).toEqual(rowHashes(data.select(['t'])).low)
      }),
    )
  })

  it('tell kinds of values apart, and join what is equal', () => {
    const hash = (row: Row): number => rowHashes(fromRows([row])).low[0]!
    expect(
      new Set([hash({ a: 1 }), hash({ a: '1' }), hash({ a: true }), hash({ b: 1 }), hash({ a: null })]).size,
    ).toBe(5)
    expect(hash({ a: -0 })).toBe(hash({ a: 0 }))
    const narrow = table({ a: numberColumn(Int32Array.of(7)) })
    expect(rowHashes(narrow).low[0]).toBe(hash({ a: 7 }))
    const missing = [
      numberColumn(Float64Array.of(Number.NaN)),
      stringColumn(Int32Array.of(-1), []),
      booleanColumn(Uint8Array.of(255)),
    ]
    expect(new Set(missing.map((column) => rowHashes(table({ a: column })).low[0])).size).toBe(1)
  })

  it('group equal rows', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 80 }), (xs) => {
        const { ids, count } = groupRows(rowHashes(fromRows(xs.map((x) => ({ x, y: String(x) })))))
        const first = [...new Set(xs)]
        expect(count).toBe(first.length)
        expect([...ids]).toEqual(xs.map((x) => first.indexOf(x)))
      }),
    )
  })
})

describe('contentHash', () => {
  it('is equal exactly when names, types, order and values are', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 1000 }), (given, at) => {
        const data = full(given)
        const hash = contentHash(fromRows(data))
        expect(contentHash(fromRows([...data, ...data]).slice(0, data.length))).toBe(hash)
        const changed = data.map((row, i) =>
          i === at % data.length ? { ...row, n: Number(row['n'] ?? 0) + 1 } : row,
        )
        expect(contentHash(fromRows(changed)) === hash).toBe(
          changed.every((row, i) => Object.is(row['n'], data[i]!['n'])),
        )
        expect(contentHash(fromRows(data).select(['t', 'n', 'b']))).not.toBe(hash)
      }),
    )
  })

  it('does not depend on how values are stored', () => {
    const narrow = table({
      a: numberColumn(Int8Array.of(1, 2)),
      t: stringColumn(Int32Array.of(1, 0), ['y', 'x']),
    })
    const wide = table({
      a: numberColumn(Float64Array.of(1, 2)),
      t: stringColumn(Int32Array.of(0, 2), ['x', 'z', 'y']),
    })
    expect(contentHash(narrow)).toBe(contentHash(wide))
    expect(contentHash(wide.select(['a']))).not.toBe(contentHash(table({ b: wide.col('a') })))
  })
})
