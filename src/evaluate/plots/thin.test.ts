import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleRows, thinCurve } from './thin.js'

const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 600 })

describe('thinCurve', () => {
  it('keeps both ends and the order, and at most as many points as a plot has room for', () => {
    fc.assert(
      fc.property(numbers, (y) => {
        const x = y.map((_, i) => i)
        const points = thinCurve(x, y)
        expect(points[0]?.x).toBe(0)
        expect(points.at(-1)?.x).toBe(x.length - 1)
        expect(points.length).toBeLessThanOrEqual(241)
        expect(points.every((point, i) => i === 0 || point.x > points[i - 1]!.x)).toBe(true)
      }),
    )
  })

  it('keeps short curves whole', () => {
    expect(thinCurve([0, 1], [2, 3])).toEqual([
      { x: 0, y: 2 },
      { x: 1, y: 3 },
    ])
    expect(thinCurve([], [])).toEqual([])
  })
})

describe('sampleRows', () => {
  it('gives rows in order, without repeats', () => {
    const rows = [...sampleRows(10_000, 100)]
    expect(rows).toHaveLength(100)
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b))
    expect([...sampleRows(3, 100)]).toEqual([0, 1, 2])
  })
})
