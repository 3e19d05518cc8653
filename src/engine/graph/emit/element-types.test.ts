// Operators that the runtime lacks for an element type are computed in another: with the same answers.
import { describe, expect, it } from 'vitest'
import { array, compile, type NDArray, spec, t, type Tensor, trace, type Value } from '../index.js'

const words = array([1, 2, 3, 4, 4_000_000_000, 7], { dtype: 'uint32', shape: [2, 3] })
const others = array([2, 2, 1, 3, 4_000_000_001, 0], { dtype: 'uint32', shape: [2, 3] })
const truths = array([1, 0, 1, 1, 0, 0], { dtype: 'bool', shape: [2, 3] })
const lies = array([0, 0, 1, 0, 1, 1], { dtype: 'bool', shape: [2, 3] })

type Operation = (a: Tensor, b: Tensor) => Tensor

const ofWords: Readonly<Record<string, Operation>> = {
  neg: (a) => t.neg(a),
  max: (a) => t.max(a),
  min: (a) => t.min(a),
  'max along an axis': (a) => t.max(a, { axes: 1 }),
  argMax: (a) => t.argMax(a),
  sort: (a) => t.sort(a),
  argSort: (a) => t.argSort(a, { descending: true }),
  topK: (a) => t.topK(a, 2).values,
  cumulativeSum: (a) => t.cumulativeSum(a),
  where: (a, b) => t.where(t.less(a, b), a, b),
  tril: (a) => t.tril(a),
  pow: (a) => t.pow(t.remainder(a, 10), 2),
}

const ofTruths: Readonly<Record<string, Operation>> = {
  less: (a, b) => t.less(a, b),
  lessEqual: (a, b) => t.lessEqual(a, b),
  where: (a, b) => t.where(t.equal(a, b), a, b),
  triu: (a) => t.triu(a),
  topK: (a) => t.topK(a, 2).indices,
}

const cases = [
  ...Object.entries(ofWords).map(([name, f]) => ({ title: `${name} of uint32`, f, a: words, b: others })),
  ...Object.entries(ofTruths).map(([name, f]) => ({ title: `${name} of bool`, f, a: truths, b: lies })),
]

describe('element types that the runtime lacks', () => {
  it.each(cases)('$title', async ({ f, a, b }) => {
    const specs = { a: spec(a.dtype, a.shape), b: spec(b.dtype, b.shape) }
    await using compiled = await compile(trace((input) => f(input.a, input.b) as Value, specs))
    expect(await compiled.run({ a, b })).toEqual(f(a, b) as NDArray)
  })

  it('are told where there is no other', async () => {
    const traced = trace(({ x, w }) => t.conv(x, w), {
      x: spec('float64', [1, 1, 4]),
      w: spec('float64', [1, 1, 2]),
    })
    await expect(compile(traced, { engine: 'native' })).rejects.toThrow(
      /the runtime has no Conv for the element types.*Cast what goes in to float32/,
    )
  })
})
