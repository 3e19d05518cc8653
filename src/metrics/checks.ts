// The public edge: what every metric demands of its input, checked once, in the same words.
import { custom, DataError, quote, ShapeError, type OptionSpec } from '../base/index.js'

/** Numbers in an array or a typed array. */
export type Numbers = ArrayLike<number>

/** What every metric accepts. */
export interface WeightOptions {
  /** How much each row counts, length n, not negative. @default every row counts 1 */
  readonly sampleWeight: Numbers | undefined
}

/** The declaration of `sampleWeight`; its length and values are checked by {@link rowWeights}. */
export const sampleWeightSpec: OptionSpec<Numbers | undefined> = custom<Numbers | undefined>({
  default: undefined,
  expected: 'an array of numbers',
  accepts: (value) => Array.isArray(value) || ArrayBuffer.isView(value),
})

/** @throws {@link ShapeError} unless there is one of `what` for each row of the truth */
export function checkLength(who: string, what: string, received: number, expected: number): void {
  if (received === expected) return
  throw new ShapeError(
    `${who}: ${what} must fit yTrue — expected ${expected}, received ${received}. Pass one for each row.`,
    { expected, received, where: what },
  )
}

/** @throws {@link DataError} when there is nothing to measure */
export function checkRows(who: string, n: number): void {
  if (n > 0) return
  throw new DataError(`${who}: there are no rows — expected at least one. Pass some data.`, { count: 0 })
}

/** Finite numbers as a Float64Array (the same array when it is one already). */
export function finiteNumbers(who: string, what: string, numbers: Numbers): Float64Array {
  const values = numbers instanceof Float64Array ? numbers : Float64Array.from(numbers)
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]!)) throw notFinite(who, what, i, numbers[i])
  }
  return values
}

function notFinite(who: string, what: string, row: number, value: unknown): DataError {
  const received = typeof value === 'number' ? String(value) : quote(value)
  return new DataError(
    `${who}: ${what} must be finite — received ${received} at row ${row}. Leave such rows out, or find out why they arise.`,
    { column: what, firstRow: row },
  )
}

/**
 * Row weights, all 1 when none are given.
 *
 * @returns length n; never changed by metrics
 */
export function rowWeights(who: string, n: number, sampleWeight: Numbers | undefined): Float64Array {
  if (sampleWeight === undefined) return new Float64Array(n).fill(1)
  checkLength(who, 'sampleWeight', sampleWeight.length, n)
  const weights = finiteNumbers(who, 'sampleWeight', sampleWeight)
  let total = 0
  for (let i = 0; i < n; i++) {
    if (weights[i]! < 0) {
      throw new DataError(
        `${who}: sampleWeight must not be negative — received ${weights[i]} at row ${i}. Use 0 to leave a row out.`,
        { column: 'sampleWeight', firstRow: i },
      )
    }
    total += weights[i]!
  }
  if (total > 0) return weights
  throw new DataError(`${who}: all weights are 0 — expected some row to count. Leave sampleWeight out.`, {
    column: 'sampleWeight',
  })
}

/** Probabilities: finite and within [0, 1]. */
export function checkProbabilities(who: string, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) {
    const p = values[i]!
    if (p >= 0 && p <= 1) continue
    throw new DataError(
      `${who}: probabilities must lie between 0 and 1 — received ${p} at position ${i}. Pass what predictProba answers, not scores or logits.`,
      { column: 'probabilities', firstRow: i },
    )
  }
}

/** Passes a defined value on; the core answers NaN where a metric has no meaning, and users get a reason. */
export function defined(who: string, value: number, reason: string): number {
  if (!Number.isNaN(value)) return value
  throw new DataError(`${who}: ${reason}`)
}
