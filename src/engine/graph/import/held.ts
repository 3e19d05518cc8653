// What a name of a file stands for while its nodes are said again: numbers, a traced value, or sizes, of which some are
// known only when the graph runs. Sizes are kept apart so that arithmetic on shapes is done now.
import { floatsOfHalves } from '../../../base/index.js'
import type { TensorType, Tensor as OnnxTensor } from '../../onnx/index.js'
import { array, type DType, type NDArray } from '../array.js'
import { full } from '../creation.js'
import type { Dim } from '../dims.js'
import type { Tensor } from '../value.js'

/** A scalar or a list of sizes, at least one of them a name. */
export interface Sizes {
  readonly dims: readonly Dim[]
  readonly scalar: boolean
}

export type Held = Tensor | Sizes

export const isSizes = (held: Held | undefined): held is Sizes => held !== undefined && 'dims' in held

/** Sizes; plain numbers when all of them are known. */
export function sizes(dims: readonly Dim[], scalar = false): Held {
  if (dims.some((dim) => typeof dim !== 'number')) return { dims, scalar }
  return integers(dims as readonly number[], scalar ? [] : [dims.length])
}

/** Whole numbers as an array. */
export const integers = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): NDArray => ({
  dtype: 'int32',
  shape,
  data: Int32Array.from(values, narrow),
})

export const scalar = (value: number, dtype: DType): NDArray => full([], value, dtype)

// Files write "to the end" as the largest integer of 64 bits.
const [least, most] = [-(2 ** 31), 2 ** 31 - 1]

/** An integer of 64 bits in 32. */
export const narrow = (value: number | bigint): number => Math.min(most, Math.max(least, Number(value)))

const carried: { readonly [T in TensorType]?: DType } = {
  float32: 'float32',
  float64: 'float64',
  float16: 'float32',
  int8: 'int32',
  int16: 'int32',
  int32: 'int32',
  int64: 'int32',
  uint8: 'int32',
  uint16: 'int32',
  uint32: 'uint32',
  uint64: 'uint32',
  bool: 'bool',
}

/** The element type in which a type of files is carried: integers in 32 bits, halves as float32; undefined for text. */
export const carriedType = (type: TensorType): DType | undefined => carried[type]

/** A tensor of a file as an array; undefined for text. */
export function fromFile({ type, dims, data }: OnnxTensor): NDArray | undefined {
  const shape = [...dims]
  if (type === 'string') return undefined
  if (type === 'float16') return { dtype: 'float32', shape, data: floatsOfHalves(data) }
  if (type === 'int64') return { dtype: 'int32', shape, data: Int32Array.from(data, narrow) }
  const dtype = carriedType(type)!
  if (type === dtype) return { dtype, shape, data } as NDArray
  return array(Array.from(data, Number), { dtype, shape })
}
