// Elements by their indices (int32, from 0; negative ones count from the back).
import { bind, bindAll } from '../bind.js'
import type { Shape } from '../dims.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'
import { cast } from './elementwise.js'

const indexTensor = (indices: Operand) => cast(toTensor(indices, 'int32'), 'int32')

/** Slices of x along an axis, one for each index: rows of a table, embeddings of tokens. */
export function gather<A extends Operand, I extends Operand>(x: A, indices: I, axis = 0): Result<A, I> {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  return bind('gather', [tensor, indexTensor(indices)], { axis: own }) as Result<A, I>
}

/** Zeros of a shape, to which slices are added at indices along an axis. */
export function scatterAdd<I extends Operand, A extends Operand>(
  indices: I,
  updates: A,
  { axis = 0, shape }: { readonly axis?: number; readonly shape: Shape },
): Result<I, A> {
  return bind('scatterAdd', [indexTensor(indices), toTensor(updates)], { axis, shape }) as Result<I, A>
}

/** One element of x for each index, along an axis; other axes go along. */
export function takeAlong<A extends Operand, I extends Operand>(x: A, indices: I, axis = -1): Result<A, I> {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  return bind('takeAlong', [tensor, indexTensor(indices)], { axis: own }) as Result<A, I>
}

/** Zeros of a shape, to which single elements are added at indices along an axis. */
export function scatterAlong<I extends Operand, A extends Operand>(
  indices: I,
  updates: A,
  { axis = -1, shape }: { readonly axis?: number; readonly shape: Shape },
): Result<I, A> {
  const own = axisOf(axis, shape.length)
  return bind('scatterAlong', [indexTensor(indices), toTensor(updates)], { axis: own, shape }) as Result<I, A>
}

/** The k largest along an axis, falling, and their indices. */
export function topK<A extends Operand>(
  x: A,
  k: number,
  axis = -1,
): { values: Result<A>; indices: Result<A> } {
  const tensor = toTensor(x)
  const [values, indices] = bindAll('topK', [tensor], { axis: axisOf(axis, tensor.shape.length), k })
  return { values: values as Result<A>, indices: indices as Result<A> }
}
