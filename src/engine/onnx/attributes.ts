// Attributes of nodes: plain JavaScript values where their kind is plain, wrappers where it is not.
import { int64 } from './int64.js'
import type { AttributeProto, TensorProto } from './proto/messages.js'
import type { Tensor } from './tensor.js'
import { encodeFloats, encodeInts, encodeStrings } from './packed.js'

/** An attribute whose kind is said, for values from which it cannot be told (`1` could be an integer or a float). */
export type KnownAttribute =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'floats'; readonly value: ArrayLike<number> }
  | { readonly kind: 'ints'; readonly value: ArrayLike<number | bigint> }
  | { readonly kind: 'strings'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: Tensor }

/**
 * What an attribute may be. A whole number, a bigint and a boolean become an integer, other numbers a float, and
 * arrays likewise by all of their elements; a {@link Tensor} becomes a tensor.
 */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | readonly string[]
  | readonly number[]
  | readonly bigint[]
  | Float32Array
  | Int32Array
  | BigInt64Array
  | Tensor
  | KnownAttribute

/** A float, also where the number is whole. */
export const floatAttribute = (value: number): KnownAttribute => ({ kind: 'float', value })
/** A list of floats, also where all are whole or there is none. */
export const floatsAttribute = (value: ArrayLike<number>): KnownAttribute => ({ kind: 'floats', value })
/** A list of integers, also where there is none. */
export const intsAttribute = (value: ArrayLike<number | bigint>): KnownAttribute => ({ kind: 'ints', value })
/** A list of strings, also where there is none. */
export const stringsAttribute = (value: readonly string[]): KnownAttribute => ({ kind: 'strings', value })
/** A tensor. */
export const tensorAttribute = (value: Tensor): KnownAttribute => ({ kind: 'tensor', value })

/** Numbers of AttributeProto.AttributeType in the ONNX format. */
const kindCode = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const

const utf8 = new TextEncoder()

/** Builds the message of one attribute. */
export function attributeProto(
  name: string,
  value: AttributeValue,
  tensorProto: (value: Tensor) => TensorProto,
): AttributeProto {
  if (typeof value === 'string') return { name, type: kindCode.string, s: utf8.encode(value) }
  if (typeof value === 'boolean') return { name, type: kindCode.int, i: value ? 1 : 0 }
  if (typeof value === 'bigint') return { name, type: kindCode.int, i: int64(value) }
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return { name, type: kindCode.int, i: value }
    return { name, type: kindCode.float, f: value }
  }
  const known = 'kind' in value ? value : inferKind(value)
  switch (known.kind) {
    case 'float':
      return { name, type: kindCode.float, f: known.value }
    case 'floats':
      return { name, type: kindCode.floats, $unknowns: [encodeFloats(known.value)] }
    case 'ints':
      return { name, type: kindCode.ints, $unknowns: [encodeInts(known.value)] }
    case 'strings':
      return { name, type: kindCode.strings, $unknowns: [encodeStrings(known.value)] }
    case 'tensor':
      return { name, type: kindCode.tensor, t: tensorProto(known.value) }
  }
}

type ArrayOrTensor = Exclude<AttributeValue, string | number | bigint | boolean | KnownAttribute>

function inferKind(value: ArrayOrTensor): KnownAttribute {
  if ('type' in value) return tensorAttribute(value)
  if (value instanceof Float32Array) return floatsAttribute(value)
  if (value instanceof Int32Array || value instanceof BigInt64Array) return intsAttribute(value)
  if (typeof value[0] === 'string') return stringsAttribute(value as readonly string[])
  const numbers = value as readonly (number | bigint)[]
  const whole = numbers.every((item) => typeof item === 'bigint' || Number.isSafeInteger(item))
  return whole ? intsAttribute(numbers) : floatsAttribute(value as readonly number[])
}
