// Every primitive: the runtime gives what the reference gives, and gradients of first and second order are those of central
// differences in a random direction, the cost of which does not grow with the size.
import { describe, expect, it } from 'vitest'
import { primitiveCases, spread } from '../../../test/support/primitive-cases.js'
import { array, type NDArray } from './array.js'
import { bindAll } from './bind.js'
import { compile } from './compile.js'
import { grad } from './differentiate.js'
import { t } from './index.js'
import type { Primitive, PrimitiveParams } from './primitives.js'
import { trace, type Traced } from './trace.js'
import { isFloat, type Tensor } from './value.js'

// Their graphs say which types they take.
const keepsTypes = new Set<Primitive>(['scan', 'whileLoop', 'call'])

const as32 = (x: NDArray): NDArray => (x.dtype === 'float64' ? t.cast(x, 'float32') : x)

describe('the runtime gives what the reference gives', () => {
  it.each(primitiveCases)('$title', async ({ primitive, inputs, params }) => {
    const given =
      inputs.some(({ dtype }) => dtype === 'float64') && primitive !== 'cast' ? inputs.map(as32) : inputs
    const own = keepsTypes.has(primitive) ? inputs : given
    const expected = bindAll(primitive, own, params) as readonly NDArray[]
    await using compiled = await compile(tracedOf(primitive, own, params))
    const found = (await compiled.run(own as never)) as readonly NDArray[]
    expected.forEach(({ dtype, shape, data }, i) => {
      expect(found[i]!.dtype).toBe(dtype)
      expect(found[i]!.shape).toEqual(shape)
      // Sums of float32 in another order, and the runtime's own approximations.
      data.forEach((value, k) =>
        expect(Math.abs(found[i]!.data[k]! - value)).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(value))),
      )
      if (data.some(Number.isNaN)) expect(Array.from(found[i]!.data)).toEqual(Array.from(data))
    })
  })
})

function tracedOf(
  primitive: Primitive,
  inputs: readonly NDArray[],
  params: PrimitiveParams[Primitive],
): Traced {
  return trace((values: unknown) => [...bindAll(primitive, values as Tensor[], params)], inputs as never)
}

describe('gradients are those of central differences', () => {
  it.each(primitiveCases.filter(({ smooth }) => smooth !== false))(
    '$title',
    ({ primitive, inputs, params }) => {
      const floats = inputs.map((input, i) => ({ input, i })).filter(({ input }) => isFloat(input))
      const weights = new Map<number, NDArray>()
      const f = (values: readonly Tensor[]): Tensor => {
        const operands = inputs.map((input, i) => values[floats.findIndex((one) => one.i === i)] ?? input)
        // Each output counts in another direction, so that errors cannot cancel.
        return bindAll(primitive, operands, params)
          .map((output, k): Tensor => {
            if (!isFloat(output)) return array(0, { dtype: 'float64' })
            const weight = weights.get(k) ?? spread(output.shape as number[])
            weights.set(k, weight)
            return t.sum(t.mul(t.add(output, t.mul(t.square(output), 0.3)), weight))
          })
          .reduce((a, b) => t.add(a, b))
      }
      const at = floats.map(({ input }) => input)
      checkDirection(f, at)
      const direction = at.map(({ shape }) => spread(shape))
      checkDirection(
        (values) => inner(grad(f as never)(values as never) as unknown as Tensor[], direction),
        at,
      )
    },
  )
})

const inner = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((x, i): Tensor => t.sum(t.mul(x, b[i]!))).reduce((x, y) => t.add(x, y))

/** The slope along a random direction, by differences and by the gradient. */
function checkDirection(f: (values: readonly Tensor[]) => Tensor, at: readonly NDArray[]): void {
  const direction = at.map(({ shape }) => spread(shape, -1, 1))
  const step = 1e-5
  const moved = (size: number) => f(at.map((x, i) => t.add(x, t.mul(direction[i]!, size)))) as NDArray
  const slope = (moved(step).data[0]! - moved(-step).data[0]!) / (2 * step)
  const gradients = grad(f as never)(at as never) as unknown as Tensor[]
  const found = (inner(gradients, direction) as NDArray).data[0]!
  // Differences of this step are right to about eight digits.
  expect(Math.abs(found - slope)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(slope)))
}
