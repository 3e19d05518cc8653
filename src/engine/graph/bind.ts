// The single point where a primitive meets its operands: known arrays are computed at once, traced values become a step of
// the innermost graph among them.
import { assert } from '../../base/index.js'
import type { NDArray } from './array.js'
import type { Primitive, PrimitiveParams } from './primitives.js'
import { isStatic } from './dims.js'
import { evaluate } from './reference/index.js'
import { shapeFault } from './shape-fault.js'
import { outputSpecs } from './shapes.js'
import { type Draft, isValue, newValue, type Node, type Tensor, type Value } from './value.js'

/** All outputs of a primitive. @throws {@link ShapeError} when the operands do not go together */
export function bindAll<P extends Primitive>(
  primitive: P,
  operands: readonly Tensor[],
  params: PrimitiveParams[P],
): readonly Tensor[] {
  const draft = innermost(operands)
  const specs = outputSpecs(primitive, operands, params)
  if (draft === undefined) {
    // Arrays alone do not say to which graph a size such as 'batch' belongs.
    if (!specs.every(({ shape }) => isStatic(shape)))
      throw shapeFault(
        primitive,
        operands,
        'would give sizes that are known only when a graph runs, of arrays alone',
      )
    return evaluate(primitive, operands as readonly NDArray[], params)
  }
  return addNode(draft, { primitive, inputs: operands.map((operand) => into(draft, operand)), params, specs })
}

/** The output of a primitive that has one. */
export function bind<P extends Primitive>(
  primitive: P,
  operands: readonly Tensor[],
  params: PrimitiveParams[P],
): Tensor {
  return bindAll(primitive, operands, params)[0]!
}

/** The graph that was begun last: the one being traced now. */
export function innermost(operands: readonly Tensor[]): Draft | undefined {
  let found: Draft | undefined
  for (const operand of operands)
    if (isValue(operand) && (found === undefined || operand.draft.order > found.order)) found = operand.draft
  return found
}

interface NewNode<P extends Primitive> {
  readonly primitive: P
  readonly inputs: readonly Value[]
  readonly params: PrimitiveParams[P]
  readonly specs: ReturnType<typeof outputSpecs>
}

/** Adds a step to a draft. */
export function addNode<P extends Primitive>(draft: Draft, given: NewNode<P>): readonly Value[] {
  const { primitive, inputs, params, specs } = given
  const outputs = specs.map((spec) => newValue(draft, spec))
  draft.nodes.push({ primitive, inputs, params, outputs, scope: draft.scope } as Node)
  return outputs
}

// Larger constants are compared by identity only: the key of a million numbers would cost more than it saves.
const comparedSize = 64

/** An operand as a value of the draft: arrays become constants, values of outer graphs are captured. */
export function into(draft: Draft, operand: Tensor): Value {
  if (!isValue(operand)) return constantIn(draft, operand)
  if (operand.draft === draft) return operand
  assert(operand.draft.order < draft.order, 'a captured value comes from an outer graph')
  const known = draft.captured.get(operand)
  if (known !== undefined) return known
  const inner = newValue(draft, operand)
  draft.captured.set(operand, inner)
  return inner
}

function constantIn(draft: Draft, value: NDArray): Value {
  if (value.data.length > comparedSize && isEven(value.data)) return repeated(draft, value)
  const key =
    value.data.length > comparedSize
      ? undefined
      : `${value.dtype}:${value.shape.join(',')}:${Array.from(value.data, bits).join(',')}`
  const known = key === undefined ? undefined : draft.constants.get(key)
  if (known !== undefined) return known
  const [made] = addNode(draft, { primitive: 'constant', inputs: [], params: { value }, specs: [value] })
  if (key !== undefined) draft.constants.set(key, made!)
  return made!
}

/** Whether all elements are one number; nearly always the second says no. */
const isEven = (data: ArrayLike<number>): boolean => {
  for (let i = 1; i < data.length; i++) if (!Object.is(data[i], data[0])) return false
  return true
}

/** One number and how often, in place of as many numbers. */
function repeated(draft: Draft, { dtype, shape, data }: NDArray): Value {
  const one = constantIn(draft, { dtype, shape: [], data: data.slice(0, 1) } as NDArray)
  const [value] = addNode(draft, {
    primitive: 'broadcastTo',
    inputs: [one],
    params: { shape },
    specs: [{ dtype, shape }],
  })
  return value!
}

/** −0 and 0 are different constants. */
const bits = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))
