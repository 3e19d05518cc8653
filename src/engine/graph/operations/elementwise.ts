// Element by element, with NumPy's broadcasting.
import type { DType } from '../array.js'
import { bind } from '../bind.js'
import type { ElementwiseParams } from '../primitives.js'
import { type Operand, type Result, toTensor, toTensors } from './operand.js'

type WithoutParams = Exclude<keyof ElementwiseParams, 'cast'>

function unary(primitive: WithoutParams) {
  return <A extends Operand>(x: A): Result<A> => bind(primitive, [toTensor(x)], {}) as Result<A>
}

function binary(primitive: WithoutParams) {
  return <A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> =>
    bind(primitive, toTensors(a, b), {}) as Result<A, B>
}

/** −x */
export const neg = unary('neg')
/** |x| */
export const abs = unary('abs')
/** −1, 0 or 1 */
export const sign = unary('sign')
/** eˣ */
export const exp = unary('exp')
/** The natural logarithm. */
export const log = unary('log')
/** √x */
export const sqrt = unary('sqrt')
/** sin x, in radians */
export const sin = unary('sin')
/** cos x, in radians */
export const cos = unary('cos')
/** The angle from −π/2 to π/2 whose tangent is x. */
export const atan = unary('atan')
/** tanh x */
export const tanh = unary('tanh')
/** 1 / (1 + e⁻ˣ) */
export const sigmoid = unary('sigmoid')
/** The error function 2/√π · ∫₀ˣ e^(−t²) dt. */
export const erf = unary('erf')
/** max(x, 0) */
export const relu = unary('relu')
/** x · Φ(x), exactly. @see Hendrycks & Gimpel 2016, arXiv:1606.08415 */
export const gelu = unary('gelu')
/** log(1 + eˣ) */
export const softplus = unary('softplus')
/** The next whole number below. */
export const floor = unary('floor')
/** The next whole number above. */
export const ceil = unary('ceil')
/** The nearest whole number; halves go to the even one. */
export const round = unary('round')
/** Whether an element is NaN. */
export const isNaN = unary('isNaN')
/** ¬x */
export const not = unary('not')
/** The same numbers, through which no gradient flows. */
export const stopGradient = unary('stopGradient')

/** a + b */
export const add = binary('add')
/** a − b */
export const sub = binary('sub')
/** a · b */
export const mul = binary('mul')
/** a / b; whole numbers are cut towards zero */
export const div = binary('div')
/** aᵇ */
export const pow = binary('pow')
/** The larger of both. */
export const maximum = binary('max')
/** The smaller of both. */
export const minimum = binary('min')
/** a = b */
export const equal = binary('equal')
/** a < b */
export const less = binary('less')
/** a ≤ b */
export const lessEqual = binary('lessEqual')
/** a ∧ b */
export const and = binary('and')
/** a ∨ b */
export const or = binary('or')
/** Bits of both; uint32. */
export const bitAnd = binary('bitAnd')
/** Bits of either; uint32. */
export const bitOr = binary('bitOr')
/** Bits of one of both; uint32. */
export const bitXor = binary('bitXor')
/** Bits moved up; uint32. */
export const shiftLeft = binary('shiftLeft')
/** Bits moved down; uint32. */
export const shiftRight = binary('shiftRight')

/** a > b */
export const greater = <A extends Operand, B extends Operand>(a: A, b: B): Result<B, A> => less(b, a)
/** a ≥ b */
export const greaterEqual = <A extends Operand, B extends Operand>(a: A, b: B): Result<B, A> =>
  lessEqual(b, a)
/** x² */
export const square = <A extends Operand>(x: A): Result<A, A> => mul(x, x)

/** a where the condition holds, else b. */
export function where<C extends Operand, A extends Operand, B extends Operand>(
  condition: C,
  a: A,
  b: B,
): Result<C, A, B> {
  return bind('select', [toTensor(condition), ...toTensors(a, b)], {}) as Result<C, A, B>
}

/** The numbers in another element type; floats are cut towards zero. */
export function cast<A extends Operand>(x: A, dtype: DType): Result<A> {
  const tensor = toTensor(x)
  return (tensor.dtype === dtype ? tensor : bind('cast', [tensor], { dtype })) as Result<A>
}
