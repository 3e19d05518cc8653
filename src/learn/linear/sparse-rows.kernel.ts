// Rows without their zeros: one-hot columns are mostly zero, and a Gram matrix costs the square of what is kept.
import type { Matrix } from '../../engine/linalg/index.js'

/** Row i holds `values[k]` in column `columns[k]` for k from `starts[i]` up to `starts[i + 1]`. */
export interface SparseRows {
  readonly starts: Uint32Array
  readonly columns: Int32Array
  readonly values: Float64Array
}

/** What is done to a column while it is stored. */
export interface SparsePlacement {
  readonly shift: Float64Array
  readonly scale: Float64Array
  readonly intercept: boolean
}

/** Stores (x − shift)·scale where it is not zero, and a last 1 in each row with an intercept. */
export function sparseRows(x: Matrix, placement: SparsePlacement): SparseRows {
  const starts = countEntries(x, placement)
  const columns = new Int32Array(starts[x.rows]!)
  const values = new Float64Array(columns.length)
  const { shift, scale } = placement
  let at = 0
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0, k = i * x.columns; j < x.columns; j++, k++) {
      const value = (x.data[k]! - shift[j]!) * scale[j]!
      if (value === 0) continue
      columns[at] = j
      values[at++] = value
    }
    if (!placement.intercept) continue
    columns[at] = x.columns
    values[at++] = 1
  }
  return { starts, columns, values }
}

function countEntries(x: Matrix, placement: SparsePlacement): Uint32Array {
  const { shift, scale } = placement
  const starts = new Uint32Array(x.rows + 1)
  let total = 0
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0, k = i * x.columns; j < x.columns; j++, k++) {
      if ((x.data[k]! - shift[j]!) * scale[j]! !== 0) total++
    }
    if (placement.intercept) total++
    starts[i + 1] = total
  }
  return starts
}
