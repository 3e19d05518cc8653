// Walking arrays of any rank.
import { dataClass, type DType, type NDArray, sizeOf } from '../array.js'

/** Elements between neighbors along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  return strides
}

/** The strides with which an array of a shape is read as one of a larger shape that it broadcasts to. */
export function broadcastStrides(shape: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(shape)
  return to.map((_, i) => {
    const axis = i - (to.length - shape.length)
    return axis < 0 || shape[axis] === 1 ? 0 : own[axis]!
  })
}

/** For each index in order, where it stands in memory with the given strides. */
export function positions(shape: readonly number[], strides: readonly number[], offset = 0): Int32Array {
  const result = new Int32Array(sizeOf(shape))
  let filled = 1
  result[0] = offset
  // From the last axis outwards: what is there is repeated, moved by the stride.
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const block = filled
    for (let i = 1; i < shape[axis]!; i++)
      for (let j = 0; j < block; j++) result[filled++] = result[j]! + i * strides[axis]!
  }
  return result
}

/** An array made of the elements of another, by where each stands there. */
export function picked(from: NDArray, shape: readonly number[], where: Int32Array): NDArray {
  const data = new dataClass[from.dtype](where.length)
  for (let i = 0; i < where.length; i++) data[i] = from.data[where[i]!]!
  return { dtype: from.dtype, shape, data } as NDArray
}

/** A new array of a type. */
export function blank(dtype: DType, shape: readonly number[]): NDArray {
  return { dtype, shape, data: new dataClass[dtype](sizeOf(shape)) } as NDArray
}
