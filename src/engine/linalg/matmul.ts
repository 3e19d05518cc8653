// Dense matrix products.
import { assert } from '../../base/index.js'
import { dot } from './dot.js'
import type { Matrix } from './matrix.js'
import { addPanelProduct, paddedWidth, panel, type Panel, panelRows } from './panel.js'

// Columns of one strip of B: 64 × 128 doubles are 64 KiB and live in the second cache while all of A streams by.
const stripColumns = 64
// Rows of one strip of A: 32 × 128 doubles are 32 KiB, one first cache.
const stripRows = 32

/**
 * The product A·B, blocked for the caches: both factors are packed in panels of 128 inner indices.
 *
 * @param a - m × k
 * @param b - k × n
 * @returns m × n
 * @example
 * ```ts
 * matmul(matrix(1, 2, [1, 2]), matrix(2, 1, [3, 4])).data // => Float64Array [11]
 * ```
 */
export function matmul(a: Matrix, b: Matrix): Matrix {
  assert(a.columns === b.rows, 'the inner sizes of a matrix product agree')
  const stride = paddedWidth(b.columns)
  const out = new Float64Array(paddedWidth(a.rows) * stride)
  const left = panel(stripRows)
  for (let k = 0; k < a.columns; k += panelRows) {
    const depth = Math.min(panelRows, a.columns - k)
    const strips = packStrips(b, k, depth)
    for (let i = 0; i < a.rows; i += stripRows) {
      const height = packRows(a, { row: i, inner: k, depth }, left)
      const part = { data: left.data, width: height, length: left.length }
      const rowsOut = out.subarray(i * stride)
      strips.forEach((strip, s) => {
        addPanelProduct(part, strip, depth, {
          data: rowsOut.subarray(s * stripColumns),
          stride,
          upper: false,
        })
      })
    }
  }
  return { data: cropped(out, stride, a.rows, b.columns), rows: a.rows, columns: b.columns }
}

function packStrips(b: Matrix, inner: number, depth: number): Panel[] {
  const strips: Panel[] = []
  for (let j0 = 0; j0 < b.columns; j0 += stripColumns) {
    const strip = panel(Math.min(stripColumns, b.columns - j0))
    const count = Math.min(stripColumns, b.columns - j0)
    for (let r = 0; r < depth; r++) {
      const at = (inner + r) * b.columns + j0
      for (let j = 0; j < count; j++) strip.data[j * strip.length + r] = b.data[at + j]!
    }
    strips.push(strip)
  }
  return strips
}

/** Packs up to a strip of rows of A; returns their number rounded up to whole tiles. */
function packRows(a: Matrix, at: { row: number; inner: number; depth: number }, into: Panel): number {
  const count = Math.min(stripRows, a.rows - at.row)
  into.data.fill(0)
  for (let i = 0; i < count; i++) {
    const from = (at.row + i) * a.columns + at.inner
    into.data.set(a.data.subarray(from, from + at.depth), i * into.length)
  }
  return paddedWidth(count)
}

function cropped(padded: Float64Array, stride: number, rows: number, columns: number): Float64Array {
  if (stride === columns) return padded.slice(0, rows * columns)
  const out = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) out.set(padded.subarray(i * stride, i * stride + columns), i * columns)
  return out
}

/** The product A·x of a matrix and a vector. */
export function multiplyVector(a: Matrix, x: Float64Array): Float64Array {
  const out = new Float64Array(a.rows)
  for (let i = 0; i < a.rows; i++) {
    out[i] = dot({ data: a.data, at: i * a.columns }, { data: x, at: 0 }, a.columns)
  }
  return out
}
