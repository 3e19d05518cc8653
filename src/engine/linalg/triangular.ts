// Triangular systems, solved in place. Only the named triangle is read.
import { dot, addScaled } from './dot.js'
import type { Matrix } from './matrix.js'

/** Solves L·x = b for lower triangular L; overwrites `b` with x. Reads the leading `size` rows and columns. */
export function solveLower(l: Matrix, b: Float64Array, size = l.rows): void {
  for (let i = 0; i < size; i++) {
    const at = i * l.columns
    const known = dot({ data: l.data, at }, { data: b, at: 0 }, i)
    b[i] = (b[i]! - known) / l.data[at + i]!
  }
}

/** Solves Lᵀ·x = b for lower triangular L; overwrites `b` with x. */
export function solveLowerTransposed(l: Matrix, b: Float64Array, size = l.rows): void {
  for (let i = size - 1; i >= 0; i--) {
    const at = i * l.columns
    b[i] = b[i]! / l.data[at + i]!
    addScaled(-b[i]!, { data: l.data, at }, { data: b, at: 0 }, i)
  }
}

/** Solves R·x = b for upper triangular R; overwrites `b` with x. */
export function solveUpper(r: Matrix, b: Float64Array, size = r.rows): void {
  for (let i = size - 1; i >= 0; i--) {
    const at = i * r.columns + i
    const known = dot({ data: r.data, at: at + 1 }, { data: b, at: i + 1 }, size - 1 - i)
    b[i] = (b[i]! - known) / r.data[at]!
  }
}

/** Solves Rᵀ·x = b for upper triangular R; overwrites `b` with x. */
export function solveUpperTransposed(r: Matrix, b: Float64Array, size = r.rows): void {
  for (let i = 0; i < size; i++) {
    const at = i * r.columns + i
    b[i] = b[i]! / r.data[at]!
    addScaled(-b[i]!, { data: r.data, at: at + 1 }, { data: b, at: i + 1 }, size - 1 - i)
  }
}
