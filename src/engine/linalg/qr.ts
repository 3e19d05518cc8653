// Householder QR with column pivoting: the safe way to solve, and the way to tell the rank.
import { addScaled, dot, norm } from './dot.js'
import { type Matrix, matrix, transpose } from './matrix.js'

/** A·P = Q·R: column k of A·P is column `permutation[k]` of A. */
export interface Qr {
  /** m × k with orthonormal columns, k = min(m, n). */
  readonly q: Matrix
  /** k × n, upper trapezoidal; with pivoting its diagonal falls in size. */
  readonly r: Matrix
  readonly permutation: Int32Array
  /** Diagonal elements above `rankTolerance` times the first. */
  readonly rank: number
}

/** Settings of a QR decomposition. */
export interface QrOptions {
  /** Takes the longest remaining column first; default true. */
  readonly pivot?: boolean
  /** Relative size below which a diagonal element counts as zero; default max(m, n)·2⁻⁵². */
  readonly rankTolerance?: number
}

/** Reflectors before Q is written out. Columns of A lie one after another. */
export interface HouseholderFactors {
  /** n × m: row k is column k of R above its diagonal, and the k-th reflector from there on. */
  readonly columns: Matrix
  readonly diagonal: Float64Array
  /** Each reflector is I − β·v·vᵀ. */
  readonly beta: Float64Array
  readonly permutation: Int32Array
  readonly rank: number
}

/**
 * Thin QR decomposition by Householder reflections (Golub & Van Loan, Matrix Computations, sections 5.2 and 5.4).
 *
 * @param a - m × n, any shape
 * @example
 * ```ts
 * qr(matrix(2, 1, [3, 4])).r.data // => Float64Array [-5]
 * ```
 */
export function qr(a: Matrix, options: QrOptions = {}): Qr {
  const factors = householder(a, options)
  const count = factors.diagonal.length
  const qt = matrix(count, a.rows)
  for (let k = count - 1; k >= 0; k--) {
    qt.data[k * a.rows + k] = 1
    for (let j = k; j < count; j++) reflect(factors, k, { data: qt.data, at: j * a.rows })
  }
  return { q: transpose(qt), r: upperFactor(factors), permutation: factors.permutation, rank: factors.rank }
}

/** The reflectors of A, for callers that need Qᵀb or R but never Q. */
export function householder(a: Matrix, options: QrOptions = {}): HouseholderFactors {
  const columns = transpose(a)
  const m = a.rows
  const n = a.columns
  const count = Math.min(m, n)
  const diagonal = new Float64Array(count)
  const beta = new Float64Array(count)
  const permutation = Int32Array.from({ length: n }, (_, i) => i)
  const factors = { columns, diagonal, beta, permutation, rank: 0 }
  const norms = columnNorms(columns, 0, 0)
  const exact = norms.slice()
  for (let k = 0; k < count; k++) {
    if (options.pivot ?? true) takeLongest(factors, { norms, exact }, k)
    diagonal[k] = makeReflector(columns, k, beta)
    for (let j = k + 1; j < n; j++) {
      reflect(factors, k, { data: columns.data, at: j * m })
      shorten({ norms, exact }, columns, { j, k })
    }
  }
  return {
    ...factors,
    rank: numericalRank(diagonal, options.rankTolerance ?? Math.max(m, n) * Number.EPSILON),
  }
}

/** Replaces the vector of length m at the stretch by Qᵀ times it. */
export function applyQTransposed(factors: HouseholderFactors, b: Float64Array): void {
  for (let k = 0; k < factors.diagonal.length; k++) reflect(factors, k, { data: b, at: 0 })
}

/** Replaces the vector of length m by Q times it. */
export function applyQ(factors: HouseholderFactors, b: Float64Array): void {
  for (let k = factors.diagonal.length - 1; k >= 0; k--) reflect(factors, k, { data: b, at: 0 })
}

/** R as its own matrix: k × n, upper trapezoidal. */
export function upperFactor(factors: HouseholderFactors): Matrix {
  const { columns, diagonal } = factors
  const r = matrix(diagonal.length, columns.rows)
  for (let j = 0; j < columns.rows; j++) {
    for (let i = 0; i < Math.min(j, diagonal.length); i++) {
      r.data[i * r.columns + j] = columns.data[j * columns.columns + i]!
    }
    if (j < diagonal.length) r.data[j * r.columns + j] = diagonal[j]!
  }
  return r
}

/** Turns the tail of column k into a reflector that maps it to a multiple of the first axis; returns that multiple. */
function makeReflector(columns: Matrix, k: number, beta: Float64Array): number {
  const { data, columns: m } = columns
  const at = k * m + k
  const length = norm({ data, at }, m - k)
  if (length === 0) return 0
  const head = data[at]!
  // The sign away from the head avoids cancellation; v is scaled so that v₁ = 1 keeps v in range.
  const target = head > 0 ? -length : length
  const first = head - target
  for (let i = at + 1; i < (k + 1) * m; i++) data[i] = data[i]! / first
  data[at] = 1
  beta[k] = -first / target
  return target
}

function reflect(factors: HouseholderFactors, k: number, b: { data: Float64Array; at: number }): void {
  const m = factors.columns.columns
  const v = { data: factors.columns.data, at: k * m + k }
  const tail = { data: b.data, at: b.at + k }
  const factor = factors.beta[k]! * dot(v, tail, m - k)
  if (factor !== 0) addScaled(-factor, v, tail, m - k)
}

interface Norms {
  readonly norms: Float64Array
  /** The lengths when they were last computed afresh. */
  readonly exact: Float64Array
}

function columnNorms(columns: Matrix, from: number, skip: number): Float64Array {
  const { data, rows, columns: m } = columns
  const out = new Float64Array(rows)
  for (let j = from; j < rows; j++) out[j] = norm({ data, at: j * m + skip }, m - skip)
  return out
}

function takeLongest(factors: HouseholderFactors, lengths: Norms, k: number): void {
  const { norms, exact } = lengths
  let best = k
  for (let j = k + 1; j < norms.length; j++) if (norms[j]! > norms[best]!) best = j
  if (best === k) return
  const { data, columns: m } = factors.columns
  const held = data.slice(k * m, (k + 1) * m)
  data.copyWithin(k * m, best * m, (best + 1) * m)
  data.set(held, best * m)
  for (const list of [norms, exact, factors.permutation]) {
    const number = list[k]!
    list[k] = list[best]!
    list[best] = number
  }
}

/** Takes the part just eliminated out of a column's length; computes it afresh once cancellation has eaten half the digits. */
function shorten(lengths: Norms, columns: Matrix, at: { j: number; k: number }): void {
  const { norms, exact } = lengths
  const { j, k } = at
  if (norms[j] === 0) return
  const m = columns.columns
  const share = columns.data[j * m + k]! / norms[j]!
  norms[j] = norms[j]! * Math.sqrt(Math.max(0, 1 - share * share))
  // 1e-8 is the square root of the machine precision (Drmač & Bujanović, ACM TOMS 35:2, 2008).
  if (norms[j]! > 1e-8 * exact[j]!) return
  norms[j] = exact[j] = norm({ data: columns.data, at: j * m + k + 1 }, m - k - 1)
}

function numericalRank(diagonal: Float64Array, tolerance: number): number {
  let largest = 0
  for (const element of diagonal) largest = Math.max(largest, Math.abs(element))
  return diagonal.filter((element) => Math.abs(element) > tolerance * largest).length
}
