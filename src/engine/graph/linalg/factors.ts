// Factors of matrices.
import { DataError } from '../../../base/index.js'
import * as dense from '../../linalg/index.js'
import type { NDArray } from '../array.js'
import type { Operand } from '../operations/operand.js'
import { userLine } from '../user-line.js'
import { joined, matrixStack, squareStack } from './stack.js'

/**
 * The lower factor of A = L·Lᵀ of symmetric positive definite matrices; the lower triangle is read.
 *
 * @param a - [..., n, n]
 * @throws {@link DataError} for a matrix that is not positive definite
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.cholesky([[4, 2], [2, 5]]).data // => Float32Array [2, 0, 1, 2]
 * ```
 */
export function cholesky(a: Operand): NDArray {
  const { matrices, lead, rows, dtype } = squareStack('cholesky', a)
  const parts = matrices.map((matrix, i) => {
    const factor = dense.cholesky(matrix)
    if (factor !== undefined) return factor.data
    throw new DataError(
      `linalg.cholesky${userLine()}: ${lead.length === 0 ? 'the matrix' : `matrix ${i}`} is not positive definite. Add a multiple of the identity, or use linalg.eigh.`,
      { matrix: i },
    )
  })
  return joined(parts, { lead, dtype, shape: [rows, rows] })
}

/**
 * A = Q·R with orthonormal columns of Q, k = min(m, n); the signs of the rows of R are not settled.
 *
 * @param a - [..., m, n]
 * @returns q [..., m, k] and r [..., k, n]
 * @throws {@link UsageError} inside of a trace
 */
export function qr(a: Operand): { readonly q: NDArray; readonly r: NDArray } {
  const { matrices, lead, rows, columns, dtype } = matrixStack('qr', a)
  const k = Math.min(rows, columns)
  const factors = matrices.map((matrix) => dense.qr(matrix, { pivot: false }))
  return {
    q: joined(
      factors.map(({ q }) => q.data),
      { lead, dtype, shape: [rows, k] },
    ),
    r: joined(
      factors.map(({ r }) => r.data),
      { lead, dtype, shape: [k, columns] },
    ),
  }
}

/**
 * Eigenvalues, rising, and eigenvectors of symmetric matrices: A = V·diag(values)·Vᵀ.
 *
 * @param a - [..., n, n], symmetric; the whole matrix is read
 * @returns values [..., n], and vectors [..., n, n], of which column k belongs to value k
 * @throws {@link ConvergenceError} for NaN and infinities
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.eigh([[3, 0], [0, 1]]).values.data // => Float32Array [1, 3]
 * ```
 */
export function eigh(a: Operand): { readonly values: NDArray; readonly vectors: NDArray } {
  const { matrices, lead, rows: n, dtype } = squareStack('eigh', a)
  const found = matrices.map((matrix) => dense.symmetricEigen(matrix))
  return {
    values: joined(
      found.map(({ values }) => values.toReversed()),
      { lead, dtype, shape: [n] },
    ),
    vectors: joined(
      found.map(({ vectors: { data } }) => data.map((_, i) => data[i - (i % n) + (n - 1 - (i % n))]!)),
      { lead, dtype, shape: [n, n] },
    ),
  }
}

/**
 * A = U·diag(s)·Vᴴ with singular values s in falling order, k = min(m, n).
 *
 * @param a - [..., m, n]
 * @returns u [..., m, k], s [..., k], vh [..., k, n]
 * @throws {@link ConvergenceError} for NaN and infinities
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.svd([[0, 2], [3, 0]]).s.data // => Float32Array [3, 2]
 * ```
 */
export function svd(a: Operand): { readonly u: NDArray; readonly s: NDArray; readonly vh: NDArray } {
  const { matrices, lead, rows, columns, dtype } = matrixStack('svd', a)
  const k = Math.min(rows, columns)
  const found = matrices.map((matrix) => dense.svd(matrix))
  return {
    u: joined(
      found.map(({ u }) => u.data),
      { lead, dtype, shape: [rows, k] },
    ),
    s: joined(
      found.map(({ values }) => values),
      { lead, dtype, shape: [k] },
    ),
    vh: joined(
      found.map(({ vt }) => vt.data),
      { lead, dtype, shape: [k, columns] },
    ),
  }
}
