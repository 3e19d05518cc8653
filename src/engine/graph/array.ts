// Arrays of known numbers: what a graph is fed with, what it answers, and what operations give at once outside of a trace.
import { ShapeError } from '../../base/index.js'

/** Typed arrays by element type. Booleans are bytes 0 and 1. */
export interface DataByType {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  uint32: Uint32Array
  bool: Uint8Array
}

/** An element type of the graph. Indices are int32: no axis is longer, and JavaScript has no other plain integer. */
export type DType = keyof DataByType

/** An n-dimensional array in row-major order. Plain data: nothing has to be freed. */
export interface NDArray<T extends DType = DType> {
  readonly dtype: T
  readonly shape: readonly number[]
  readonly data: DataByType[T]
}

/** The class of each element type. */
export const dataClass: {
  readonly [T in DType]: { new (length: number): DataByType[T]; readonly BYTES_PER_ELEMENT: number }
} = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bool: Uint8Array,
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
 * @param options.dtype - default: of the typed array; bool for booleans; otherwise float32
 * @param options.shape - default: of the lists, one axis for a typed array
 * @throws {@link ShapeError} when lists are ragged or the elements do not fill the shape
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
    ? { values: source, shape: [source.length], dtype: dtypeOf(source) }
    : flatten(source)
  const shape = options.shape ?? flat.shape
  const dtype = options.dtype ?? (flat.dtype as T)
  if (sizeOf(shape) !== flat.values.length) {
    throw new ShapeError(
      `array: shape ${formatShape(shape)} needs ${sizeOf(shape)} elements; received ${flat.values.length}.`,
      { expected: sizeOf(shape), received: flat.values.length, where: 'array' },
    )
  }
  if (isData(source) && flat.dtype === dtype) return { dtype, shape, data: source as DataByType[T] }
  const data = new dataClass[dtype](flat.values.length)
  data.set(flat.values)
  return { dtype, shape, data }
}

const isData = (source: Nested | DataByType[DType]): source is DataByType[DType] => ArrayBuffer.isView(source)

function dtypeOf(data: DataByType[DType]): DType {
  if (data instanceof Float32Array) return 'float32'
  if (data instanceof Float64Array) return 'float64'
  if (data instanceof Int32Array) return 'int32'
  return data instanceof Uint32Array ? 'uint32' : 'bool'
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
