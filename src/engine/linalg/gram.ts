// XᵀWX in one pass over the rows: the heart of least squares, Newton steps and principal components.
import type { Matrix, RowMajor } from './matrix.js'
import { addPanelProduct, paddedWidth, panel, type Panel, panelRows } from './panel.js'

/** How rows are weighted and columns moved and stretched while they are read. */
export interface GramOptions {
  /** One weight a row, of either sign; 1 when absent. */
  readonly weights?: Float64Array | undefined
  /** Subtracted from each column; 0 when absent. */
  readonly shift?: Float64Array | undefined
  /** Multiplied into each column after the shift; 1 when absent. */
  readonly scale?: Float64Array | undefined
  /** Adds a last column of ones, so that the result also holds column sums. */
  readonly withOnes?: boolean
  /** First row and the row after the last; all rows when absent. */
  readonly from?: number
  readonly to?: number
}

/**
 * The weighted matrix of products of columns, G = ZᵀWZ with Z = (X − shift)·scale.
 *
 * Rows are packed 128 at a time into column-major panels that stay in cache, then multiplied in 4 × 2 tiles;
 * costs n·p²/2 multiplications and no copy of X. Sums are double precision whatever X is.
 *
 * @param x - n × p, row-major, float32 or float64
 * @returns p × p, or (p + 1) × (p + 1) with ones; symmetric
 * @example
 * ```ts
 * gram(matrix(2, 2, [1, 2, 3, 4])).data // => Float64Array [10, 14, 14, 20]
 * ```
 */
export function gram(x: RowMajor, options: GramOptions = {}): Matrix {
  const size = x.columns + (options.withOnes ? 1 : 0)
  const stride = paddedWidth(size)
  const sums = new Float64Array(stride * stride)
  const right = panel(size)
  const left = options.weights ? panel(size) : right
  const end = options.to ?? x.rows
  for (let from = options.from ?? 0; from < end; from += panelRows) {
    const rows = Math.min(panelRows, end - from)
    pack(x, { from, rows, into: right }, options)
    if (options.weights) weigh({ from, rows, into: left }, right, options.weights)
    addPanelProduct(left, right, rows, { data: sums, stride, upper: true })
  }
  return mirrored(sums, stride, size)
}

interface Packing {
  readonly from: number
  readonly rows: number
  readonly into: Panel
}

function pack(x: RowMajor, packing: Packing, options: GramOptions): void {
  const { from, rows, into } = packing
  const { shift, scale } = options
  const { columns } = x
  for (let j = 0; j < columns; j++) {
    const move = shift ? shift[j]! : 0
    const stretch = scale ? scale[j]! : 1
    const at = j * into.length
    for (let r = 0, k = from * columns + j; r < rows; r++, k += columns) {
      into.data[at + r] = (x.data[k]! - move) * stretch
    }
  }
  if (options.withOnes) into.data.fill(1, columns * into.length, columns * into.length + rows)
}

function weigh(packing: Packing, plain: Panel, weights: Float64Array): void {
  const { from, rows, into } = packing
  for (let at = 0; at < plain.data.length; at += plain.length) {
    for (let r = 0; r < rows; r++) into.data[at + r] = plain.data[at + r]! * weights[from + r]!
  }
}

function mirrored(sums: Float64Array, stride: number, size: number): Matrix {
  const data = new Float64Array(size * size)
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) data[i * size + j] = data[j * size + i] = sums[i * stride + j]!
  }
  return { data, rows: size, columns: size }
}
