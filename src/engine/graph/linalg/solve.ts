// Determinants, inverses and solutions.
import { DataError } from '../../../base/index.js'
import * as dense from '../../linalg/index.js'
import { formatShape, type NDArray } from '../array.js'
import type { Operand } from '../operations/operand.js'
import { userLine } from '../user-line.js'
import { joined, knownArray, type MatrixStack, matrixStack, shapeFault, squareStack } from './stack.js'

/**
 * The sign and the logarithm of the size of determinants: det = sign · e^log.
 *
 * @param a - [..., n, n]
 * @throws {@link UsageError} inside of a trace
 */
export function logDet(a: Operand): { readonly sign: NDArray; readonly log: NDArray } {
  const { matrices, lead, dtype } = squareStack('logDet', a)
  const found = matrices.map((matrix) => dense.logDeterminant(dense.lu(matrix)))
  return {
    sign: joined(
      found.map(({ sign }) => [sign]),
      { lead, dtype, shape: [] },
    ),
    log: joined(
      found.map(({ log }) => [log]),
      { lead, dtype, shape: [] },
    ),
  }
}

/**
 * Determinants.
 *
 * @param a - [..., n, n]
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.det([[1, 2], [3, 4]]).data // => Float32Array [-2]
 * ```
 */
export function det(a: Operand): NDArray {
  const { matrices, lead, dtype } = squareStack('det', a)
  const parts = matrices.map((matrix) => {
    const { factors, sign } = dense.lu(matrix)
    let product: number = sign
    for (let k = 0; k < factors.rows; k++) product *= factors.data[k * factors.rows + k]!
    return [product]
  })
  return joined(parts, { lead, dtype, shape: [] })
}

/** @throws {@link DataError} for a matrix that has no inverse */
function factorized(name: string, { matrices, lead }: MatrixStack): dense.Lu[] {
  return matrices.map((matrix, i) => {
    const factors = dense.lu(matrix)
    if (factors.zeroPivot < 0) return factors
    throw new DataError(
      `linalg.${name}${userLine()}: ${lead.length === 0 ? 'the matrix' : `matrix ${i}`} is singular: its pivot ${factors.zeroPivot} is 0. Use linalg.lstsq or linalg.pinv.`,
      { matrix: i, pivot: factors.zeroPivot },
    )
  })
}

/**
 * Solutions x of A·x = b.
 *
 * @param a - [..., n, n]
 * @param b - a vector [n], or matrices [..., n, k] with the same or no leading axes
 * @throws {@link DataError} for a matrix that is singular
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.solve([[2, 0], [0, 4]], [2, 2]).data // => Float32Array [1, 0.5]
 * ```
 */
export function solve(a: Operand, b: Operand): NDArray {
  const stack = squareStack('solve', a)
  const right = knownArray('solve', b)
  const { rows: n, lead, dtype } = stack
  const isVector = right.shape.length === 1
  const sides = matrixStack('solve', isVector ? { ...right, shape: [n, right.data.length / n] } : right)
  const shared = sides.lead.length === 0
  if (
    sides.rows !== n ||
    (isVector && right.data.length !== n) ||
    !(shared || formatShape(sides.lead) === formatShape(lead))
  )
    throw shapeFault(
      'solve',
      right.shape,
      `expected right sides for matrices ${formatShape([...lead, n, n])}`,
    )
  const parts = factorized('solve', stack).map((factors, i) =>
    solvedColumns(factors, sides.matrices[shared ? 0 : i]!),
  )
  const type = right.dtype === 'float64' ? 'float64' : dtype
  return joined(parts, { lead, dtype: type, shape: isVector ? [n] : [n, sides.columns] })
}

function solvedColumns(factors: dense.Lu, { data, rows, columns }: dense.Matrix): Float64Array {
  const result = new Float64Array(rows * columns)
  for (let j = 0; j < columns; j++) {
    const column = Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]!)
    dense.solveLu(factors, column).forEach((value, i) => (result[i * columns + j] = value))
  }
  return result
}

/**
 * Inverses; to solve a system, `linalg.solve` is faster and closer.
 *
 * @param a - [..., n, n]
 * @throws {@link DataError} for a matrix that is singular
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.inverse([[2, 0], [0, 4]]).data // => Float32Array [0.5, 0, 0, 0.25]
 * ```
 */
