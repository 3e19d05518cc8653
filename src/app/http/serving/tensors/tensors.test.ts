import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ShapeError, UsageError } from '../../../../base/index.js'
import { elementCount, type Tensor, tensor, type TensorType } from '../../../../engine/onnx/index.js'
import { elementsOf } from './elements.js'
import { flatten } from './nested.js'
import { flatText, nestedText, numberText, rowTexts } from './write-json.js'

describe('nested lists', () => {
  const dims = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })

  it('come back from the text of a tensor', () => {
    fc.assert(
      fc.property(dims, (sizes) => {
        const data = Float64Array.from({ length: elementCount(sizes) }, (_, i) => i - 2.5)
        const value = tensor('float64', data, sizes)
        const parsed = JSON.parse(nestedText(value)) as unknown
        const flat = flatten(parsed, 'x')
        expect(flat.values).toEqual([...data])
        // Behind a size of 0 there is nothing to see.
        const end = sizes.indexOf(0)
        expect(flat.dims).toEqual(end < 0 ? sizes : sizes.slice(0, end + 1))
        expect(JSON.parse(flatText(value))).toEqual([...data])
        if (sizes.length > 0) expect(`[${rowTexts(value).join(',')}]`).toBe(nestedText(value))
      }),
    )
  })

  it.each([[[1, [2]]], [[[1], 2]], [[[1], [2, 3]]], [[[], [1]]], [[[[1]], [[]]]]])('refuses %j', (value) => {
    expect(() => flatten(value, 'Input')).toThrow(ShapeError)
  })

  it('refuses what is nested deeper than tensors are, without a fall', () => {
    const deep = JSON.parse('['.repeat(500_000) + ']'.repeat(500_000)) as unknown
    expect(() => flatten(deep, 'Input')).toThrow('nested more than 32 deep')
  })
})

describe('elements', () => {
  it.each<[TensorType, unknown[], unknown[]]>([
    ['float32', [1, 'NaN', null, '-Infinity', -0], [1, Number.NaN, Number.NaN, -Infinity, -0]],
    ['float64', [1e308, 'Infinity', '9007199254740993'], [1e308, Infinity, 9007199254740992]],
    ['float16', [1, -2], [0x3c00, 0xc000]],
    ['int8', [-128, 127], [-128, 127]],
    ['uint32', [4294967295], [4294967295]],
    ['int64', [1, '9007199254740993', '-9223372036854775808'], [1n, 9007199254740993n, -(2n ** 63n)]],
    ['uint64', ['18446744073709551615'], [2n ** 64n - 1n]],
    ['bool', [true, false, 1, 0], [1, 0, 1, 0]],
    ['string', ['a', { b64: 'w7w=' }], ['a', 'ü']],
  ])('of type %s', (type, values, expected) => {
    expect([...elementsOf(type, values, 'x')]).toEqual(expected)
  })

  it.each<[TensorType, unknown]>([
    ['float32', 'one'],
    ['float64', {}],
    ['float64', true],
    ['int8', 128],
    ['uint8', -1],
    ['int32', 1.5],
    ['int32', '1'],
    ['int64', 2 ** 53],
    ['int64', '9223372036854775808'],
    ['int64', '1'.repeat(10_000)],
    ['uint64', '-1'],
    ['int64', '1e3'],
    ['bool', 'true'],
    ['bool', 2],
    ['string', 5],
    ['string', { b64: '/w==' }],
    ['string', { b64: 5 }],
    ['int32', [1]],
    ['float32', { toString: 1 }],
  ])('of %s refuse %j', (type, value) => {
    expect(() => elementsOf(type, [value], 'Input')).toThrow(UsageError)
  })
})

describe('text', () => {
  it.each<[Tensor, string]>([
    [tensor('float64', [-0, Number.NaN, Infinity, 0.1], [4]), '[-0,null,null,0.1]'],
    [tensor('int64', [2n ** 63n - 1n], [1]), '[9223372036854775807]'],
    [tensor('uint64', [2n ** 64n - 1n], [1]), '[18446744073709551615]'],
    [tensor('bool', Uint8Array.of(1, 0), [2]), '[true,false]'],
    [tensor('float16', Uint16Array.of(0x3c00, 0x7e00, 0xfc00), [3]), '[1,null,null]'],
    [tensor('string', ['"', '\u2028', ''], [3]), '["\\"","\u2028",""]'],
    [tensor('float32', [], [0]), '[]'],
  ])('of tensor %#', (value, text) => {
    expect(flatText(value)).toBe(text)
    expect(() => JSON.parse(text) as unknown).not.toThrow()
  })

  it('has words for what JSON has not where a protocol wants them', () => {
    expect([Number.NaN, -Infinity].map((value) => numberText(value, 'token'))).toEqual(['NaN', '-Infinity'])
    expect(nestedText(tensor('string', ['ü'], [1]), { base64: true })).toBe('[{"b64":"w7w="}]')
  })
})
