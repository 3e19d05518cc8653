// Singular values by rotations: slower than reduction to two diagonals, but small singular values keep their digits.
import { ConvergenceError } from '../../base/index.js'
import { dot, norm } from './dot.js'
import { identity, type Matrix, matrix, transpose } from './matrix.js'
import { matmul } from './matmul.js'
import { qr } from './qr.js'

/** A = U·diag(values)·Vᵀ. */
export interface Svd {
  /** m × k with orthonormal columns, k = min(m, n). */
  readonly u: Matrix
  /** In falling order. */
  readonly values: Float64Array
  /** k × n with orthonormal rows. */
  readonly vt: Matrix
}

/**
 * Thin singular value decomposition.
 *
 * Pivoted QR first, then one-sided Jacobi rotations on the rows of R (Drmač & Veselić, SIAM J. Matrix Anal. Appl.
 * 29:4, 2008): k sweeps of n³ operations, k around 6.
 *
 * @param a - m × n, any shape
 * @throws ConvergenceError when the matrix holds NaN or infinity
 * @example
 * ```ts
 * svd(matrix(2, 2, [0, 2, 3, 0])).values // => Float64Array [3, 2]
 * ```
 */
export function svd(a: Matrix): Svd {
  if (a.rows < a.columns) {
    const turned = svd(transpose(a))
    return { u: transpose(turned.vt), values: turned.values, vt: transpose(turned.u) }
  }
  const { q, r, permutation } = qr(a)
  const rows = matrix(r.rows, r.columns, r.data)
  const turns = identity(r.rows)
  makeRowsOrthogonal(rows, turns)
  return assemble(q, { rows, turns }, permutation)
}

// Quadratic convergence needs 5 to 10 sweeps at any size; 60 means that the numbers are not finite.
const maxSweeps = 60

function makeRowsOrthogonal(rows: Matrix, turns: Matrix): void {
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let turned = false
    for (let i = 0; i < rows.rows - 1; i++) {
      for (let j = i + 1; j < rows.rows; j++) if (orthogonalize(rows, turns, { i, j })) turned = true
    }
    if (!turned) return
  }
  throw new ConvergenceError(
    'singular values: no convergence: expected a matrix of finite numbers, received NaN or infinity; clean the data first',
    { iterations: maxSweeps },
  )
}

/** Turns rows i and j in their plane until they are orthogonal; false when they were already. */
function orthogonalize(rows: Matrix, turns: Matrix, pair: { i: number; j: number }): boolean {
  const { data, columns: n } = rows
  const a = { data, at: pair.i * n }
  const b = { data, at: pair.j * n }
  const aa = dot(a, a, n)
  const bb = dot(b, b, n)
  const ab = dot(a, b, n)
  // Rounding of a product of n terms; below it a rotation would turn noise.
  if (ab === 0 || Math.abs(ab) <= n * Number.EPSILON * Math.sqrt(aa * bb)) return false
  const half = (bb - aa) / (2 * ab)
  const tangent = (half < 0 ? -1 : 1) / (Math.abs(half) + Math.hypot(1, half))
  const cosine = 1 / Math.hypot(1, tangent)
  const turn = { cosine, sine: cosine * tangent }
  rotate(rows, pair, turn)
  rotate(turns, pair, turn)
  return true
}

interface Turn {
  readonly cosine: number
  readonly sine: number
}

function rotate(target: Matrix, pair: { i: number; j: number }, turn: Turn): void {
  const { data, columns: n } = target
  const { cosine, sine } = turn
  let j = pair.j * n
  for (let i = pair.i * n, end = i + n; i < end; i++, j++) {
    const x = data[i]!
    const y = data[j]!
    data[i] = cosine * x - sine * y
    data[j] = sine * x + cosine * y
  }
}

/** From J·R = Σ·Wᵀ and A·P = Q·R: A = (Q·Jᵀ)·Σ·(P·W)ᵀ. */
function assemble(q: Matrix, turned: { rows: Matrix; turns: Matrix }, permutation: Int32Array): Svd {
  const { rows, turns } = turned
  const n = rows.columns
  const lengths = Float64Array.from({ length: rows.rows }, (_, i) => norm({ data: rows.data, at: i * n }, n))
  const order = Array.from(lengths, (_, i) => i).sort((i, j) => lengths[j]! - lengths[i]!)
  const values = Float64Array.from(order, (i) => lengths[i]!)
  const vt = matrix(rows.rows, n)
  const orderedTurns = matrix(turns.rows, turns.columns)
  order.forEach((from, to) => {
    orderedTurns.data.set(
      turns.data.subarray(from * turns.columns, (from + 1) * turns.columns),
      to * turns.columns,
    )
    if (lengths[from]! === 0) return
    for (let j = 0; j < n; j++) vt.data[to * n + permutation[j]!] = rows.data[from * n + j]! / lengths[from]!
  })
  return { u: matmul(q, transpose(orderedTurns)), values, vt: completed(vt, values, values[0] ?? 0) }
}

/** Rows of singular value zero (or pure rounding) carry no direction: gives them one, orthogonal to all others. */
function completed(vt: Matrix, values: Float64Array, largest: number): Matrix {
  const noise = vt.columns * Number.EPSILON * largest
  const sound = values.filter((value) => value > noise).length
  return sound === vt.rows ? vt : withFreshRows(vt, sound)
}

function withFreshRows(vt: Matrix, sound: number): Matrix {
  const n = vt.columns
  const leading = transpose({ data: vt.data.slice(0, sound * n), rows: sound, columns: n })
  // The columns of Q beyond the rank span the complement: ask for them by appending the identity.
  const wide = matrix(n, sound + n)
  for (let i = 0; i < n; i++) {
    wide.data.set(leading.data.subarray(i * sound, (i + 1) * sound), i * wide.columns)
    wide.data[i * wide.columns + sound + i] = 1
  }
  const { q } = qr(wide, { pivot: false })
  const qt = transpose(q)
  const data = vt.data.slice()
  for (let i = sound; i < vt.rows; i++) data.set(qt.data.subarray(i * n, (i + 1) * n), i * n)
  return { data, rows: vt.rows, columns: n }
}
