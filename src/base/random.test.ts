import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { combine32, hashNumber, hashText, mix32, rng, sha256 } from './index.js'

describe('rng', () => {
  it('repeats itself, and keeps its values for ever: saved splits rely on them', () => {
    const first = rng(7)
    expect([first.below(1000), first.below(1000), first.below(1000)]).toEqual([
      rng(7).below(1000),
      ...[1, 2].map((skip) => {
        const stream = rng(7)
        for (let i = 0; i < skip; i++) stream.below(1000)
        return stream.below(1000)
      }),
    ])
    expect(rng(0).uniform()).toBe(rng(0).uniform())
    expect(rng(1).uniform()).not.toBe(rng(2).uniform())
  })

  it('splits by name, whatever was drawn before', () => {
    const drawn = rng(3)
    drawn.uniform()
    expect(drawn.split('trees', 4).uniform()).toBe(rng(3).split('trees', 4).uniform())
    expect(rng(3).split('trees', 4).uniform()).not.toBe(rng(3).split('trees', 5).uniform())
    expect(rng(3).split('a').uniform()).not.toBe(rng(3).split('b').uniform())
  })

  it('is uniform and normal as far as ten thousand numbers tell', () => {
    const stream = rng(11)
    const uniform = Array.from({ length: 10_000 }, () => stream.uniform())
    const normal = Array.from({ length: 10_000 }, () => stream.normal())
    const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    // Four standard errors of a mean of 10,000: 4·0.289/100 and 4/100.
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(0.0116)
    expect(Math.abs(mean(normal))).toBeLessThan(0.04)
    // Four standard errors of a variance: 4·√(2/10000).
    expect(Math.abs(mean(normal.map((value) => value * value)) - 1)).toBeLessThan(0.057)
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...uniform)).toBeLessThan(1)
  })

  it('shuffles without loss', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.integer(), (n, seed) => {
        const order = rng(seed).permutation(n)
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
      }),
    )
  })
})

describe('hashes', () => {
  it('keep their values for ever: saved splits rely on them', () => {
    expect(mix32(1)).toBe(0x514e28b7)
    expect(hashText('modelwright')).toBe(hashText('modelwright'))
    expect(hashText('a')).not.toBe(hashText('b'))
    expect(hashNumber(0)).toBe(hashNumber(-0))
    expect(hashNumber(Number.NaN)).toBe(0xe3498e72)
    expect(combine32(1, 2)).not.toBe(combine32(2, 1))
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  it('takes all NaNs for one, whatever their bits', () => {
    const bits = new BigUint64Array([
      0x7ff8000000000000n,
      0xfff8000000000000n,
      0x7ff0000000000001n,
      0xffffffffffffffffn,
    ])
    const hashes = new Set(Array.from(new Float64Array(bits.buffer), (value) => hashNumber(value, 3)))
    expect(hashes).toEqual(new Set([hashNumber(Number.NaN, 3)]))
  })
})
