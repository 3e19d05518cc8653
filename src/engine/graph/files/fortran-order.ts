// Column-major order, in which NumPy stores transposed arrays and those of Fortran.
import { type DataByType, dataClass, type DType, type NDArray } from '../array.js'

/** Elements that lie column by column, row by row. */
export function rowMajor({ dtype, shape, data }: NDArray): DataByType[DType] {
  if (shape.length < 2) return data
  const result = new dataClass[dtype](data.length)
  // In column-major order the first axis is dense, and each next one strides over all before it.
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1))
  const width = shape.at(-1)!
  const step = strides.at(-1)!
  const index = shape.map(() => 0)
  for (let row = 0, from = 0; row < data.length; row += width) {
    for (let i = 0; i < width; i++) result[row + i] = data[from + i * step]!
    // The next row: count up from the last axis but one, as an odometer does.
    let axis = shape.length - 2
    for (; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return result
}
