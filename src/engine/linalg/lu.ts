// LU with partial pivoting: the way to solve square systems that are nothing more.
import { addScaled, dot } from './dot.js'
import type { Matrix } from './matrix.js'
import { solveUpper } from './triangular.js'

/** P·A = L·U. */
export interface Lu {
  /** L below the diagonal (its own is 1), U from there on. */
  readonly factors: Matrix
  /** Row k of P·A is row `permutation[k]` of A. */
  readonly permutation: Int32Array
  /** Of the permutation: 1 or −1. */
  readonly sign: 1 | -1
  /** The first pivot that is exactly 0; −1 when there is none. */
  readonly zeroPivot: number
}

/**
 * Factors of a square matrix, the largest element of each column as pivot (Golub & Van Loan, Matrix Computations, section 3.4);
 * n³/3 multiplications.
 *
 * @example
 * ```ts
 * lu(matrix(2, 2, [1, 2, 4, 4])).factors.data // => Float64Array [4, 4, 0.25, 1]
 * ```
 */
export function lu(a: Matrix): Lu {
  const n = a.rows
  const data = a.data.slice()
  const permutation = Int32Array.from({ length: n }, (_, i) => i)
  let sign: 1 | -1 = 1
  let zeroPivot = -1
  for (let k = 0; k < n; k++) {
    const best = largestBelow(data, n, k)
    if (best !== k) {
      exchangeRows({ data, permutation, n }, k, best)
      sign = sign === 1 ? -1 : 1
    }
    const pivot = data[k * n + k]!
    if (pivot === 0) {
      if (zeroPivot < 0) zeroPivot = k
      continue
    }
    const row = { data, at: k * n + k + 1 }
    for (let i = k + 1; i < n; i++) {
      const factor = (data[i * n + k]! /= pivot)
      if (factor !== 0) addScaled(-factor, row, { data, at: i * n + k + 1 }, n - k - 1)
    }
  }
  return { factors: { data, rows: n, columns: n }, permutation, sign, zeroPivot }
}

function largestBelow(data: Float64Array, n: number, k: number): number {
  let best = k
  for (let i = k + 1; i < n; i++) if (Math.abs(data[i * n + k]!) > Math.abs(data[best * n + k]!)) best = i
  return best
}

function exchangeRows(
  {
    data,
    permutation,
    n,
  }: { readonly data: Float64Array; readonly permutation: Int32Array; readonly n: number },
  a: number,
  b: number,
): void {
  const row = data.slice(a * n, (a + 1) * n)
  data.copyWithin(a * n, b * n, (b + 1) * n)
  data.set(row, b * n)
  const place = permutation[a]!
  permutation[a] = permutation[b]!
  permutation[b] = place
}

/** Solves A·x = b from the factors of A; returns x. */
export function solveLu({ factors, permutation }: Lu, b: Float64Array): Float64Array {
  const n = factors.rows
  const x = Float64Array.from(permutation, (i) => b[i]!)
  for (let i = 1; i < n; i++) x[i] = x[i]! - dot({ data: factors.data, at: i * n }, { data: x, at: 0 }, i)
  solveUpper(factors, x)
  return x
}

/** log |det A| and the sign of det A. */
export function logDeterminant({ factors, sign }: Lu): { readonly sign: number; readonly log: number } {
  const n = factors.rows
  let total: number = sign
  let log = 0
  for (let k = 0; k < n; k++) {
    const pivot = factors.data[k * n + k]!
    total *= Math.sign(pivot)
    log += Math.log(Math.abs(pivot))
  }
  return { sign: total, log }
}
