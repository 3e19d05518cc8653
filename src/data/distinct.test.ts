import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rng } from '../base/index.js'
import { numberColumn } from './column.js'
import { countDistinct } from './distinct.js'

const countBySet = (values: Float64Array) => {
  const present = values.filter((value) => !Number.isNaN(value))
  return { distinct: new Set(present).size, present: present.length }
}

describe('countDistinct', () => {
  it('counts as a set does, missing values left out, −0 as 0', () => {
    fc.assert(
      fc.property(fc.float64Array({ maxLength: 200 }), (values) => {
        expect(countDistinct(numberColumn(values))).toEqual(countBySet(values))
      }),
    )
    expect(countDistinct(numberColumn(Float64Array.of(0, -0, Number.NaN)))).toEqual({
      distinct: 1,
      present: 2,
    })
  })

  // Beyond 8,192 rows the values are dealt to parts.
  it.each([8192, 8193, 50_000, 300_000])(
    'counts %i rows of all, many, few and no different values',
    (rows) => {
      const random = rng(rows)
      const columns = [
        Float64Array.from({ length: rows }, (_, row) => row / 3),
        Float64Array.from({ length: rows }, () => random.below(rows)),
        Float64Array.from({ length: rows }, () => (random.below(4) === 0 ? Number.NaN : random.below(7))),
        new Float64Array(rows).fill(5),
        new Float64Array(rows).fill(Number.NaN),
      ]
      for (const values of columns) expect(countDistinct(numberColumn(values))).toEqual(countBySet(values))
    },
  )
})
