// Operands as users write them: arrays, traced values, and plain numbers, which take the type of the other operand.
import { array, type DType, type NDArray, type Nested } from '../array.js'
import { checkFilled } from '../checked-array.js'
import { full } from '../creation.js'
import { isValue, type Tensor, type Value } from '../value.js'

/** What operations accept: an array, a traced value, a number, nested lists. */
export type Operand = Tensor | Nested

/** Traced when any operand is traced; otherwise numbers, computed at once. */
export type Result<A, B = number, C = number> = A extends Value
  ? Value
  : B extends Value
    ? Value
    : C extends Value
      ? Value
      : NDArray

const isTensor = (operand: Operand): operand is Tensor =>
  typeof operand === 'object' &&
  operand !== null &&
  'dtype' in operand &&
  (isValue(operand) || 'data' in operand)

/** An operand as a tensor. @param like - the type that a plain number takes where it can; default float32 */
export function toTensor(operand: Operand, like: DType = 'float32'): Tensor {
  if (isTensor(operand)) {
    if (!isValue(operand)) checkFilled('An operand', operand)
    return operand
  }
  // 1.5 is no int32: it stays a float, which the operation then refuses.
  if (typeof operand === 'number') return full([], operand, holds[like](operand) ? like : 'float32')
  return array(operand, typeof operand === 'boolean' ? { dtype: 'bool' } : {})
}

const isFloat = (): boolean => true

/** Whether an element type has a number, so that nothing is cut off. */
const holds: { readonly [T in DType]: (value: number) => boolean } = {
  float32: isFloat,
  float64: isFloat,
  int32: (value) => Object.is(value | 0, value + 0),
  uint32: (value) => value >>> 0 === value,
  bool: (value) => value === 0 || value === 1,
}

/** Two operands of one element type where one of them is a plain number. */
export function toTensors(a: Operand, b: Operand): [Tensor, Tensor] {
  if (typeof a === 'number') {
    const right = toTensor(b)
    return [toTensor(a, right.dtype), right]
  }
  const left = toTensor(a)
  return [left, toTensor(b, left.dtype)]
}

/** An axis counted from the front; −1 is the last. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
