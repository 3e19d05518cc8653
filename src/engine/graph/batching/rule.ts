// The form of batching rules. A batched operand has the batch as its first axis.
import { broadcastTo, reshape, transpose } from '../operations/index.js'
import type { Dim } from '../dims.js'
import type { Primitive, PrimitiveParams } from '../primitives.js'
import type { Tensor } from '../value.js'

export interface BatchContext<P extends Primitive> {
  readonly operands: readonly Tensor[]
  readonly batched: readonly boolean[]
  readonly size: Dim
  readonly params: PrimitiveParams[P]
}

/** The outputs, all batched. */
export type BatchRule<P extends Primitive> = (context: BatchContext<P>) => readonly Tensor[]

export type BatchRules<P extends Primitive> = { readonly [K in P]: BatchRule<K> }

/** An operand with the batch as its first axis, repeated where it has none. */
export function filled(
  { operands, batched, size }: Omit<BatchContext<Primitive>, 'params'>,
  i: number,
): Tensor {
  const operand = operands[i]!
  return batched[i] === true ? operand : broadcastTo(operand, [size, ...operand.shape])
}

/** The axis moved to another place. */
export function moveAxis(x: Tensor, from: number, to: number): Tensor {
  const order = x.shape.map((_, i) => i).toSpliced(from, 1)
  return transpose(x, order.toSpliced(to, 0, from))
}

/** The batch and the axis after it as one. */
export const merged = (x: Tensor): Tensor => reshape(x, [-1, ...x.shape.slice(2)])

/** The first axis as batch and rest. */
export const parted = (x: Tensor, size: Dim): Tensor => reshape(x, [size, -1, ...x.shape.slice(1)])

/** Tensors, and which of them are batched. */
export interface Batched {
  readonly tensors: readonly Tensor[]
  readonly batched: readonly boolean[]
}

/** All of them batched. */
export const allBatched = ({ tensors, batched }: Batched, size: Dim): Tensor[] =>
  tensors.map((_, i) => filled({ operands: tensors, batched, size }, i))
