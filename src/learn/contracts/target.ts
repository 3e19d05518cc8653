// The target: what is to be predicted, coded once at the door. Learners see codes; users see their own labels.
import { DataError, nameOf, quote, ShapeError, UsageError } from '../../base/index.js'
import { asNumbers, type Column, type Table } from '../../data/index.js'

/** A class as the user wrote it. */
export type Label = string | number | boolean

/** Classes by code, 0 to k−1, in the order of `classes`. */
export interface ClassTarget {
  readonly type: 'classes'
  readonly codes: Int32Array
  readonly classes: readonly Label[]
}

/** Numbers to be predicted. */
export interface ValueTarget {
  readonly type: 'values'
  readonly values: Float64Array
}

export type Target = ClassTarget | ValueTarget

/** What users may give as `y`. */
export type TargetInput = readonly Label[] | ArrayLike<number> | Column

/** The number of rows. */
export const targetLength = (target: Target): number =>
  target.type === 'classes' ? target.codes.length : target.values.length

/** The target of the given rows. */
export function takeTarget<T extends Target>(target: T, rows: ArrayLike<number>): T {
  return target.type === 'classes'
    ? { ...target, codes: Int32Array.from(rows, (row) => target.codes[row]!) }
    : { ...target, values: Float64Array.from(rows, (row) => target.values[row]!) }
}

function isColumn(y: TargetInput): y is Column {
  return typeof y === 'object' && 'type' in y && 'at' in y && typeof y.at === 'function' && !Array.isArray(y)
}

/** @throws {@link UsageError} for anything else than labels, numbers or a column */
export function requireTargetInput(y: unknown): asserts y is TargetInput {
  if (Array.isArray(y) || ArrayBuffer.isView(y)) return
  if (typeof y === 'object' && y !== null && 'length' in y) return
  const advice =
    typeof y === 'string' ? `Name a column so: { target: ${quote(y)} }.` : 'Check where it comes from.'
  throw new UsageError(
    `y: expected one label per row, or { target: … } with the name of their column; received ${nameOf(y)}. ${advice}`,
    { argument: 'y' },
  )
}

/** The labels as the user wrote them; booleans that were read from text give that text, null is missing. */
export function labelsOf(y: TargetInput): (Label | null)[] {
  if (!isColumn(y)) return Array.from(y as ArrayLike<Label>)
  return Array.from({ length: y.length }, (_, row) => {
    if (y.type === 'boolean' && y.labels !== undefined) {
      const value = y.at(row)
      return value === null ? null : y.labels[Number(value)]!
    }
    const value = y.at(row)
    return value instanceof Date ? value.toISOString() : value
  })
}

/**
 * Codes the classes of a target: sorted numbers, sorted texts, or false before true.
 *
 * @throws {@link DataError} for missing labels or fewer than two classes
 */
export function classTarget(y: TargetInput): ClassTarget {
  requireTargetInput(y)
  const labels = labelsOf(y)
  const missing = labels.findIndex((label) => label === null || label === undefined || Number.isNaN(label))
  if (missing >= 0) throw missingTarget(labels.filter((label) => label === null).length, missing)
  const classes = [...new Set(labels as Label[])].sort(compareLabels)
  if (classes.length < 2) {
    throw new DataError(
      `The target has one class only (${quote(classes[0])}), expected at least two. Check the target column and how the rows were selected.`,
      { count: labels.length, classes },
    )
  }
  const codeOf = new Map(classes.map((label, code) => [label, code]))
  return { type: 'classes', classes, codes: Int32Array.from(labels, (label) => codeOf.get(label!)!) }
}

function compareLabels(a: Label, b: Label): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  // By code units, not by locale, so that codes are the same on every machine.
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

/**
 * The numbers of a regression target.
 *
 * @throws {@link DataError} for text, missing or infinite values
 */
export function valueTarget(y: TargetInput): ValueTarget {
  requireTargetInput(y)
  const source = isColumn(y) ? asNumbers(y) : y
  if (source === undefined || (source.length > 0 && typeof source[0] === 'string')) {
    throw new DataError(
      'The target holds text, expected numbers. Use a classifier, or give a number column.',
      {},
    )
  }
  const values = Float64Array.from(source as ArrayLike<number>)
  const bad = values.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0) {
    if (Number.isNaN(values[bad]!)) throw missingTarget(values.filter(Number.isNaN).length, bad)
    throw new DataError(`The target is infinite at row ${bad}. Remove or correct that row.`, {
      firstRow: bad,
    })
  }
  return { type: 'values', values }
}

function missingTarget(count: number, firstRow: number): DataError {
  return new DataError(
    `The target is missing in ${count} rows, first at row ${firstRow}. Drop those rows: nothing can be learned from them.`,
    { count, firstRow },
  )
}

export const noRows = (): DataError =>
  new DataError('fit: there are no rows to learn from. Check how they were selected.', { count: 0 })

/** @throws {@link ShapeError} when x and y differ in length, {@link DataError} when there are no rows */
export function checkLengths(x: Table, target: Target, sampleWeight?: ArrayLike<number>): void {
  const rows = targetLength(target)
  if (x.rowCount !== rows) {
    throw new ShapeError(`fit: x has ${x.rowCount} rows and y has ${rows}. Give one label per row.`, {
      expected: x.rowCount,
      received: rows,
      where: 'y',
    })
  }
  if (rows === 0) throw noRows()
  if (sampleWeight !== undefined) checkWeights(sampleWeight, rows)
}

function checkWeights(weights: ArrayLike<number>, rows: number): void {
  if (weights.length !== rows) {
    throw new ShapeError(`fit: sampleWeight has ${weights.length} numbers, expected ${rows}, one per row.`, {
      expected: rows,
      received: weights.length,
      where: 'sampleWeight',
    })
  }
  let sum = 0
  for (let i = 0; i < rows; i++) {
    const weight = weights[i]!
    if (!(weight >= 0 && weight < Infinity)) {
      throw new DataError(`fit: sampleWeight at row ${i} is ${weight}, expected a number of at least 0.`, {
        firstRow: i,
      })
    }
    sum += weight
  }
  if (sum === 0)
    throw new DataError('fit: all sample weights are 0, expected some greater than 0.', { count: rows })
}
