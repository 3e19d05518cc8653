// The matrix that linear learners work on: columns moved near zero and brought to size one, zeros left out where
// most numbers are zero. Coefficients found here go back to the user's units by `toOriginal`.
import { DataError, ShapeError } from '../../base/index.js'
import type { Matrix } from '../../engine/linalg/index.js'
import { columnStatistics, type ColumnStatistics } from './column-statistics.kernel.js'
import { sparseRows, type SparseRows } from './sparse-rows.kernel.js'

/**
 * Z = (X − shift)·scale, with a last column of ones when there is an intercept. Z is never stored: products read X
 * (or its non-zero numbers) and move columns on the way.
 */
export interface Design {
  readonly rows: number
  /** Columns of X. */
  readonly columns: number
  /** Columns of Z: one more than X with an intercept. */
  readonly width: number
  readonly intercept: boolean
  readonly shift: Float64Array
  /** Powers of two, so that scaling rounds nothing; 0 for a column without information. */
  readonly scale: Float64Array
  /** One a row, absent when all are 1. */
  readonly weights: Float64Array | undefined
  readonly totalWeight: number
  readonly dense: Matrix
  /** Z row by row without its zeros, when that is the faster way; includes shift, scale and ones. */
  readonly sparse: SparseRows | undefined
}

/** How a design is made. */
export interface DesignOptions {
  readonly weights?: Float64Array | undefined
  readonly fitIntercept: boolean
}

// A stored non-zero costs an index and an indirect write, about three times a plain number; products of pairs gain
// with the square, so from a third downwards leaving zeros out wins.
const sparseBelow = 0.3

/**
 * Looks over the matrix once and chooses shifts, scales and layout.
 *
 * @throws DataError when a number is not finite (details: column, firstRow), without rows, or without weight
 * @throws ShapeError when there is not one weight a row
 */
export function makeDesign(x: Matrix, options: DesignOptions): Design {
  checkNumbers(x)
  const totalWeight = checkWeights(x, options.weights)
  const statistics = columnStatistics(x, { weights: options.weights, totalWeight })
  const isSparse = statistics.density < sparseBelow
  const { shift, scale } = placement(statistics, { fitIntercept: options.fitIntercept, isSparse })
  const plain = {
    rows: x.rows,
    columns: x.columns,
    width: x.columns + (options.fitIntercept ? 1 : 0),
    intercept: options.fitIntercept,
    shift,
    scale,
    weights: options.weights,
    totalWeight,
    dense: x,
  }
  return { ...plain, sparse: isSparse ? sparseRows(x, plain) : undefined }
}

interface PlacementOptions {
  readonly fitIntercept: boolean
  readonly isSparse: boolean
}

/**
 * Dense columns move to mean zero, so that products lose no digits to a large mean. In a sparse design a column
 * that is mostly zero stays: its variance is at least half its mean square, so a later correction is safe.
 */
function placement(
  s: ColumnStatistics,
  options: PlacementOptions,
): { shift: Float64Array; scale: Float64Array } {
  const shift = new Float64Array(s.mean.length)
  const scale = new Float64Array(s.mean.length)
  for (let j = 0; j < scale.length; j++) {
    const isMoved = options.fitIntercept && !(options.isSparse && s.filled[j]! <= 0.5)
    if (isMoved) shift[j] = s.mean[j]!
    const size = isMoved ? s.deviation[j]! : Math.hypot(s.deviation[j]!, s.mean[j]!)
    const isConstant = options.fitIntercept && s.isConstant[j] === 1
    scale[j] = isConstant || size === 0 ? 0 : powerOfTwo(-Math.log2(size))
  }
  return { shift, scale }
}

/** The nearest power of two, kept within ±2^1000 so that it and its inverse are normal numbers. */
function powerOfTwo(exponent: number): number {
  return 2 ** Math.max(-1000, Math.min(1000, Math.round(exponent)))
}

function checkNumbers(x: Matrix): void {
  if (x.rows === 0) {
    throw new DataError(
      'matrix: no rows: expected at least one row, received none; check the filter before it',
      {
        count: 0,
      },
    )
  }
  let probe = 0
  // Finite numbers times zero are zero; NaN and infinity are not, so one sum finds any of them.
  for (let i = 0; i < x.data.length; i++) probe += x.data[i]! * 0
  if (probe === 0) return
  const at = x.data.findIndex((value) => !Number.isFinite(value))
  const column = at % x.columns
  throw new DataError(
    `matrix: column ${column}: expected finite numbers, received ${x.data[at]} in row ${Math.floor(at / x.columns)}; ` +
      'impute missing values and remove infinite ones first',
    { column, firstRow: Math.floor(at / x.columns) },
  )
}

function checkWeights(x: Matrix, weights: Float64Array | undefined): number {
  if (!weights) return x.rows
  if (weights.length !== x.rows) {
    throw new ShapeError(
      `sample weights: expected one a row (${x.rows}), received ${weights.length}; pass as many as rows`,
      { expected: x.rows, received: weights.length, where: 'sampleWeight' },
    )
  }
  let total = 0
  for (const weight of weights) total += weight >= 0 ? weight : NaN
  if (total > 0 && Number.isFinite(total)) return total
  throw new DataError(
    'sample weights: expected finite weights of at least 0 and one above, ' +
      `received ${total === 0 ? 'only zeros' : 'a negative or non-finite one'}; correct the weights`,
    { firstRow: weights.findIndex((weight) => !(weight >= 0 && weight < Infinity)) },
  )
}

/** Checks the target of a regression: one finite number a row. */
export function checkTarget(y: Float64Array, rows: number): void {
  if (y.length !== rows) {
    throw new ShapeError(
      `target: expected one number a row (${rows}), received ${y.length}; pass as many as rows`,
      {
        expected: rows,
        received: y.length,
        where: 'target',
      },
    )
  }
  const firstRow = y.findIndex((value) => !Number.isFinite(value))
  if (firstRow < 0) return
  throw new DataError(
    `target: expected finite numbers, received ${y[firstRow]} in row ${firstRow}; drop rows without a target`,
    { column: 'target', firstRow },
  )
}

/** Coefficients and intercept in the user's units. */
export interface OriginalUnits {
  readonly coefficients: Float64Array
  readonly intercept: number
}

/** From coefficients of Z (the last one the intercept's, when there is one) to those of X. */
export function toOriginal(design: Design, beta: Float64Array): OriginalUnits {
  const coefficients = new Float64Array(design.columns)
  let intercept = design.intercept ? beta[design.columns]! : 0
  for (let j = 0; j < design.columns; j++) {
    coefficients[j] = beta[j]! * design.scale[j]!
    intercept -= coefficients[j]! * design.shift[j]!
  }
  return { coefficients, intercept }
}

/** From the user's units to coefficients of Z; the inverse of {@link toOriginal}. */
export function fromOriginal(design: Design, original: OriginalUnits): Float64Array {
  const beta = new Float64Array(design.width)
  let intercept = original.intercept
  for (let j = 0; j < design.columns; j++) {
    if (design.scale[j] === 0) continue
    beta[j] = original.coefficients[j]! / design.scale[j]!
    intercept += original.coefficients[j]! * design.shift[j]!
  }
  if (design.intercept) beta[design.columns] = intercept
  return beta
}
