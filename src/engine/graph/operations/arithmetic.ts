// Arithmetic made of the primitives.
import type { Tensor } from '../value.js'
import { isFloat } from '../value.js'
import {
  abs,
  add,
  and,
  atan,
  cos,
  div,
  equal,
  exp,
  floor,
  less,
  log,
  maximum,
  minimum,
  mul,
  sin,
  sqrt,
  sub,
  where,
} from './elementwise.js'
import { notEqual } from './logic.js'
import { type Operand, type Result, toTensor, toTensors } from './operand.js'

/** x, but no less than `low` and no more than `high`; null leaves a side open. */
export function clip<A extends Operand>(x: A, low: Operand | null, high: Operand | null): Result<A> {
  const above = low === null ? toTensor(x) : (maximum(x, low) as Tensor)
  return (high === null ? above : minimum(above, high)) as Result<A>
}

/** The largest whole number that is not above a / b. */
export function floorDivide<A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> {
  const [left, right] = toTensors(a, b)
  if (isFloat(left)) return floor(div(left, right)) as Result<A, B>
  return div(sub(left, remainder(left, right) as Tensor), right) as Result<A, B>
}

/** What is left of a after so many whole b; it has the sign of b. */
export function remainder<A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> {
  const [left, right] = toTensors(a, b)
  if (isFloat(left)) return sub(left, mul(floor(div(left, right)), right)) as Result<A, B>
  const rest = sub(left, mul(div(left, right), right))
  if (left.dtype === 'uint32') return rest as Result<A, B>
  const across = and(notEqual(rest, 0) as Tensor, notEqual(less(rest, 0), less(right, 0)) as Tensor)
  return where(across, add(rest, right), rest) as Result<A, B>
}

/** tan x, in radians */
export function tan<A extends Operand>(x: A): Result<A> {
  const tensor = toTensor(x)
  return div(sin(tensor), cos(tensor)) as Result<A>
}
/** The angle from −π/2 to π/2 whose sine is x. */
export function asin<A extends Operand>(x: A): Result<A> {
  const tensor = toTensor(x)
  // At ±1 the quotient is ±∞, whose angle is right.
  return atan(div(tensor, sqrt(mul(sub(1, tensor), add(1, tensor))))) as Result<A>
}
/** The angle from 0 to π whose cosine is x. */
export const acos = <A extends Operand>(x: A): Result<A> => sub(Math.PI / 2, asin(x) as Tensor) as Result<A>
/** The angle from −π to π of the point (x, y); at the origin 0. */
export function atan2<A extends Operand, B extends Operand>(y: A, x: B): Result<A, B> {
  const [up, right] = toTensors(y, x)
  // The larger of both divides, so that neither the quotient nor its slope is infinite.
  const steep = less(abs(right), abs(up))
  const divisor = where(steep, up, right) as Tensor
  const angle = atan(div(where(steep, right, up) as Tensor, where(equal(divisor, 0), 1, divisor) as Tensor))
  const half = where(less(up, 0), -Math.PI, toTensor(Math.PI, up.dtype)) as Tensor
  const flat = add(angle, where(less(right, 0), half, 0) as Tensor)
  return where(steep, sub(mul(half, 0.5), angle), flat) as Result<A, B>
}
/** (eˣ − e⁻ˣ) / 2 */
export function sinh<A extends Operand>(x: A): Result<A> {
  const e = expm1(toTensor(x))
  // With eˣ − 1 small numbers keep their digits.
  return mul(add(e, div(e, add(e, 1))), 0.5) as Result<A>
}
/** (eˣ + e⁻ˣ) / 2 */
export function cosh<A extends Operand>(x: A): Result<A> {
  const e: Tensor = exp(toTensor(x))
  return mul(add(e, div(1, e)), 0.5) as Result<A>
}
/** The logarithm to base 2. */
export const log2 = <A extends Operand>(x: A): Result<A> => mul(log(x) as Tensor, Math.LOG2E) as Result<A>
/** The logarithm to base 10. */
export const log10 = <A extends Operand>(x: A): Result<A> => mul(log(x) as Tensor, Math.LOG10E) as Result<A>

/** log(1 + x), with all digits of a small x. @see Kahan, in Higham, Accuracy and Stability of Numerical Algorithms, 1.14.1 */
export function log1p<A extends Operand>(x: A): Result<A> {
  const tensor = toTensor(x)
  const sum = add(tensor, 1)
  // What rounding took from 1 + x is put back by the quotient; where nothing is left of x, x it is.
  const lost = sub(sum, 1)
  const none = equal(lost, 0)
  const ratio = div(tensor, where(none, 1, lost) as Tensor)
  return where(none, tensor, mul(log(sum), where(equal(sum, Infinity), 1, ratio) as Tensor)) as Result<A>
}

/** eˣ − 1, with all digits of a small x. @see Kahan, in Higham, Accuracy and Stability of Numerical Algorithms, 1.14.1 */
export function expm1<A extends Operand>(x: A): Result<A> {
  const tensor = toTensor(x)
  const e = exp(tensor)
  const [low, far] = [sub(e, 1), 0.7]
  // Away from 0 the difference loses nothing, and the logarithm of a tiny or huge eˣ would.
  const near = and(less(tensor, far), less(-far, tensor))
  const safe = where(and(near, notEqual(e, 1) as Tensor), e, 2) as Tensor
  const exact = mul(sub(safe, 1), div(tensor, log(safe)))
  return where(near, where(equal(e, 1), tensor, exact) as Tensor, low) as Result<A>
}
