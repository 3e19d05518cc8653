// Arrays of known numbers: what a graph is fed with, what it answers, and what operations give at once outside of a trace.
import { ShapeError, UsageError } from '../../base/index.js'
import { checkSizes, checkType } from './checked.js'
import { type DataByType, dataClass, type DType } from './element-types.js'
import { userLine } from './user-line.js'

export { type DataByType, dataClass, type DType } from './element-types.js'

/** An n-dimensional array in row-major order. Plain data: nothing has to be freed. */
export interface NDArray<T extends DType = DType> {
  readonly dtype: T
  readonly shape: readonly number[]
  readonly data: DataByType[T]
}

/** How many elements an array of this shape has. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1
  for (const length of shape) size *= length
  return size
}

/** Nested lists of numbers, all of one depth and equal lengths. */
export type Nested = number | boolean | readonly Nested[]

/**
 * Makes an array of numbers, nested lists or a flat typed array.
 *
 * @param options.dtype - default: of the typed array, where integers of 8 and 16 bits become int32, but Uint8Array is bool; bool
 * for booleans; otherwise float32
 * @param options.shape - default: of the lists, one axis for a typed array
 * @throws {@link ShapeError} when lists are ragged or the elements do not fill the shape
 * @throws {@link UsageError} for elements that are no numbers, element types that there are none of, and bytes other than 0 and
 * 1 without one
 * @example
 * ```ts
 * array([[1, 2, 3], [4, 5, 6]]).shape // => [2, 3]
 * ```
 */
export function array<T extends DType = DType>(
  source: Nested | DataByType[DType],
  options: { readonly dtype?: T; readonly shape?: readonly number[] } = {},
): NDArray<T> {
  const flat = isData(source)
    ? { values: source, shape: [source.length], dtype: options.dtype ?? dtypeOf(source) }
    : flatten(source)
  const shape = options.shape ?? flat.shape
  const dtype = options.dtype ?? (flat.dtype as T)
  checkType('array', dtype)
  checkSizes('array', shape)
  if (sizeOf(shape) !== flat.values.length) {
    throw new ShapeError(
      `array: shape ${formatShape(shape)} needs ${sizeOf(shape)} elements; received ${flat.values.length}.`,
      { expected: sizeOf(shape), received: flat.values.length, where: 'array' },
    )
  }
  if (source instanceof dataClass[dtype] && (dtype !== 'bool' || isBits(source)))
    return { dtype, shape, data: source as DataByType[T] }
  const data = new dataClass[dtype](flat.values.length)
  if (dtype === 'bool') flat.values.forEach((value, i) => (data[i] = Number(value !== 0)))
  else data.set(flat.values)
  return { dtype, shape, data }
}

const isData = (source: Nested | DataByType[DType]): source is DataByType[DType] => ArrayBuffer.isView(source)

function dtypeOf(data: DataByType[DType]): DType {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Uint32Array) return 'uint32'
  if (data instanceof Uint8Array) return bytesType(data)
  const other: unknown = data
  if (integers.some((one) => other instanceof one)) return 'int32'
  throw noElement(data, 'Convert them, as Int32Array.from(x, Number)')
}

const integers = [Int32Array, Int8Array, Int16Array, Uint16Array, Uint8ClampedArray]

/** Bytes hold truth or numbers; which, only those other than 0 and 1 say. */
function bytesType(data: Uint8Array): DType {
  if (isBits(data)) return 'bool'
  throw new UsageError(
    `array${userLine()}: bytes are read as bool, but they hold ${data.find((byte) => byte > 1)}, expected 0 or 1. For numbers, such as pixels, say so: array(bytes, { dtype: 'int32' }).`,
    { argument: 'dtype', expected: [0, 1] },
  )
}

const isBits = (data: ArrayLike<number>): boolean => {
  for (let i = 0; i < data.length; i++) if (data[i]! > 1) return false
  return true
}

function noElement(item: unknown, advice: string): UsageError {
  const what =
    typeof item === 'object' && item !== null ? (item.constructor?.name ?? 'an object') : String(item)
  return new UsageError(
    `array${userLine()}: an element is ${what}, expected numbers, booleans, typed arrays, or lists of numbers. ${advice}.`,
    { expected: 'numbers', received: what },
  )
}

function flatten(source: Nested): { values: number[]; shape: number[]; dtype: DType } {
  const shape: number[] = []
  for (let level: Nested = source; Array.isArray(level); level = level[0] as Nested) {
    shape.push(level.length)
    if (level.length === 0) break
  }
  const values: number[] = []
  let boolean = true
  const visit = (item: Nested, depth: number): void => {
    if (typeof item === 'number' || typeof item === 'boolean') {
      if (depth !== shape.length) throw ragged(shape)
      boolean &&= typeof item === 'boolean'
      values.push(Number(item))
      return
    }
    if (!Array.isArray(item)) throw noElement(item, 'Stack arrays with t.stack; missing numbers are NaN')
    if (item.length !== shape[depth]) throw ragged(shape)
    for (const inner of item) visit(inner, depth + 1)
  }
  visit(source, 0)
  return { values, shape, dtype: boolean && values.length > 0 ? 'bool' : 'float32' }
}

const ragged = (shape: readonly number[]): ShapeError =>
  new ShapeError(
    `array: the lists are ragged, expected shape ${formatShape(shape)} throughout. Give lists of equal lengths.`,
    { expected: shape, where: 'array' },
  )

/** A shape as people write it. */
export const formatShape = (shape: readonly (number | string)[]): string => `[${shape.join(', ')}]`

/** Nested lists, the inverse of {@link array}. */
export function toNested({ dtype, shape, data }: NDArray): Nested {
  const build = (axis: number, from: number): Nested => {
    if (axis === shape.length) return dtype === 'bool' ? data[from] === 1 : data[from]!
    const stride = sizeOf(shape.slice(axis + 1))
    return Array.from({ length: shape[axis]! }, (_, i) => build(axis + 1, from + i * stride))
  }
  return build(0, 0)
}
