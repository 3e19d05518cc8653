// The model matrix: what learners see. Row-major, because a row is what a prediction needs.
import { DataError, ShapeError } from '../base/index.js'
import { asNumbers, type NumberArray } from './column.js'
import type { Table } from './table.js'

export type MatrixType = 'float32' | 'float64'

/** A dense row-major matrix with named columns; NaN is missing. */
export interface Matrix {
  readonly data: Float32Array | Float64Array
  readonly rows: number
  readonly columns: number
  readonly names: readonly string[]
}

/**
 * Stacks the columns of a table into a row-major matrix: numbers as they are, booleans 0/1, timestamps in ms.
 *
 * Cost: one pass, in blocks of rows so that a block stays in cache.
 *
 * @throws {@link DataError} for a text column, with what to do
 */
export function toMatrix(table: Table, type: MatrixType): Matrix {
  const rows = table.rowCount
  const columns = table.names.length
  const data = type === 'float32' ? new Float32Array(rows * columns) : new Float64Array(rows * columns)
  const sources = table.names.map((name) => asNumbers(table.col(name)) ?? textColumn(name))
  // 4096 rows × one column of float64 is 32 KiB: an L1 cache.
  for (let start = 0; start < rows; start += 4096) {
    const end = Math.min(rows, start + 4096)
    sources.forEach((source, j) => copyColumn(source, { data, columns, j, start, end }))
  }
  return { data, rows, columns, names: table.names }
}

interface Block {
  readonly data: Float32Array | Float64Array
  readonly columns: number
  readonly j: number
  readonly start: number
  readonly end: number
}

function copyColumn(source: NumberArray, { data, columns, j, start, end }: Block): void {
  for (let row = start, at = start * columns + j; row < end; row++, at += columns) data[at] = source[row]!
}

/** @throws {@link DataError} always: says how text becomes numbers */
export function textColumn(name: string): never {
  throw new DataError(
    `Column '${name}' holds text, expected numbers. Put autoPrepare() or oneHot() before the learner: pipeline(autoPrepare(), …).`,
    { column: name },
  )
}

/** Wraps numbers as a matrix. @throws {@link ShapeError} when sizes disagree */
export function matrix(
  data: Float32Array | Float64Array,
  shape: { readonly rows: number; readonly columns: number; readonly names?: readonly string[] },
): Matrix {
  const { rows, columns, names = Array.from({ length: columns }, (_, j) => `x${j}`) } = shape
  if (data.length !== rows * columns || names.length !== columns) {
    throw new ShapeError(
      `matrix: expected ${rows} × ${columns} = ${rows * columns} numbers, received ${data.length}.`,
      { expected: [rows, columns], received: data.length, where: 'matrix' },
    )
  }
  return { data, rows, columns, names }
}
