// The gradient of weights that every step uses is one product, whatever the sequence is like.
import { describe, expect, it } from 'vitest'
import { spread } from '../../../../test/support/primitive-cases.js'
import type { NDArray } from '../array.js'
import { compile, grad, spec, t, trace, type Tensor, type Traced } from '../index.js'
import { lower } from '../lower.js'
import { optimize } from './index.js'

interface Given {
  readonly w: Tensor
  readonly x: Tensor
}

/** A recurrent network over [time, batch, units]. */
const loss = ({ w, x }: Given): Tensor => {
  const [steps, batch, units] = x.shape
  let h: Tensor = t.zerosLike(t.at(x, 0))
  for (const part of t.split(x, Number(steps), 0))
    h = t.tanh(t.add(t.matmul(h, w), t.reshape(part, [batch!, units!])))
  return t.add(t.sum(t.square(h)), t.sum(w))
}

const traced = (rows: number | string, steps = 6): Traced => {
  const specs = { w: spec('float32', [4, 4]), x: spec('float32', [steps, rows, 4]) }
  return trace(grad(loss as never) as never, specs as never) as Traced
}

const transposed = (graph: Traced['graph']): number =>
  graph.nodes.filter(({ primitive, params }) => primitive === 'matmul' && (params as never)['transposeA'])
    .length

describe('sums of products', () => {
  it.each([3, 'batch'])('become one, with %s rows', (rows) => {
    const { graph } = traced(rows)
    const before = transposed(lower(graph))
    expect(before).toBe(6)
    // The first step's product is of zeros, and stays with the others.
    expect(transposed(optimize(lower(graph)))).toBe(1)
  })

  it('stay as they are where there are few of them, or each is long', () => {
    expect(transposed(optimize(traced(3, 2).graph))).toBe(2)
    expect(transposed(optimize(traced(300).graph))).toBe(6)
  })

  it('give the same gradient', async () => {
    const single = (shape: readonly number[]): NDArray => t.cast(spread(shape), 'float32')
    const given = { w: single([4, 4]), x: single([6, 3, 4]) }
    const expected = grad(loss as never)(given as never) as unknown as { w: NDArray }
    await using compiled = await compile(traced('batch'))
    const found = (await compiled.run(given as never)) as unknown as { w: NDArray }
    expected.w.data.forEach((value, i) => expect(Number(found.w.data[i])).toBeCloseTo(Number(value), 4))
  })
})
