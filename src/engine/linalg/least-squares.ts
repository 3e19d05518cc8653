// Least squares through orthogonal factors, for any rank.
import { type Matrix, matrix, transpose } from './matrix.js'
import { applyQ, applyQTransposed, householder, type QrOptions, upperFactor } from './qr.js'
import { solveUpper, solveUpperTransposed } from './triangular.js'

/** The answer of {@link leastSquares}. */
export interface LeastSquares {
  readonly x: Float64Array
  readonly rank: number
  /** ‖A·x − b‖². */
  readonly residual: number
}

/**
 * The shortest x among those that minimize ‖A·x − b‖².
 *
 * Complete orthogonal decomposition: pivoted QR, then a second QR of the kept rows when the rank is short
 * (Golub & Van Loan, Matrix Computations, section 5.5). 2·m·n² operations.
 *
 * @param a - m × n, any shape and rank
 * @param b - m numbers
 * @example
 * ```ts
 * leastSquares(matrix(2, 1, [3, 4]), Float64Array.of(6, 8)).x // => Float64Array [2]
 * ```
 */
export function leastSquares(
  a: Matrix,
  b: Float64Array,
  options: Omit<QrOptions, 'pivot'> = {},
): LeastSquares {
  const factors = householder(a, options)
  const { rank } = factors
  const turned = b.slice()
  applyQTransposed(factors, turned)
  let residual = 0
  for (let i = rank; i < turned.length; i++) residual += turned[i]! ** 2
  const r = upperFactor(factors)
  const kept = { data: r.data.slice(0, rank * r.columns), rows: rank, columns: r.columns }
  return { x: solveTrapezoid(kept, turned, { permutation: factors.permutation }), rank, residual }
}

/** How the unknowns of a trapezoidal system stand to the true ones. */
export interface TrapezoidOrder {
  /** Column k belongs to unknown `permutation[k]`. */
  readonly permutation: Int32Array
  /** The true unknown is `stretch` times the one solved for; the true one is made short. 1 when absent. */
  readonly stretch?: Float64Array | undefined
}

/**
 * The shortest solution of R·x = c for an upper trapezoidal R of full row rank.
 *
 * @param r - rank × n
 * @param c - at least rank numbers
 * @returns the n true unknowns
 */
export function solveTrapezoid(r: Matrix, c: Float64Array, order: TrapezoidOrder): Float64Array {
  const { permutation, stretch } = order
  const solution = r.rows === r.columns ? c.slice(0, r.rows) : shortest(r, c, order)
  if (r.rows === r.columns) {
    solveUpper(r, solution)
    if (stretch) permutation.forEach((j, k) => (solution[k] = solution[k]! * stretch[j]!))
  }
  const x = new Float64Array(r.columns)
  permutation.forEach((j, k) => (x[j] = solution[k]!))
  return x
}

function shortest(r: Matrix, c: Float64Array, order: TrapezoidOrder): Float64Array {
  const { permutation, stretch } = order
  const system = matrix(r.rows, r.columns, r.data.slice())
  if (stretch) {
    for (let i = 0; i < r.rows; i++) {
      for (let k = 0; k < r.columns; k++) system.data[i * r.columns + k]! /= stretch[permutation[k]!]!
    }
  }
  // systemᵀ·P = Q·T, so system·x = c means Tᵀ·(Qᵀx) = Pᵀc, and x in the span of Q is the shortest.
  const factors = householder(transpose(system))
  const reduced = Float64Array.from(factors.permutation, (i) => c[i]!)
  solveUpperTransposed(upperFactor(factors), reduced)
  const x = new Float64Array(r.columns)
  x.set(reduced)
  applyQ(factors, x)
  return x
}
