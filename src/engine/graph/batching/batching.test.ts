import { describe, expect, it } from 'vitest'
import { primitiveCases } from '../../../../test/support/primitive-cases.js'
import { array, type NDArray } from '../array.js'
import { bindAll } from '../bind.js'
import { compile } from '../compile.js'
import { grad } from '../differentiate.js'
import { t } from '../index.js'
import { spec, trace } from '../trace.js'
import type { Tensor } from '../value.js'
import { vmap } from './index.js'

const count = 3
const moving = primitiveCases.filter(({ inputs }) => inputs.length > 0)

/** The input in a few variants: the same numbers in other order along the last axis, so that all stay in their range. */
function variants(input: NDArray): NDArray[] {
  return Array.from({ length: count }, (_, k) =>
    k === 0 || input.shape.length === 0 ? input : (t.reverse(input, k === 1 ? [-1] : undefined) as NDArray),
  )
}

describe('vmap gives what a loop over the examples gives', () => {
  it.each(moving)('$title', ({ primitive, inputs, params }) => {
    const choices = 2 ** inputs.length
    for (let choice = 1; choice < choices; choice++) {
      const batched = inputs.map((_, i) => ((choice >> i) & 1) === 1)
      const examples = inputs.map((input, i) => (batched[i] ? variants(input) : undefined))
      const run = (...operands: readonly Tensor[]) => [...bindAll(primitive, operands, params)]
      const stacked = inputs.map((input, i) =>
        examples[i] === undefined ? input : (t.stack(examples[i]) as NDArray),
      )
      const axes = batched.map((own) => (own ? 0 : null))
      const found = vmap(run, { axes })(...stacked) as NDArray[]
      const expected = Array.from({ length: count }, (_, k) =>
        run(...inputs.map((input, i) => examples[i]?.[k] ?? input)),
      )
      found.forEach((output, o) => {
        const loop = t.stack(expected.map((outputs) => outputs[o] as NDArray)) as NDArray
        expect(output.shape).toEqual(loop.shape)
        output.data.forEach((value, i) => {
          if (!Number.isNaN(value))
            expect(Math.abs(value - loop.data[i]!)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
        })
      })
    }
  })
})

describe('vmap', () => {
  const energy = (w: Tensor, x: Tensor): Tensor => t.sum(t.tanh(t.matmul(w, x)))
  const w = array(
    [
      [0.5, -1],
      [2, 0.3],
    ],
    { dtype: 'float64' },
  )
  const xs = array(
    [
      [1, 2],
      [3, -1],
      [0, 1],
    ],
    { dtype: 'float64' },
  )

  it('gives a gradient for each example', () => {
    const each = vmap(grad(energy), { axes: [null, 0] })(w, xs) as NDArray
    expect(each.shape).toEqual([3, 2, 2])
    for (let i = 0; i < 3; i++) {
      const own = grad(energy)(w, t.at(xs, i)) as NDArray
      t.at(each, i).data.forEach((value, k) => expect(value).toBeCloseTo(own.data[k]!, 12))
    }
  })

  it('can be differentiated, nested and compiled', async () => {
    const pairs = vmap(
      vmap((a: Tensor, b: Tensor) => t.mul(a, b), { axes: [null, 0] }),
      { axes: [0, null] },
    )
    expect((pairs(array([1, 2]), array([3, 4, 5])) as NDArray).data).toEqual(
      Float32Array.of(3, 4, 5, 6, 8, 10),
    )
    const total = (x: Tensor): Tensor => t.sum(vmap((row: Tensor) => t.mul(t.sum(row), t.max(row)))(x))
    const gradient = grad(total)(xs) as NDArray
    expect(Array.from(gradient.data)).toEqual([2, 5, 5, 3, 1, 2])
    await using compiled = await compile(
      trace(vmap((x: Tensor) => t.softmax(x)) as never, spec('float32', ['n', 2])),
    )
    const found = (await compiled.run(
      array([
        [0, 0],
        [1, 1],
      ]) as never,
    )) as unknown as NDArray
    expect(found.data).toEqual(Float32Array.of(0.5, 0.5, 0.5, 0.5))
  })

  it('says when batches differ, and when there is none', () => {
    expect(() => vmap((a: Tensor, b: Tensor) => t.add(a, b))(array([1, 2]), array([1, 2, 3]))).toThrow(
      /2 long in one argument and 3/,
    )
    expect(() => vmap((a: Tensor) => a, { axes: [null] })(array([1]))).toThrow(/no argument is batched/)
  })
})
