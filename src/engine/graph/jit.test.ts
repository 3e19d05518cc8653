import { describe, expect, it } from 'vitest'
import { array, grad, jit, type NDArray, t, type Tensor } from './index.js'

describe('jit', () => {
  it('traces once for each form of the arguments, and gives what the function gives', async () => {
    const traces: string[] = []
    const f = ({ w, x }: { w: Tensor; x: Tensor }, by: Tensor): { y: Tensor; slope: Tensor } => {
      traces.push(x.shape.join())
      const loss = (given: Tensor): Tensor => t.sum(t.sin(t.mul(t.matmul(x, given), by)))
      return { y: t.matmul(x, w), slope: grad(loss)(w) }
    }
    await using fast = jit(f, { threads: 1 })
    const w = array([[1], [2]])
    for (const x of [
      array([[1, 2]]),
      array([[3, 4]]),
      array([
        [1, 2],
        [3, 4],
      ]),
    ]) {
      const found = await fast({ w, x }, array(0.5))
      const expected = f({ w, x }, array(0.5)) as Record<'y' | 'slope', NDArray>
      expect(found.y).toEqual(expected.y)
      found.slope.data.forEach((value, i) => expect(value).toBeCloseTo(expected.slope.data[i]!, 5))
    }
    // Two forms to trace, and three calls at once.
    expect(traces.toSorted()).toEqual(['1,2', '1,2', '1,2', '2,2', '2,2'])
  })

  it('says where operands do not go together', async () => {
    const wrong = jit((x: Tensor) => t.matmul(x, x))
    await expect(wrong(array([[1, 2, 3]]))).rejects.toThrow(/^matmul\(.*\) at .*jit\.test\.ts:\d+:\d+/)
  })
})
