// Cholesky factors of symmetric matrices: the fast way to solve when the matrix is safely positive definite.
import { dot, addScaled } from './dot.js'
import type { Matrix } from './matrix.js'
import { solveLower, solveLowerTransposed } from './triangular.js'

/**
 * The lower factor of A = L·Lᵀ, or undefined when a pivot falls to `tolerance` times its diagonal element.
 *
 * Row by row (each element is one scalar product of contiguous rows); n³/6 multiplications.
 *
 * @param a - symmetric, the lower triangle is read
 * @param tolerance - smallest trusted ratio of pivot to diagonal; default n·2⁻⁵², where rounding alone could
 *   produce the pivot (Higham, Accuracy and Stability of Numerical Algorithms, section 10.1)
 * @example
 * ```ts
 * cholesky(matrix(2, 2, [4, 2, 2, 5]))?.data // => Float64Array [2, 0, 1, 2]
 * cholesky(matrix(2, 2, [1, 1, 1, 1])) // => undefined
 * ```
 */
export function cholesky(a: Matrix, tolerance = a.rows * Number.EPSILON): Matrix | undefined {
  const n = a.rows
  const data = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    const row = { data, at: i * n }
    for (let j = 0; j < i; j++) {
      const known = dot(row, { data, at: j * n }, j)
      data[i * n + j] = (a.data[i * n + j]! - known) / data[j * n + j]!
    }
    const diagonal = a.data[i * n + i]!
    const pivot = diagonal - dot(row, row, i)
    // Written so that NaN fails too.
    if (!(pivot > tolerance * diagonal)) return undefined
    data[i * n + i] = Math.sqrt(pivot)
  }
  return { data, rows: n, columns: n }
}

/** Solves A·x = b from the lower factor of A; returns x. */
export function solveCholesky(l: Matrix, b: Float64Array): Float64Array {
  const x = b.slice()
  solveLower(l, x)
  solveLowerTransposed(l, x)
  return x
}

/** A pivoted factor: the symmetric matrix, its rows and columns taken in the order `permutation`, is RᵀR. */
export interface PivotedCholesky {
  /** rank × n, upper trapezoidal. */
  readonly r: Matrix
  readonly permutation: Int32Array
  readonly rank: number
  /** The smallest pivot that was accepted and the largest that was refused. */
  readonly smallestPivot: number
  readonly refusedPivot: number
}

/**
 * Cholesky factor of a positive semidefinite matrix with diagonal pivoting, stopped where the pivots end.
 *
 * @param a - symmetric; scale it to a unit diagonal first so that pivots of all columns compare
 * @param tolerance - pivots at or below this end the factor
 */
export function pivotedCholesky(a: Matrix, tolerance: number): PivotedCholesky {
  const n = a.rows
  const rest = a.data.slice()
  const permutation = Int32Array.from({ length: n }, (_, i) => i)
  const r = new Float64Array(n * n)
  let smallestPivot = Infinity
  let rank = 0
  for (; rank < n; rank++) {
    const best = largestDiagonal(rest, n, rank)
    const pivot = rest[best * n + best]!
    if (!(pivot > tolerance)) break
    smallestPivot = Math.min(smallestPivot, pivot)
    if (best !== rank) exchange({ rest, r, permutation, n }, rank, best)
    const root = Math.sqrt(pivot)
    for (let j = rank; j < n; j++) r[rank * n + j] = rest[rank * n + j]! / root
    for (let i = rank + 1; i < n; i++) {
      const from = { data: r, at: rank * n + i }
      addScaled(-r[rank * n + i]!, from, { data: rest, at: i * n + i }, n - i)
      for (let j = i + 1; j < n; j++) rest[j * n + i] = rest[i * n + j]!
    }
  }
  const refused = rank < n ? largestDiagonal(rest, n, rank) : -1
  return {
    r: { data: r.slice(0, rank * n), rows: rank, columns: n },
    permutation,
    rank,
    smallestPivot,
    refusedPivot: refused < 0 ? 0 : Math.max(0, rest[refused * n + refused]!),
  }
}

function largestDiagonal(data: Float64Array, n: number, from: number): number {
  let best = from
  for (let i = from + 1; i < n; i++) if (data[i * n + i]! > data[best * n + best]!) best = i
  return best
}

interface Factoring {
  readonly rest: Float64Array
  readonly r: Float64Array
  readonly permutation: Int32Array
  readonly n: number
}

function exchange(f: Factoring, i: number, j: number): void {
  const { rest, r, permutation, n } = f
  for (let k = 0; k < n; k++) swap(rest, i * n + k, j * n + k)
  for (let k = 0; k < n; k++) swap(rest, k * n + i, k * n + j)
  for (let k = 0; k < i; k++) swap(r, k * n + i, k * n + j)
  swap(permutation, i, j)
}

function swap(data: Float64Array | Int32Array, i: number, j: number): void {
  const held = data[i]!
  data[i] = data[j]!
  data[j] = held
}
