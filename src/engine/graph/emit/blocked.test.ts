// Convolutions in blocks of channels, where the processor has them, give what the reference gives.
import { describe, expect, it } from 'vitest'
import { spread } from '../../../../test/support/primitive-cases.js'
import { channelBlock, decodeModel } from '../../onnx/index.js'
import type { NDArray } from '../array.js'
import { compile, grad, spec, t, toOnnx, trace, type Tensor, type Traced } from '../index.js'

const block = await channelBlock('native').catch(() => undefined)
const single = (shape: readonly number[]): NDArray => t.cast(spread(shape), 'float32')

const cases = [
  { title: 'three by three', x: [16, 16, 6, 5], w: [32, 16, 3, 3], options: { padding: 1 } },
  { title: 'a batch that does not fill the block', x: [9, 16, 5, 5], w: [16, 16, 3, 3], options: {} },
  { title: 'one by one', x: [16, 32, 3, 4], w: [16, 32, 1, 1], options: {} },
  { title: 'steps of two', x: [16, 16, 7, 8], w: [16, 16, 3, 2], options: { stride: 2, padding: 1 } },
  { title: 'dilated', x: [16, 16, 9, 8], w: [16, 16, 3, 3], options: { dilation: 2, padding: 2 } },
  {
    title: 'more padding than windows reach over',
    x: [16, 16, 3, 3],
    w: [16, 16, 2, 2],
    options: { padding: 3 },
  },
]

interface Given {
  readonly x: Tensor
  readonly w: Tensor
}

const loss =
  (options: (typeof cases)[number]['options']) =>
  ({ x, w }: Given): Tensor => {
    const y = t.conv(x, w, options)
    return t.mean(t.mul(y, t.add(y, 1)))
  }

const operators = (traced: Traced): string[] =>
  decodeModel(toOnnx(traced, { portable: false, channelBlock: block }))
    .graph!.node!.filter(({ domain }) => domain === 'com.microsoft.nchwc')
    .map(({ opType }) => opType!)

async function compare(traced: Traced, given: { x: NDArray; w: NDArray }, f: (given: Given) => Tensor) {
  const expected = grad(f as never)(given as never) as unknown as Record<'x' | 'w', NDArray>
  await using compiled = await compile(traced, { engine: 'native' })
  const found = (await compiled.run(given as never)) as unknown as Record<'x' | 'w', NDArray>
  for (const name of ['x', 'w'] as const) {
    expect(found[name].shape).toEqual(expected[name].shape)
    expected[name].data.forEach((value, i) =>
      expect(Math.abs(Number(found[name].data[i]) - Number(value))).toBeLessThanOrEqual(1e-5),
    )
  }
}

describe.skipIf(block === undefined)('gradients of convolutions in blocks (not on this processor)', () => {
  it.each(cases)('$title', async ({ x, w, options }) => {
    const f = loss(options)
    const given = { x: single(x), w: single(w) }
    const traced = trace(grad(f as never) as never, given as never) as Traced
    expect(operators(traced).filter((name) => name === 'Conv').length).toBeGreaterThanOrEqual(2)
    await compare(traced, given, f)
  })

  it.each([1, 9, 32])('any number of rows: %d', async (rows) => {
    const f = loss({ padding: 1 })
    const specs = { x: spec('float32', ['N', 16, 5, 6]), w: spec('float32', [16, 16, 3, 3]) }
    const traced = trace(grad(f as never) as never, specs as never) as Traced
    expect(operators(traced).filter((name) => name === 'Conv')).toHaveLength(3)
    await compare(traced, { x: single([rows, 16, 5, 6]), w: single([16, 16, 3, 3]) }, f)
  })

  it('leaves a few rows, groups and other channels to the standard operators', () => {
    const used = (x: readonly number[], w: readonly number[], groups = 1): string[] =>
      operators(
        trace((given: unknown) => t.conv((given as Given).x, (given as Given).w, { groups }), {
          x: spec('float32', x),
          w: spec('float32', w),
        } as never) as Traced,
      )
    expect(used([1, 3, 5, 5], [16, 3, 3, 3])).toEqual([])
    expect(used([1, 32, 5, 5], [32, 16, 3, 3], 2)).toEqual([])
    expect(used([1, 32, 5, 5], [32, 32, 3, 3])).toContain('Conv')
  })

  it('never stands in a file', () => {
    const traced = trace(loss({}) as never, { x: single([16, 16, 5, 5]), w: single([16, 16, 3, 3]) } as never)
    const { opsetImport } = decodeModel(toOnnx(traced as Traced))
    expect(opsetImport!.map(({ domain }) => domain)).toEqual([''])
  })
})
