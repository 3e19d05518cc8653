// The rows that count, with weights on a grid on which sums are exact.
import { exponentOf, powerOfTwo } from './exact-sum.kernel.js'

/** Rows of weight above 0. */
export interface WeightedRows {
  readonly rows: Int32Array
  /** By row of the matrix, in multiples of `unit`; sums of them are exact in any order. */
  readonly weight: Float64Array
  /** All weights are whole and so few that a row of weight w can stand for w rows to the last bit. */
  readonly whole: boolean
  /** Every row weighs 1. */
  readonly equal: boolean
  readonly total: number
  /** What a weight of 1 here was in the data: a power of two. */
  readonly unit: number
}

/** Sums of whole weights up to 2²⁶ leave 26 bits to the numbers that they multiply: enough to tell splits apart. */
const largestWholeSum = 2 ** 26

/** @param sampleWeight - one number of at least 0 per row; undefined counts every row once */
export function weighRows(count: number, sampleWeight: Float64Array | undefined): WeightedRows {
  if (sampleWeight === undefined) {
    const rows = Int32Array.from({ length: count }, (_, row) => row)
    const weight = new Float64Array(count).fill(1)
    return { rows, weight, whole: true, equal: true, total: count, unit: 1 }
  }
  let greatest = 0
  let sum = 0
  let whole = true
  for (let row = 0; row < count; row++) {
    const weight = sampleWeight[row]!
    greatest = Math.max(greatest, weight)
    sum += weight
    whole &&= Number.isInteger(weight)
  }
  whole &&= sum <= largestWholeSum
  const unit = whole ? 1 : 1 / powerOfTwo(-exponentOf(greatest))
  // 52 bits hold the sum of `count` weights of at most 1.
  const grid = 2 ** (52 - exponentOf(Math.max(1, count)))
  const weight = whole
    ? sampleWeight
    : sampleWeight.map((value) => Math.max(value > 0 ? 1 : 0, Math.round((value / unit) * grid)) / grid)
  const rows = Int32Array.from({ length: count }, (_, row) => row).filter((row) => weight[row]! > 0)
  return { rows, weight, whole, equal: false, total: weight.reduce((all, value) => all + value, 0), unit }
}
