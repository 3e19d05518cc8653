// The innermost product of all matrix products here: columns against columns of two packed panels, 4 × 2 at a time.

/**
 * A stretch of rows, stored column after column: number r of column c stands at `data[c * length + r]`.
 * `width` is a multiple of four; columns beyond the true ones are zero.
 */
export interface Panel {
  readonly data: Float64Array
  readonly width: number
  readonly length: number
}

/** Rows in a panel: 128 × 28 doubles fill 28 KiB, just within a first cache of 32 KiB. */
export const panelRows = 128

/** The number of columns rounded up to whole tiles of four. */
export const paddedWidth = (columns: number): number => (columns + 3) & ~3

/** An empty panel for the given number of columns. */
export function panel(columns: number, length = panelRows): Panel {
  const width = paddedWidth(columns)
  return { data: new Float64Array(width * length), width, length }
}

/** Where products are added: element (i, j) at `data[i * stride + j]`; `upper` skips tiles below the diagonal. */
export interface PanelTarget {
  readonly data: Float64Array
  readonly stride: number
  readonly upper: boolean
}

/** Adds leftᵀ·right over the first `rows` rows of both panels to the target. */
export function addPanelProduct(left: Panel, right: Panel, rows: number, target: PanelTarget): void {
  for (let i = 0; i < left.width; i += 4) {
    for (let j = target.upper ? i : 0; j < right.width; j += 2) addTile(left, right, { i, j, rows, target })
  }
}

interface Tile {
  readonly i: number
  readonly j: number
  readonly rows: number
  readonly target: PanelTarget
}

function addTile(left: Panel, right: Panel, tile: Tile): void {
  const a = left.data
  const b = right.data
  const { i, j, rows, target } = tile
  const a0 = i * left.length
  const a1 = a0 + left.length
  const a2 = a1 + left.length
  const a3 = a2 + left.length
  const b0 = j * right.length
  const b1 = b0 + right.length
  // Eight sums stay in registers while six numbers are read: V8 keeps up to sixteen.
  let s00 = 0
  let s01 = 0
  let s10 = 0
  let s11 = 0
  let s20 = 0
  let s21 = 0
  let s30 = 0
  let s31 = 0
  for (let r = 0; r < rows; r++) {
    const y0 = b[b0 + r]!
    const y1 = b[b1 + r]!
    const x0 = a[a0 + r]!
    const x1 = a[a1 + r]!
    s00 += x0 * y0
    s01 += x0 * y1
    s10 += x1 * y0
    s11 += x1 * y1
    const x2 = a[a2 + r]!
    const x3 = a[a3 + r]!
    s20 += x2 * y0
    s21 += x2 * y1
    s30 += x3 * y0
    s31 += x3 * y1
  }
  const out = target.data
  const at = i * target.stride + j
  const { stride } = target
  out[at]! += s00
  out[at + 1]! += s01
  out[at + stride]! += s10
  out[at + stride + 1]! += s11
  out[at + 2 * stride]! += s20
  out[at + 2 * stride + 1]! += s21
  out[at + 3 * stride]! += s30
  out[at + 3 * stride + 1]! += s31
}
