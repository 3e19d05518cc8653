import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { encodeStrings, fromRows, numberColumn, table } from '../../data/index.js'
import { classTarget, valueTarget } from '../../learn/contracts/index.js'
import { columnsToDrop, findLeakage } from './index.js'

const random = rng(1)
const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, () => random.normal())

describe('leakage guard', () => {
  const n = 2000
  const a = numbers(n)
  const b = numbers(n)
  const noise = numbers(n)

  it('drops a renaming of the classes, whatever its type', () => {
    const labels = Array.from(a, (value) => (value > 0 ? 'yes' : 'no'))
    const x = table({ a: numberColumn(noise), alive: encodeStrings(labels.map((label) => `is ${label}`)) })
    const findings = findLeakage(x, classTarget(labels))
    expect(findings).toMatchObject([{ code: 'target-copy', columns: ['alive'], drop: true }])
    expect(columnsToDrop(findings)).toEqual(['alive'])
    expect(columnsToDrop(findings, ['alive'])).toEqual([])
  })

  it('drops a straight line of the target and the parts of a sum', () => {
    const y = a.map((value, i) => value - b[i]!)
    const copied = findLeakage(
      table({ noise: numberColumn(noise), f: numberColumn(y.map((v) => 32 + 1.8 * v)) }),
      valueTarget(y),
    )
    expect(copied).toMatchObject([{ code: 'target-copy', columns: ['f'] }])
    const x = table({
      noise: numberColumn(noise),
      a: numberColumn(a),
      b: numberColumn(b),
      twin: numberColumn(a),
    })
    expect(findLeakage(x, valueTarget(y))[0]).toMatchObject({
      code: 'target-sum',
      columns: ['a', 'b'],
      drop: true,
      evidence: { relation: 'a − b' },
    })
  })

  it('reports, but keeps, a column that almost determines the target', () => {
    const y = a.map((value, i) => value + 0.01 * noise[i]!)
    const findings = findLeakage(table({ a: numberColumn(a), b: numberColumn(b) }), valueTarget(y))
    expect(findings).toMatchObject([{ code: 'target-determined', columns: ['a'], drop: false }])
  })

  it('keeps plain relations, identifiers and the only column there is', () => {
    const y = a.map((value, i) => 2 * value + 3 * b[i]! + noise[i]!)
    const x = table({
      a: numberColumn(a),
      b: numberColumn(b),
      id: encodeStrings(Array.from(a, (_, i) => `row ${i}`)),
    })
    expect(findLeakage(x, valueTarget(y))).toEqual([])
    const only = findLeakage(table({ a: numberColumn(a) }), valueTarget(a))
    expect(only).toMatchObject([{ columns: ['a'], drop: false }])
  })

  it('does not call a match by chance a copy', () => {
    const rows = [{ a: 1 }, { a: 2 }, { a: 1 }, { a: 2 }]
    expect(findLeakage(fromRows(rows), classTarget(['x', 'y', 'x', 'y']))).toEqual([])
  })
})
