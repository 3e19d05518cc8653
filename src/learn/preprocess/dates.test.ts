import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectParity } from '../../../test/support/graph-parity.js'
import { fromRows, table, type Table, timestampColumn } from '../../data/index.js'
import { calendar } from './calendar.js'
import { dateParts } from './index.js'

const startOf = (year: number): number => Date.UTC(year, 0, 1)

/** The same by JavaScript's own calendar. */
function byDate(ms: number) {
  const date = new Date(ms)
  const year = date.getUTCFullYear()
  const midnight = Date.UTC(year, date.getUTCMonth(), date.getUTCDate())
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfWeek: (date.getUTCDay() + 6) % 7,
    dayOfYear: (midnight - startOf(year)) / 86_400_000 + 1,
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  }
}

describe('the calendar', () => {
  it('is that of Date, from 1600 to 2400 and beyond', () =>
    fc.assert(
      fc.property(fc.integer({ min: startOf(1500), max: startOf(9999) }), (ms) => {
        expect(calendar(ms)).toEqual(byDate(ms))
      }),
      { numRuns: 2000 },
    ))

  it('holds on the first and the last millisecond of each day around leap days', () => {
    for (const year of [1600, 1700, 1899, 1900, 1970, 1999, 2000, 2023, 2024, 2100, 2400]) {
      for (const [month, day] of [
        [0, 1],
        [1, 28],
        [1, 29],
        [2, 1],
        [11, 31],
      ] as const) {
        const start = Date.UTC(year, month, day)
        for (const ms of [start, start + 86_399_999]) expect(calendar(ms)).toEqual(byDate(ms))
      }
    }
  })
})

describe('dateParts', () => {
  const days: Table = table({
    at: timestampColumn(
      Float64Array.from({ length: 3000 }, (_, i) =>
        i % 50 === 7 ? Number.NaN : startOf(1600) + i * 8_415_123_457,
      ),
    ),
  })

  it.each(['native', 'wasm'] as const)('is exact in the graph over 800 years on %s', async (engine) => {
    await expectParity(await dateParts().fit(days), days, { engine })
  })

  it('leaves out what does not vary', async () => {
    const fitted = await dateParts().fit(
      fromRows([{ at: new Date('2024-05-01') }, { at: new Date('2024-05-03') }]),
    )
    expect(fitted.outputs).toEqual(['at_day', 'at_day-of-week', 'at_day-of-year', 'at_elapsed-days'])
    expect(fitted.apply(fromRows([{ at: new Date('2024-05-02T12:00Z') }, { at: null }])).toRows()).toEqual([
      { at_day: 2, 'at_day-of-week': 3, 'at_day-of-year': 123, 'at_elapsed-days': 1.5 },
      { at_day: null, 'at_day-of-week': null, 'at_day-of-year': null, 'at_elapsed-days': null },
    ])
  })

  it('keeps the elapsed days of a column that does not vary', async () => {
    const fitted = await dateParts({ parts: ['year'] }).fit(fromRows([{ at: new Date(0) }]))
    expect(fitted.outputs).toEqual(['at_elapsed-days'])
  })

  it('puts December beside January', async () => {
    const fitted = await dateParts({ parts: ['month'], cyclic: true }).fit(
      fromRows([{ at: new Date('2024-01-01') }, { at: new Date('2024-12-01') }]),
    )
    expect(fitted.outputs).toEqual(['at_month', 'at_month_sin', 'at_month_cos'])
    const [january, december] = fitted
      .apply(fromRows([{ at: new Date('2025-01-01') }, { at: new Date('2025-12-01') }]))
      .toRows() as Record<string, number>[]
    expect(december!['at_month_cos']! - january!['at_month_cos']!).toBeCloseTo(1 - Math.cos(Math.PI / 6), 12)
  })
})
