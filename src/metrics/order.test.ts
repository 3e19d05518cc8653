import fc from 'fast-check'
import { expect, it } from 'vitest'
import { descendingOrder } from './order.js'

const sorted = (values: readonly number[]): number[] =>
  Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b)

it('orders rows by falling value, ties in row order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
      expect(Array.from(descendingOrder(Float64Array.from(values)))).toEqual(sorted(values))
    }),
    { numRuns: 300, seed: 1 },
  )
})

it('orders what often is equal', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(-1, -0, 0, 0.5, 1, Math.fround(0.1), 5e-324, 1e308)), (values) => {
      expect(Array.from(descendingOrder(Float64Array.from(values)))).toEqual(sorted(values))
    }),
    { numRuns: 300, seed: 2 },
  )
})

it('knows infinities and takes 0 and −0 for the same', () => {
  const values = [0, -0, Infinity, -Infinity, 0, -1]
  expect(Array.from(descendingOrder(Float64Array.from(values)))).toEqual([2, 0, 1, 4, 5, 3])
})
