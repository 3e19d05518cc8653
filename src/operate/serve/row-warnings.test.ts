import { describe, expect, it } from 'vitest'
import { conform, type Field, fromRows, type Row } from '../../data/index.js'
import { baselineOf } from '../bundle/index.js'
import { rowsReader } from './row-columns.js'
import { rowWarner } from './row-warnings.js'

const fields: Field[] = [
  { name: 'age', type: 'number' },
  { name: 'on', type: 'timestamp' },
  { name: 'ok', type: 'boolean' },
  { name: 'note', type: 'string', verbatim: true },
  { name: '__proto__', type: 'string', verbatim: true },
]
const trained = Array.from({ length: 60 }, (_, i) => {
  const row: Record<string, unknown> = {
    age: i === 3 ? null : 18 + i,
    on: new Date(Date.UTC(2026, 0, 1 + i)),
    ok: i % 2 === 0,
    note: `a note of its own, number ${i}`,
  }
  Object.defineProperty(row, '__proto__', { value: i % 2 === 0 ? 'a' : 'b', enumerable: true })
  return row as Row
})
const read = rowsReader(fields)
const warn = rowWarner(baselineOf(conform(fromRows(trained), fields)))

const warnings = (changed: object, proto = 'a'): readonly string[] => {
  const row = { age: 30, on: new Date(Date.UTC(2026, 0, 9)), ok: true, note: 'x', ...changed }
  Object.defineProperty(row, '__proto__', { value: proto, enumerable: true })
  return warn(read([row as Row]))[0]!
}

describe('warnings', () => {
  it('are none for rows like those of training', () => {
    expect(warnings({})).toEqual([])
    expect(warnings({ age: 18 })).toEqual([])
    expect(warnings({ age: 77 })).toEqual([])
  })

  it('tell of numbers out of range, and of what is missing where nothing was', () => {
    expect(warnings({ age: 17.9 })).toEqual(["'age': 17.9 is below all values of training, 18 to 77."])
    expect(warnings({ age: 78 })).toEqual(["'age': 78 is above all values of training, 18 to 77."])
    // Of the ages one was missing in training.
    expect(warnings({ age: null, ok: null })).toEqual(["'ok' is missing, which it never was in training."])
  })

  it('let time go on, but not for ever, and not backwards', () => {
    expect(warnings({ on: '2026-04-01' })).toEqual([])
    expect(warnings({ on: '2027-04-01' })[0]).toBe(
      "'on': 2027-04-01 is above all values of training, 2026-01-01 to 2026-03-01.",
    )
    expect(warnings({ on: '2025-12-31' })[0]).toMatch(/is below all values/)
  })

  it('tell of new categories, but of free text nothing', () => {
    expect(warnings({ note: 'never seen' })).toEqual([])
    expect(warnings({}, 'c')).toEqual(["'__proto__': 'c' did not occur in training."])
  })

  it('tell what could not be read', () => {
    const good = { age: 30, on: '2026-01-09', ok: true, note: 'x', ['__proto__']: 'a' }
    const rows = [good, { ...good, age: 'thirty', ok: 'perhaps' }] as unknown as Row[]
    expect(warn(read(rows))).toEqual([
      [],
      [
        "'age': 'thirty' cannot be read and counts as missing.",
        "'ok': 'perhaps' cannot be read and counts as missing.",
        "'ok' is missing, which it never was in training.",
      ],
    ])
  })

  it('are none where nothing is known of training', () => {
    expect(rowWarner(undefined)(read([trained[0]!, trained[1]!]))).toEqual([[], []])
  })
})
