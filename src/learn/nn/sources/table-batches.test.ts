import { describe, expect, it } from 'vitest'
import { fromRows } from '../../../data/index.js'
import type { Batch } from './batch.js'
import { tableBatches } from './table-batches.js'

const people = fromRows([
  { age: 31, member: true, city: 'Oslo', income: 5.5 },
  { age: 42, member: false, city: 'Bern', income: 7 },
  { age: 25, member: true, city: 'Oslo', income: 3 },
])
const plain = { batchSize: 2, shuffle: false }
const all = (source: (epoch: number) => Iterable<Batch>): Batch[] => [...source(0)]

describe('tableBatches', () => {
  it('makes x of the other columns, and codes of classes', () => {
    const source = tableBatches(people, { ...plain, target: 'city' })
    expect(source.columns).toEqual(['age', 'member', 'income'])
    expect(source.classes).toEqual(['Bern', 'Oslo'])
    expect(source.batchCount).toBe(2)
    const [first, second] = all(source)
    expect(first!['x']).toEqual({
      dtype: 'float32',
      shape: [2, 3],
      data: Float32Array.of(31, 1, 5.5, 42, 0, 7),
    })
    expect(first!['y']).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(1, 0) })
    expect(second!['x']!.shape).toEqual([1, 3])
  })

  it('keeps numbers as [rows, 1], as the output of one unit is', () => {
    const [first] = all(tableBatches(people, { ...plain, target: 'income', columns: ['age'] }))
    expect(first!['y']).toEqual({ dtype: 'float32', shape: [2, 1], data: Float32Array.of(5.5, 7) })
  })

  it('takes the classes of the training part, and numbers as classes where told', () => {
    const source = tableBatches(people.slice(0, 1), {
      ...plain,
      target: 'city',
      columns: ['age'],
      classes: ['Oslo', 'Rom'],
    })
    expect(all(source)[0]!['y']!.data).toEqual(Int32Array.of(0))
    const numbers = tableBatches(people, { ...plain, target: 'age', columns: ['income'], task: 'classes' })
    expect(numbers.classes).toEqual([25, 31, 42])
    expect(() =>
      tableBatches(people, { ...plain, target: 'city', columns: ['age'], classes: ['Oslo'] }),
    ).toThrow(/target at row 1 is "Bern", expected one of the classes \["Oslo"\]/)
  })

  it('leaves y out without a target, and shuffles by the seed', () => {
    const source = tableBatches(people.select(['age']), { batchSize: 3, seed: 5 })
    const order = (epoch: number): string => [...source(epoch)][0]!['x']!.data.join()
    expect(Object.keys(all(source)[0]!)).toEqual(['x'])
    expect(Array.from(all(source)[0]!['x']!.data).toSorted((a, b) => a - b)).toEqual([25, 31, 42])
    expect(order(0)).toBe(order(0))
    // One of three more epochs of three rows has another order.
    expect(new Set([0, 1, 2, 3].map(order)).size).toBeGreaterThan(1)
  })

  it('refuses text, missing values and unknown columns', () => {
    expect(() => tableBatches(people, { ...plain, target: 'income' })).toThrow(/Column 'city' holds text/)
    const holes = fromRows([
      { a: 1, b: 2 },
      { a: 1, b: null },
    ])
    expect(() => tableBatches(holes, { ...plain, target: 'a' })).toThrow(
      /column 'b' is missing at row 1, .* Fill it in first: \(await autoPrepare\(\{ for: .linear. \}\)/,
    )
    expect(() => tableBatches(holes, { ...plain, target: 'c' })).toThrow(/no column 'c'/)
    expect(() => tableBatches(holes, { ...plain, target: 'a', columns: [] })).toThrow(/no column for x/)
  })
})