export function inverse(a: Operand): NDArray {
  const stack = squareStack('inverse', a)
  const { rows: n, lead, dtype } = stack
  const parts = factorized('inverse', stack).map((factors) => solvedColumns(factors, dense.identity(n)))
  return joined(parts, { lead, dtype, shape: [n, n] })
}

/** The answer of {@link lstsq}. */
export interface LeastSquaresSolution {
  /** [n], or [n, k] for k right sides. */
  readonly x: NDArray
  /** ‖A·x − b‖² of each right side. */
  readonly residuals: NDArray
  readonly rank: number
}

/**
 * The shortest x among those that minimize ‖A·x − b‖², for any shape and rank.
 *
 * @param a - [m, n]
 * @param b - [m] or [m, k]
 * @throws {@link UsageError} inside of a trace
 * @example
 * ```ts
 * linalg.lstsq([[3], [4]], [6, 8]).x.data // => Float32Array [2]
 * ```
 */
export function lstsq(a: Operand, b: Operand): LeastSquaresSolution {
  const { matrices, lead, rows: m, columns: n, dtype } = matrixStack('lstsq', a)
  const right = knownArray('lstsq', b)
  if (lead.length > 0) throw shapeFault('lstsq', [...lead, m, n], 'expected one matrix')
  if (right.shape[0] !== m || right.shape.length > 2)
    throw shapeFault('lstsq', right.shape, `expected right sides of ${m} rows`)
  const count = right.shape[1] ?? 1
  const found = Array.from({ length: count }, (_, j) =>
    dense.leastSquares(
      matrices[0]!,
      Float64Array.from({ length: m }, (__, i) => right.data[i * count + j]!),
    ),
  )
  const x = Float64Array.from({ length: n * count }, (_, i) => found[i % count]!.x[Math.floor(i / count)]!)
  const type = right.dtype === 'float64' ? 'float64' : dtype
  const isVector = right.shape.length === 1
  return {
    x: joined([x], { lead: [], dtype: type, shape: isVector ? [n] : [n, count] }),
    residuals: joined([found.map(({ residual }) => residual)], {
      lead: [],
      dtype: type,
      shape: isVector ? [] : [count],
    }),
    rank: found[0]?.rank ?? 0,
  }
}

/** Singular values below this share of the largest count as 0. */
export interface RankOptions {
  /** @default max(m, n) · 2⁻⁵², or 2⁻²³ for float32 */
  readonly rtol?: number
}

const roundingOf = { float32: 2 ** -23, float64: 2 ** -52 } as const

/** How many singular values are not 0. @param a - [..., m, n] @throws {@link UsageError} inside of a trace */
export function matrixRank(a: Operand, { rtol }: RankOptions = {}): NDArray {
  const { matrices, lead, rows, columns, dtype } = matrixStack('matrixRank', a)
  const share = rtol ?? Math.max(rows, columns) * roundingOf[dtype]
  const parts = matrices.map((matrix) => {
    const { values } = dense.svd(matrix)
    return [values.filter((value) => value > share * values[0]!).length]
  })
  return joined(parts, { lead, dtype: 'int32', shape: [] })
}

/**
 * Pseudo-inverses (Moore & Penrose), by singular values.
 *
 * @param a - [..., m, n]
 * @returns [..., n, m]
 * @throws {@link UsageError} inside of a trace
 */
export function pinv(a: Operand, { rtol }: RankOptions = {}): NDArray {
  const { matrices, lead, rows, columns, dtype } = matrixStack('pinv', a)
  const share = rtol ?? Math.max(rows, columns) * roundingOf[dtype]
  const parts = matrices.map((matrix) => {
    const { u, values, vt } = dense.svd(matrix)
    const scaled = dense.transpose(vt)
    // V·diag(1/s), without directions that are rounding alone.
    scaled.data.forEach((value, i) => {
      const s = values[i % values.length]!
      scaled.data[i] = s > share * values[0]! ? value / s : 0
    })
    return dense.matmul(scaled, dense.transpose(u)).data
  })
  return joined(parts, { lead, dtype, shape: [columns, rows] })
}
