// Operators whose attributes have many forms that meet: whatever they are, the import gives what the runtime gives.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expectImport,
  floats,
  modelBytes,
  node,
  type ModelSource,
} from '../../../../test/support/onnx-models.js'
import { type AttributeValue, tensor } from '../../onnx/index.js'
import { importOnnx } from '../index.js'

const ints = (values: readonly number[]) => tensor('int64', values)
const whole = (min: number, max: number) => fc.integer({ min, max })
const pair = (min: number, max: number) => fc.tuple(whole(min, max), whole(min, max))

async function sameAsRuntime(source: Omit<ModelSource, 'outputs'>): Promise<void> {
  const model: ModelSource = { ...source, outputs: ['y'] }
  await expectImport(modelBytes(model), model.inputs, 2e-5)
}

const check = <T extends [unknown, ...unknown[]]>(
  arbitraries: { [K in keyof T]: fc.Arbitrary<T[K]> },
  test: (...values: T) => Promise<void>,
): Promise<void> => fc.assert(fc.asyncProperty(...arbitraries, test), { numRuns: 40 })

describe('the import gives what the runtime gives', () => {
  it('for slices', async () => {
    const step = fc.constantFrom(1, 2, 3, -1, -2)
    await check<[number, number, number, number]>(
      [whole(1, 6), whole(-8, 8), whole(-8, 8), step],
      async (n, start, end, by) => {
        const constants = { a: ints([start]), b: ints([end]), c: ints([1]), d: ints([by]) }
        // Compilers take no axis of length 0.
        const places = Array.from({ length: n }, (_, i) => i)
        const low = start < 0 ? start + n : start
        const high = end < 0 ? end + n : end
        const some =
          by > 0 ? places.some((i) => i >= low && i < high) : places.some((i) => i <= low && i > high)
        fc.pre(some)
        await sameAsRuntime({
          opset: 13,
          inputs: { x: floats([2, n]) },
          constants,
          nodes: [node('Slice', ['x', 'a', 'b', 'c', 'd'], ['y'])],
        })
      },
    )
  })

  it('for padding', async () => {
    const mode = fc.constantFrom('constant', 'reflect', 'edge', 'wrap')
    await check<[string, [number, number], [number, number], [number, number]]>(
      [mode, pair(2, 4), pair(0, 1), pair(0, 1)],
      async (how, [height, width], low, high) => {
        await sameAsRuntime({
          opset: 19,
          inputs: { x: floats([height, width]) },
          constants: { p: ints([...low, ...high]) },
          nodes: [node('Pad', ['x', 'p'], ['y'], { mode: how })],
        })
      },
    )
  })

  const auto = fc.constantFrom('NOTSET', 'NOTSET', 'SAME_UPPER', 'SAME_LOWER', 'VALID')

  it.each(['MaxPool', 'AveragePool'])('for windows of %s', async (operator) => {
    await check<[[number, number], [number, number], [number, number], string, number]>(
      [pair(4, 9), pair(1, 3), pair(1, 3), auto, whole(0, 7)],
      async (sizes, kernel, strides, pad, bits) => {
        // The runtime refuses padding by less than nothing.
        fc.pre(!pad.startsWith('SAME') || kernel.every((size, i) => size >= strides[i]!))
        const attributes: Record<string, AttributeValue> = { kernel_shape: kernel, strides }
        if (pad === 'NOTSET') {
          attributes['pads'] = [bits % kernel[0], 0, 0, (bits >> 1) % kernel[1]]
          attributes['ceil_mode'] = bits & 1
        } else attributes['auto_pad'] = pad
        if (operator === 'AveragePool') attributes['count_include_pad'] = (bits >> 2) & 1
        await sameAsRuntime({
          opset: operator === 'MaxPool' ? 12 : 19,
          inputs: { x: floats([1, 2, ...sizes]) },
          nodes: [node(operator, ['x'], ['y'], attributes)],
        })
      },
    )
  })

  it.each(['Conv', 'ConvTranspose'])('for windows of %s', async (operator) => {
    await check<[[number, number], [number, number], [number, number], string, number]>(
      [pair(5, 7), pair(1, 3), pair(1, 3), auto, whole(0, 7)],
      async (sizes, kernel, strides, pad, bits) => {
        const group = 1 + (bits & 1)
        // And steps inside of windows whose padding it has to find.
        const dilations = pad.startsWith('SAME') ? [1, 1] : [1 + (bits & 1), 1 + ((bits >> 1) & 1)]
        const attributes: Record<string, AttributeValue> = { strides, group, dilations }
        if (pad === 'NOTSET') attributes['pads'] = [bits & 1, (bits >> 1) & 1, (bits >> 2) & 1, 0]
        else attributes['auto_pad'] = pad
        if (operator === 'ConvTranspose')
          attributes['output_padding'] = strides.map((stride) => (stride - 1) & bits)
        const w = operator === 'Conv' ? floats([4, 2 / group, ...kernel]) : floats([2, 3, ...kernel])
        await sameAsRuntime({
          opset: 11,
          inputs: { x: floats([1, 2, ...sizes]) },
          constants: { w },
          nodes: [node(operator, ['x', 'w'], ['y'], attributes)],
        })
      },
    )
  })

  it('for images in another size', async () => {
    const mode = fc.constantFrom('nearest', 'linear', 'cubic')
    const places = fc.constantFrom('half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel')
    const rounding = fc.constantFrom('floor', 'ceil', 'round_prefer_floor', 'round_prefer_ceil')
    await check<[[number, number], [number, number], string, string, string]>(
      [pair(1, 6), pair(1, 9), mode, places, rounding],
      async (from, to, how, where, nearest) => {
        const attributes = { mode: how, coordinate_transformation_mode: where, nearest_mode: nearest }
        await sameAsRuntime({
          opset: 13,
          inputs: { x: floats([1, 2, ...from]) },
          constants: { sizes: ints([1, 2, ...to]) },
          nodes: [node('Resize', ['x', '', '', 'sizes'], ['y'], attributes)],
        })
      },
    )
  })
})

it('windows that do not fit are said', async () => {
  const bytes = modelBytes({
    opset: 12,
    inputs: { x: floats([1, 1, 4]) },
    nodes: [node('MaxPool', ['x'], ['y'], { kernel_shape: [3], dilations: [2] })],
    outputs: ['y'],
  })
  await expect(importOnnx(bytes)).rejects.toThrow(/the window of 5 is larger than the padded axis of 4/)
})
