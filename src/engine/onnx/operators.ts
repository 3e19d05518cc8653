// Thin functions over GraphBuilder.node for the standard operators that preprocessing and learners are written in.
// Shapes follow NumPy's broadcasting. A plain number becomes a constant of the other operand's type.
import type { TensorType } from './data-types.js'
import { dataTypeCode } from './data-types.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import { scalar, tensor } from './tensor.js'

/** A value of the graph, or a number that becomes a constant. */
export type Operand = Value | number

/** The elements in another type; the same value when it has that type already. Floats are cut towards zero. */
export function cast(g: GraphBuilder, x: Value, type: TensorType): Value {
  if (x.type === type) return x
  return g.node('Cast', [x], { to: dataTypeCode[type] }, { type, shape: x.shape })
}

/** A number as a constant. @param type - default float64 */
export function constant(g: GraphBuilder, value: number, type: TensorType = 'float64'): Value {
  const integer = type === 'int64' || type === 'uint64'
  return g.initializer('constant', scalar(type as 'float64', (integer ? BigInt(value) : value) as number))
}

type Binary = (g: GraphBuilder, a: Operand, b: Operand) => Value
type Unary = (g: GraphBuilder, x: Value) => Value

function operands(g: GraphBuilder, a: Operand, b: Operand): [Value, Value] {
  const typeOf = (operand: Operand): TensorType | undefined =>
    typeof operand === 'number' ? undefined : operand.type
  const type = typeOf(a) ?? typeOf(b) ?? 'float64'
  const value = (operand: Operand): Value =>
    typeof operand === 'number' ? constant(g, operand, type) : operand
  return [value(a), value(b)]
}

const arithmetic =
  (operator: string): Binary =>
  (g, a, b) => {
    const inputs = operands(g, a, b)
    return g.node(operator, inputs, {}, { type: inputs[0].type ?? inputs[1].type })
  }

const comparison =
  (operator: string): Binary =>
  (g, a, b) =>
    g.node(operator, operands(g, a, b), {}, { type: 'bool' })

const elementwise =
  (operator: string): Unary =>
  (g, x) =>
    g.node(operator, [x], {}, { type: x.type, shape: x.shape })

/** a + b */
export const add: Binary = arithmetic('Add')
/** a − b */
export const sub: Binary = arithmetic('Sub')
/** a · b, element by element */
export const mul: Binary = arithmetic('Mul')
/** a / b; integers are cut towards zero */
export const div: Binary = arithmetic('Div')
/** aᵇ */
export const pow: Binary = arithmetic('Pow')
/** The matrix product a (…, n, k) · b (…, k, m). */
export const matmul: Binary = arithmetic('MatMul')
/** a = b; not for strings, which this operator set cannot compare: use {@link lookupIndex}. */
export const equal: Binary = comparison('Equal')
/** a < b */
export const less: Binary = comparison('Less')
/** a ≤ b */
export const lessOrEqual: Binary = comparison('LessOrEqual')
/** a > b */
export const greater: Binary = comparison('Greater')
/** a ≥ b */
export const greaterOrEqual: Binary = comparison('GreaterOrEqual')
/** a ∧ b */
export const and: Binary = comparison('And')
/** a ∨ b */
export const or: Binary = comparison('Or')

/** ¬x */
export const not: Unary = elementwise('Not')
/** |x| */
export const abs: Unary = elementwise('Abs')
/** −x */
export const neg: Unary = elementwise('Neg')
/** eˣ */
export const exp: Unary = elementwise('Exp')
/** The natural logarithm. */
export const log: Unary = elementwise('Log')
/** √x */
export const sqrt: Unary = elementwise('Sqrt')
/** The largest integer ≤ x. */
export const floor: Unary = elementwise('Floor')
/** −1, 0 or 1. */
export const sign: Unary = elementwise('Sign')
/** 1 / (1 + e⁻ˣ), in the precision of x. */
export const sigmoid: Unary = elementwise('Sigmoid')
/** Whether x is NaN, that is: missing. */
export const isNaN: Unary = (g, x) => g.node('IsNaN', [x], {}, { type: 'bool', shape: x.shape })
/** eˣ / Σ eˣ over the last axis, in the precision of x. */
export const softmax: Unary = (g, x) => g.node('Softmax', [x], { axis: -1 }, { type: x.type, shape: x.shape })

/** Elements of the first operand where the condition holds, of the second elsewhere. */
export function where(
  g: GraphBuilder,
  condition: Value,
  [then, otherwise]: readonly [Operand, Operand],
): Value {
  const branches = operands(g, then, otherwise)
  return g.node('Where', [condition, ...branches], {}, { type: branches[0].type ?? branches[1].type })
}

/** Tensors side by side. @param axis - default 1: columns */
export function concat(g: GraphBuilder, values: readonly Value[], axis = 1): Value {
  if (values.length === 1) return values[0]!
  return g.node('Concat', values, { axis }, { type: values[0]?.type })
}

/** Elements at indices along an axis. A list of numbers becomes a constant. @param options.axis - default 1: columns */
export function gather(
  g: GraphBuilder,
  x: Value,
  options: { readonly indices: Value | readonly number[]; readonly axis?: number },
): Value {
  const { indices, axis = 1 } = options
  const at = 'name' in indices ? indices : g.initializer('indices', tensor('int64', indices))
  return g.node('Gather', [x, at], { axis }, { type: x.type })
}

/** The same elements under other sizes; −1 stands for "as many as there are", 0 for "as before". */
export function reshape(g: GraphBuilder, x: Value, sizes: readonly number[]): Value {
  return g.node('Reshape', [x, g.initializer('sizes', tensor('int64', sizes))], {}, { type: x.type })
}

/** Elements limited to [min, max]; NaN stays NaN. */
export function clip(
  g: GraphBuilder,
  x: Value,
  limits: { readonly min?: number; readonly max?: number },
): Value {
  const limit = (value: number | undefined): Value | null =>
    value === undefined ? null : constant(g, value, x.type ?? 'float64')
  return g.node('Clip', [x, limit(limits.min), limit(limits.max)], {}, { type: x.type, shape: x.shape })
}

/** The sum over one axis, which stays with size 1. @param axis - default 1: over the columns of a row */
export function reduceSum(g: GraphBuilder, x: Value, axis = 1): Value {
  return g.node(
    'ReduceSum',
    [x, g.initializer('axes', tensor('int64', [axis]))],
    { keepdims: 1 },
    { type: x.type },
  )
}

/** The index of the largest element along one axis, which stays with size 1. @param axis - default 1 */
export function argMax(g: GraphBuilder, x: Value, axis = 1): Value {
  return g.node('ArgMax', [x], { axis, keepdims: 1 }, { type: 'int64' })
}
