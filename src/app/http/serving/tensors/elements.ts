// Values of JSON as elements of tensors: exact or refused, never rounded to another whole number.
import { isUtf8 } from 'node:buffer'
import { halvesOfFloats, nameOf, UsageError } from '../../../../base/index.js'
import { arrayClass, type NumericType, type Tensor, type TensorType } from '../../../../engine/onnx/index.js'
import { integerRange, openInferenceName } from './datatypes.js'

/**
 * Elements of one type from a flat list.
 *
 * @param where - the tensor, as errors call it
 * @throws {@link UsageError} for a value that the type cannot hold
 */
export function elementsOf(type: TensorType, values: readonly unknown[], where: string): Tensor['data'] {
  switch (type) {
    case 'string':
      return values.map((value) => textElement(value, where))
    case 'bool':
      return Uint8Array.from(values, (value) => booleanElement(value, where))
    case 'float16':
      return halvesOfFloats(Float32Array.from(values, (value) => floatElement(value, type, where)))
    case 'float32':
    case 'float64':
      return floats(type, values, where)
    case 'int64':
    case 'uint64':
      return longIntegers(type, values, where)
    default:
      return shortIntegers(type, values, where)
  }
}

function floats(
  type: 'float32' | 'float64',
  values: readonly unknown[],
  where: string,
): Float32Array | Float64Array {
  const data = new arrayClass[type](values.length)
  for (let i = 0; i < data.length; i++) {
    const value = values[i]
    data[i] = typeof value === 'number' ? value : floatElement(value, type, where)
  }
  return data
}

/** Words in which JSON says what it has no numbers for; null is a missing number. */
const specialFloats = new Map<unknown, number>([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
  [null, Number.NaN],
])

function floatElement(value: unknown, type: TensorType, where: string): number {
  if (typeof value === 'number') return value
  const special = specialFloats.get(value)
  if (special !== undefined) return special
  // Long whole numbers arrive as text, where they are kept for whole-number types: a float takes the nearest, as JSON does.
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value)
  throw unfit(value, { type, where, expected: 'a number' })
}

function shortIntegers(type: NumericType, values: readonly unknown[], where: string): Tensor['data'] {
  const data = new arrayClass[type](values.length) as Int32Array
  const [least, greatest] = integerRange[type]!.map(Number) as [number, number]
  for (let i = 0; i < data.length; i++) {
    const value = values[i]
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > greatest) {
      throw unfit(value, { type, where, expected: `a whole number from ${least} to ${greatest}` })
    }
    data[i] = value
  }
  return data
}

function longIntegers(type: 'int64' | 'uint64', values: readonly unknown[], where: string): Tensor['data'] {
  const data = new arrayClass[type](values.length) as BigInt64Array
  const [least, greatest] = integerRange[type]!
  for (let i = 0; i < data.length; i++) {
    const value = wholeNumber(values[i])
    if (value === undefined || value < least || value > greatest) {
      const expected = `a whole number from ${least} to ${greatest}, exact`
      throw unfit(values[i], { type, where, expected })
    }
    data[i] = value
  }
  return data
}

/** Undefined for what is none, and for a number that may have been rounded already. */
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  // 20 digits and a sign are the longest that 64 bits hold; longer texts would only cost time.
  if (typeof value === 'string' && value.length <= 21 && /^-?\d+$/.test(value)) return BigInt(value)
  return undefined
}

function booleanElement(value: unknown, where: string): number {
  if (value === true || value === 1) return 1
  if (value === false || value === 0) return 0
  throw unfit(value, { type: 'bool', where, expected: 'true or false' })
}

function textElement(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  const decoded = base64Text(value)
  if (decoded !== undefined) return decoded
  throw unfit(value, { type: 'string', where, expected: 'text' })
}

/** What `{"b64": …}` holds, when it is text; undefined otherwise. */
export function base64Text(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { b64 } = value as { readonly b64?: unknown }
  if (typeof b64 !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(b64)) return undefined
  const bytes = Buffer.from(b64, 'base64')
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined
}

interface Misfit {
  readonly type: TensorType
  readonly where: string
  readonly expected: string
}

const unfit = (value: unknown, { type, where, expected }: Misfit): UsageError =>
  new UsageError(
    `${where}: an element of ${openInferenceName[type]} must be ${expected}; received ${nameOf(value)}.`,
    {
      argument: where,
    },
  )
