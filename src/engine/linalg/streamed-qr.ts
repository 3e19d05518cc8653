// The triangular factor of a matrix that arrives in blocks of rows: QR accuracy in the memory of a Gram matrix.
import type { Matrix } from './matrix.js'
import { householder, upperFactor } from './qr.js'

/** Takes rows, keeps their triangular factor. */
export interface StreamedQr {
  /** Adds rows of `columns` numbers, row-major. */
  add(rows: Float64Array): void
  /** The factor R of all rows so far: RᵀR = AᵀA; at most `columns` rows. */
  factor(): Matrix
}

// Blocks of four times the width waste a fifth of the work on the carried triangle; more would leave the caches.
const blockFactor = 4
// Narrow matrices still deserve blocks that are worth a call.
const leastBlockRows = 256

/**
 * Sequential tall-skinny QR (Demmel, Grigori, Hoemmen & Langou, SIAM J. Sci. Comput. 34:1, 2012).
 * Append b as a last column to carry Qᵀb along.
 */
export function streamedQr(columns: number): StreamedQr {
  const blockRows = Math.max(leastBlockRows, blockFactor * columns)
  const block = new Float64Array((columns + blockRows) * columns)
  let filled = 0
  const reduce = (): Matrix => {
    const part = { data: block.subarray(0, filled), rows: filled / columns, columns }
    const r = upperFactor(householder(part, { pivot: false }))
    block.set(r.data)
    filled = r.data.length
    return r
  }
  return {
    add(rows) {
      let taken = 0
      while (taken < rows.length) {
        const count = Math.min(rows.length - taken, block.length - filled)
        block.set(rows.subarray(taken, taken + count), filled)
        taken += count
        filled += count
        if (filled === block.length) reduce()
      }
    },
    factor: () => reduce(),
  }
}
