// Tensors as plain data: an element type, sizes, and a flat array in row-major order.
import { InternalError, ShapeError } from '../../base/index.js'
import { arrayClass, type ArrayByType, type NumericType, type TensorType } from './data-types.js'

/** A dense tensor of a known element type. */
export interface TensorOf<Type extends TensorType> {
  readonly type: Type
  /** Size along each axis; [] for a scalar. */
  readonly dims: readonly number[]
  /** The elements in row-major order. */
  readonly data: ArrayByType[Type]
}

/** A dense tensor; narrow it by `type`. */
export type Tensor = { [Type in TensorType]: TensorOf<Type> }[TensorType]

/** A tensor with a typed array. */
export type NumericTensor = { [Type in NumericType]: TensorOf<Type> }[NumericType]

/** The number of elements of a tensor with these sizes. */
export function elementCount(dims: readonly number[]): number {
  let count = 1
  for (const size of dims) count *= size
  return count
}

type Elements<Type extends TensorType> =
  | ArrayByType[Type]
  | readonly (Type extends 'string' ? string : Type extends 'int64' | 'uint64' ? bigint | number : number)[]

/**
 * Makes a tensor; plain arrays are copied into the right typed array, typed arrays are taken as they are.
 *
 * @param dims - sizes; default one axis of all elements
 * @throws {@link ShapeError} when the elements do not fill the sizes
 * @example
 * ```ts
 * tensor('int64', [3, 1]).data // => BigInt64Array [3n, 1n]
 * ```
 */
export function tensor<Type extends TensorType>(
  type: Type,
  elements: Elements<Type>,
  dims: readonly number[] = [elements.length],
): TensorOf<Type> {
  if (elementCount(dims) !== elements.length) {
    throw new ShapeError(
      `Tensor of ${type}: sizes [${dims.join(', ')}] need ${elementCount(dims)} elements; received ${elements.length}.`,
      { expected: elementCount(dims), received: elements.length, where: 'tensor' },
    )
  }
  return { type, dims, data: elementArray(type, elements) }
}

function elementArray<Type extends TensorType>(type: Type, elements: Elements<Type>): ArrayByType[Type] {
  if (type === 'string') return elements as ArrayByType[Type]
  const Class = arrayClass[type as NumericType]
  if (elements instanceof Class) return elements as ArrayByType[Type]
  if (type === 'int64' || type === 'uint64') {
    const integers = Array.from(elements as readonly (bigint | number)[], BigInt)
    return (Class as BigInt64ArrayConstructor).from(integers) as ArrayByType[Type]
  }
  return (Class as Float64ArrayConstructor).from(elements as readonly number[]) as ArrayByType[Type]
}

/** A tensor without axes that holds one element. */
export function scalar<Type extends TensorType>(type: Type, element: Elements<Type>[number]): TensorOf<Type> {
  return tensor(type, [element] as unknown as Elements<Type>, [])
}

/** The elements as bytes, a view of the same memory. The format is little-endian, as every machine that Node runs on. */
export function tensorBytes(value: NumericTensor): Uint8Array {
  return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength)
}

/**
 * A tensor from its bytes; copies when they do not start at a multiple of the element size.
 *
 * @throws {@link InternalError} when the bytes do not fill the sizes: readers check that first
 */
export function tensorFromBytes<Type extends NumericType>(
  type: Type,
  dims: readonly number[],
  bytes: Uint8Array,
): TensorOf<Type> {
  const Class = arrayClass[type]
  const count = elementCount(dims)
  if (bytes.byteLength !== count * Class.BYTES_PER_ELEMENT)
    throw new InternalError(
      `Bytes of a tensor of ${type}: expected ${count} elements, received ${bytes.byteLength} bytes.`,
    )
  // A copy by the constructor: slice() of a Buffer, in which Node gives files, is a view of the same bytes.
  const aligned = bytes.byteOffset % Class.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes)
  const data = new Class(aligned.buffer as ArrayBuffer, aligned.byteOffset, count)
  return { type, dims, data: data as ArrayByType[Type] }
}
