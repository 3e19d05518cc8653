// Questions whose answers are bool.
import type { Tensor } from '../value.js'
import { isFloat } from '../value.js'
import { abs, cast, equal, less, not, sub } from './elementwise.js'
import { type Operand, type Result, toTensor } from './operand.js'
import { max, type ReduceOptions } from './reductions.js'

/** a ≠ b */
export const notEqual = <A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> =>
  not(equal(a, b) as Tensor) as Result<A, B>

/** One of both, not both. */
export const xor = <A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> => notEqual(a, b)

/** Whether an element is neither infinite nor NaN. */
export function isFinite<A extends Operand>(x: A): Result<A> {
  const tensor = toTensor(x)
  // ∞ − ∞ is NaN, and NaN equals nothing.
  return (isFloat(tensor) ? equal(sub(tensor, tensor), 0) : equal(tensor, tensor)) as Result<A>
}

/** Whether an element is ∞ or −∞. */
export function isInfinite<A extends Operand>(x: A): Result<A> {
  const tensor = toTensor(x)
  return (isFloat(tensor) ? equal(abs(tensor), Infinity) : notEqual(tensor, tensor)) as Result<A>
}

/** Whether an element is true, or not 0. */
function truth(x: Operand): Tensor {
  const tensor = toTensor(x)
  return tensor.dtype === 'bool' ? tensor : (notEqual(tensor, toTensor(0, tensor.dtype)) as Tensor)
}

/** Whether any element is true (or not 0) along axes. */
export const any = <A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> =>
  less(0, max(cast(truth(x), 'int32'), options)) as Result<A>

/** Whether all elements are true (or not 0) along axes. */
export const all = <A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> =>
  not(any(not(truth(x)), options) as Tensor) as Result<A>
