// Elements by their indices. Indices outside of an axis are an error, as they are in the runtime.
import { DataError } from '../../../base/index.js'
import { type NDArray, sizeOf } from '../array.js'
import type { IndexParams } from '../primitives.js'
import type { Rules } from './rule.js'
import { blank, positions, stridesOf } from './strides.js'

function checked(index: number, length: number): number {
  const at = index < 0 ? index + length : index
  if (at >= 0 && at < length) return at
  throw new DataError(
    `gather: index ${index} is outside of an axis of length ${length}. Indices count from 0, or from −1 at the end.`,
    { received: index, expected: length },
  )
}

/** Calls back with the place of each element of slices: [in the array by indices, in the array of slices]. */
function eachSlice(
  shape: readonly number[],
  axis: number,
  indices: NDArray,
  visit: (whole: number, part: number) => void,
): void {
  const [outer, length, inner] = [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))]
  const count = indices.data.length
  for (let o = 0; o < outer; o++)
    for (let k = 0; k < count; k++) {
      const from = (o * length + checked(indices.data[k]!, length)) * inner
      for (let i = 0; i < inner; i++) visit(from + i, (o * count + k) * inner + i)
    }
}

/** Calls back with the place of each single element: [in the array by indices, among the indices]. */
function eachElement(
  shape: readonly number[],
  axis: number,
  indices: NDArray,
  visit: (whole: number, part: number) => void,
): void {
  const strides = stridesOf(shape)
  const bases = positions(
    indices.shape,
    strides.map((stride, i) => (i === axis ? 0 : stride)),
  )
  for (let i = 0; i < indices.data.length; i++)
    visit(bases[i]! + checked(indices.data[i]!, shape[axis]!) * strides[axis]!, i)
}

export const indexRules: Rules<keyof IndexParams> = {
  gather([x, indices], { axis }) {
    const { shape, dtype, data } = x!
    const result = blank(dtype, [...shape.slice(0, axis), ...indices!.shape, ...shape.slice(axis + 1)])
    eachSlice(shape, axis, indices!, (whole, part) => (result.data[part] = data[whole]!))
    return [result]
  },
  scatterAdd([indices, updates], { axis, shape }) {
    const result = blank(updates!.dtype, shape as readonly number[])
    eachSlice(result.shape, axis, indices!, (whole, part) => (result.data[whole]! += updates!.data[part]!))
    return [result]
  },
  takeAlong([x, indices], { axis }) {
    const result = blank(x!.dtype, indices!.shape)
    eachElement(x!.shape, axis, indices!, (whole, part) => (result.data[part] = x!.data[whole]!))
    return [result]
  },
  scatterAlong([indices, updates], { axis, shape }) {
    const result = blank(updates!.dtype, shape as readonly number[])
    eachElement(result.shape, axis, indices!, (whole, part) => (result.data[whole]! += updates!.data[part]!))
    return [result]
  },
}
