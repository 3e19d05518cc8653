// The one matrix type of the kernels: plain numbers, row after row.
import { assert } from '../../base/index.js'

/** A dense matrix: element (i, j) stands at `data[i * columns + j]`. */
export interface Matrix {
  readonly data: Float64Array
  readonly rows: number
  readonly columns: number
}

/** A dense matrix whose elements may be single precision; kernels accumulate in double precision. */
export interface RowMajor {
  readonly data: Float64Array | Float32Array
  readonly rows: number
  readonly columns: number
}

/** Wraps row-major numbers as a matrix; without numbers, a matrix of zeros. */
export function matrix(rows: number, columns: number, data?: ArrayLike<number>): Matrix {
  const own = data instanceof Float64Array ? data : data ? Float64Array.from(data) : undefined
  const result = { data: own ?? new Float64Array(rows * columns), rows, columns }
  assert(result.data.length === rows * columns, 'the length of a matrix is rows times columns')
  return result
}

/** The identity matrix of the given size. */
export function identity(size: number): Matrix {
  const result = matrix(size, size)
  for (let i = 0; i < size; i++) result.data[i * size + i] = 1
  return result
}

// 32 × 32 doubles are 8 KiB: source and target tile fit the first cache (32 KiB) together.
const transposeTile = 32

/** The transposed matrix, copied tile by tile so that both sides stay in cache. */
export function transpose(a: Matrix): Matrix {
  const { rows, columns, data } = a
  const out = new Float64Array(rows * columns)
  for (let i0 = 0; i0 < rows; i0 += transposeTile) {
    const iEnd = Math.min(rows, i0 + transposeTile)
    for (let j0 = 0; j0 < columns; j0 += transposeTile) {
      const jEnd = Math.min(columns, j0 + transposeTile)
      for (let i = i0; i < iEnd; i++)
        for (let j = j0; j < jEnd; j++) out[j * rows + i] = data[i * columns + j]!
    }
  }
  return { data: out, rows: columns, columns: rows }
}
