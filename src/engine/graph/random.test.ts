import { describe, expect, it } from 'vitest'
import { array, compile, type NDArray, random, spec, t, type Tensor, trace } from './index.js'

const numbers = (x: Tensor): number[] => Array.from((x as NDArray).data)
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const correlation = (a: readonly number[], b: readonly number[]): number => {
  const [ma, mb] = [mean(a), mean(b)]
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    mean(x.map((value, i) => (value - mx) * (y[i]! - my)))
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb))
}

// Bounds are five standard errors of what true random numbers would show.
const n = 20_000
const bound = 5 / Math.sqrt(n)

describe('random numbers by keys', () => {
  const k = random.key(7)

  it('are the same for the same key, and others for other keys', () => {
    expect(numbers(random.bits(k, [4]))).toEqual(numbers(random.bits(random.key(7), [4])))
    expect(numbers(random.bits(k, [4]))).not.toEqual(numbers(random.bits(random.key(8), [4])))
    expect(numbers(random.key(2 ** 32 + 5))).toEqual([1, 5])
  })

  it('are even, bit by bit and byte by byte', () => {
    const words = numbers(random.bits(k, [n]))
    for (let bit = 0; bit < 32; bit++)
      expect(Math.abs(mean(words.map((word) => (word >>> bit) & 1)) - 0.5)).toBeLessThan(bound / 2)
    const counts = Array.from({ length: 256 }, () => 0)
    for (const word of words) for (const shift of [0, 8, 16, 24]) counts[(word >>> shift) & 255]!++
    const expected = (4 * n) / 256
    const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 255 degrees of freedom: mean 255, deviation √510.
    expect(Math.abs(chiSquared - 255)).toBeLessThan(5 * Math.sqrt(510))
  })

  it('do not follow one another, across neighbors, keys and children', () => {
    const first = numbers(random.uniform(k, [n]))
    expect(Math.abs(correlation(first.slice(1), first.slice(0, -1)))).toBeLessThan(bound)
    const [a, b] = random.splitKey(k) as [Tensor, Tensor]
    for (const other of [a, b, random.key(8), random.foldIn(k, 1000), random.foldIn(a, 0)])
      expect(Math.abs(correlation(first, numbers(random.uniform(other, [n]))))).toBeLessThan(bound)
  })

  it('have other keys for children that are split off than for those that are folded in', () => {
    const children = random.splitKey(k, 8).map((child) => numbers(child).join())
    const folded = Array.from({ length: 8 }, (_, i) => numbers(random.foldIn(k, i)).join())
    expect(new Set([...children, ...folded]).size).toBe(16)
  })

  it('are the same for sizes that are known only when a graph runs', async () => {
    const traced = trace(({ x, own }) => random.bits(own, { like: x }), {
      x: spec('float32', ['a', 'b', 3]),
      own: spec('uint32', [2]),
    })
    await using compiled = await compile(traced)
    const x = array(new Float32Array(60), { shape: [4, 5, 3] })
    const bits = random.bits(k, [4, 5, 3]) as NDArray
    expect(await compiled.run({ x, own: k })).toEqual(bits)
  })

  it('are uniform and normal', () => {
    const values = numbers(random.uniform(k, [n], { low: -1, high: 3 }))
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1)
    expect(Math.max(...values)).toBeLessThan(3)
    expect(Math.abs(mean(values) - 1)).toBeLessThan(4 * bound)
    const normal = numbers(random.normal(k, [n]))
    expect(Math.abs(mean(normal))).toBeLessThan(bound)
    expect(Math.abs(mean(normal.map((x) => x ** 2)) - 1)).toBeLessThan(2 * bound)
    expect(Math.abs(mean(normal.map((x) => x ** 4)) - 3)).toBeLessThan(12 * bound)
  })

  it('drop a share and keep the mean', () => {
    const dropped = numbers(random.dropout(k, t.add(array(new Float32Array(n)), 1), 0.25))
    expect(new Set(dropped)).toEqual(new Set([0, Math.fround(1 / 0.75)]))
    expect(Math.abs(mean(dropped) - 1)).toBeLessThan(bound)
  })

  it('are the same inside of a graph, also for sizes known only later', async () => {
    const traced = trace(
      ({ key, x }) => ({
        bits: random.bits(random.foldIn(key, 3), { like: x }),
        normal: random.normal(key, [5]),
      }),
      { key: spec('uint32', [2]), x: spec('float32', ['n', 3]) },
    )
    const x = array(new Float32Array(12), { shape: [4, 3] })
    for (const threads of [1, 2]) {
      await using compiled = await compile(traced, { threads })
      const found = await compiled.run({ key: k, x } as never)
      expect(numbers(found.bits as never)).toEqual(numbers(random.bits(random.foldIn(k, 3), { like: x })))
      numbers(random.normal(k, [5])).forEach((value, i) =>
        expect(numbers(found.normal as never)[i]).toBeCloseTo(value, 5),
      )
    }
  })

  it('say when a shape is not known yet', () => {
    expect(() => random.uniform(k, ['batch', 2])).toThrow(/known only later. Give \{ like: x \}/)
  })
})
