import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../../engine/onnx/index.js'
import { cutRows, haveRows, joined, rowShape, type Tensors } from './tensor-rows.js'

/** A request of some rows: bytes, integers of eight bytes, floats and texts, in widths that do not align by themselves. */
const request = (rows: number, from: number): Tensors => ({
  bytes: tensor(
    'uint8',
    Uint8Array.from({ length: rows * 3 }, (_, i) => from + i),
    [rows, 3],
  ),
  large: tensor(
    'int64',
    BigInt64Array.from({ length: rows }, (_, i) => BigInt(from + i)),
    [rows, 1],
  ),
  text: tensor(
    'string',
    Array.from({ length: rows }, (_, i) => `${from + i}`),
    [rows],
  ),
  small: tensor(
    'float32',
    Float32Array.from({ length: rows * 2 }, (_, i) => from + i / 2),
    [rows, 2, 1],
  ),
  ['__proto__']: tensor(
    'float64',
    Float64Array.from({ length: rows }, (_, i) => -from - i),
    [rows],
  ),
})
const names = ['bytes', 'large', 'text', 'small', '__proto__']
const withProto = (tensors: Tensors): [string, Tensor][] => names.map((name) => [name, tensors[name]!])

describe('joined and cut', () => {
  it('give each request its own rows again', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 6 }), (sizes) => {
        const parts = sizes.map((rows, i) => request(rows, 10 * i))
        const { tensors } = joined(parts, names)
        const rows = sizes.reduce((a, b) => a + b, 0)
        expect(haveRows(tensors, rows)).toBe(true)
        let at = 0
        for (const [i, size] of sizes.entries()) {
          expect(withProto(cutRows(tensors, at, at + size))).toEqual(withProto(parts[i]!))
          at += size
        }
      }),
    )
  })

  it('share no memory with what was given, nor with each other', () => {
    const given = request(2, 0)
    const { tensors, memory } = joined([given], names)
    const buffers = (of: Tensors): unknown[] =>
      [of['large']!, of['small']!].map(({ data }) => (data as Float32Array).buffer)
    expect(buffers(tensors)).toEqual([memory, memory])
    expect(buffers(given)).not.toContain(memory)
    expect(buffers(cutRows(tensors, 0, 1))).not.toContain(memory)
  })

  it('tell which requests fit together', () => {
    expect(rowShape(request(1, 0), names)).toBe(rowShape(request(5, 3), names))
    const wide = { ...request(1, 0), small: tensor('float32', new Float32Array(4), [1, 4, 1]) }
    expect(rowShape(wide, names)).not.toBe(rowShape(request(1, 0), names))
    // 1 × 23 is not 12 × 3.
    const sizes = (dims: number[]): Tensors => ({
      x: tensor('float32', new Float32Array(dims.reduce((a, b) => a * b)), dims),
    })
    expect(rowShape(sizes([1, 1, 23]), ['x'])).not.toBe(rowShape(sizes([1, 12, 3]), ['x']))
  })
})
