import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../base/index.js'
import { trafficOf } from './traffic.js'

const always = (): boolean => true

describe('shares of traffic', () => {
  it('are kept within one request in a hundred, from any point on', () => {
    const share = fc.integer({ min: 1, max: 99 })
    fc.assert(
      fc.property(share, fc.integer({ min: 0, max: 300 }), (canary, before) => {
        const traffic = trafficOf({ 1: 100 - canary, 2: canary })
        for (let i = 0; i < before; i++) traffic.next(always)
        let count = 0
        for (let i = 0; i < 100; i++) if (traffic.next(always) === '2') count++
        expect(Math.abs(count - canary)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('need not sum to one, and hold for more than two versions', () => {
    const traffic = trafficOf({ a: 2, b: 1, c: 0, d: 1 })
    const counts = new Map<string | undefined, number>()
    for (let i = 0; i < 400; i++) {
      const version = traffic.next(always)
      counts.set(version, (counts.get(version) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual({ a: 200, b: 100, d: 100 })
  })

  it('go to those that answer; to the default when none does', () => {
    const traffic = trafficOf({ 1: 1, 2: 1 })
    expect(Array.from({ length: 4 }, () => traffic.next((version) => version === '2'))).toEqual([
      '2',
      '2',
      '2',
      '2',
    ])
    expect(traffic.next(() => false)).toBeUndefined()
    expect(trafficOf({}).next(always)).toBeUndefined()
  })

  it('are refused when they are no shares', () => {
    for (const weight of [-1, Number.NaN, Infinity, '1' as never, null as never])
      expect(() => trafficOf({ 1: weight, 2: 1 })).toThrow(InvalidOptionError)
    expect(() => trafficOf({ 1: 0 })).toThrow(/all weights are 0/)
  })
})
