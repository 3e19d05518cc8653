// Where a model errs: the score on parts of the data, by value of a column or by range.
import type { Column, Table } from '../../data/index.js'
import { asNumbers } from '../../data/index.js'
import { takeTarget, type Target } from '../../learn/contracts/index.js'
import { bootstrapInterval, type Metric } from '../../metrics/index.js'
import { actualOf, classCount, predictedOf } from '../validation/index.js'

/** The score on the rows with one value (or range) of one column. */
export interface Slice {
  readonly column: string
  readonly value: string
  readonly rows: number
  readonly score: number
  /** 95 % bootstrap interval. */
  readonly low: number
  readonly high: number
}

/** The worst slices, and among how many they were found. */
export interface Slices {
  readonly examined: number
  readonly worst: readonly Slice[]
}

export interface SliceOptions {
  readonly metric: Metric
  /** Slices of fewer rows say little. @default the greater of 30 and 2 % of the rows */
  readonly minRows?: number
  readonly threshold?: number
  /** How many of the worst are given, with intervals. @default 10 */
  readonly count?: number
}

/** Scores by slice, the worst first; slices on which the metric has no meaning (one class only) are left out. */
export async function scoreSlices(
  given: {
    readonly x: Table
    readonly target: Target
    readonly scores: Float64Array
    readonly columns: readonly string[]
  },
  options: SliceOptions,
): Promise<Slices> {
  const { x, target, scores, columns } = given
  const { metric, threshold = 0.5, count = 10 } = options
  // Thirty is where a mean begins to be roughly normal.
  const minRows = options.minRows ?? Math.max(30, Math.ceil(0.02 * x.rowCount))
  const k = classCount(target)
  const width = Math.max(1, k)
  const found: (Pick<Slice, 'column' | 'value' | 'score'> & { part: Float64Array; rows: number[] })[] = []
  for (const column of columns) {
    for (const [value, rows] of groupsOf(x.col(column))) {
      if (rows.length < minRows || rows.length === x.rowCount) continue
      const part = new Float64Array(rows.length * width)
      rows.forEach((row, at) => part.set(scores.subarray(row * width, (row + 1) * width), at * width))
      const score = metric.score(actualOf(takeTarget(target, rows)), predictedOf(part, k, threshold))
      if (Number.isFinite(score)) found.push({ column, value, rows, score, part })
    }
  }
  found.sort((a, b) => (metric.greaterIsBetter ? a.score - b.score : b.score - a.score))
  const worst: Slice[] = []
  for (const { column, value, rows, score, part } of found.slice(0, count)) {
    const actual = actualOf(takeTarget(target, rows))
    const prepared = metric.prepare(actual, predictedOf(part, k, threshold))
    const strata = actual.kind === 'classes' ? { strata: actual.codes } : {}
    // A few hundred draws tell whether an interval holds the overall score.
    const { low, high } = await bootstrapInterval(prepared, rows.length, {
      seed: 0,
      resamples: 300,
      ...strata,
    })
    worst.push({ column, value, rows: rows.length, score, low, high })
  }
  return { examined: found.length, worst }
}

/** Rows by the value of a column, or by the quarter that a number falls in. */
export function groupsOf(column: Column): Map<string, number[]> {
  const label =
    column.type === 'number' || column.type === 'timestamp' ? rangeLabels(column) : valueLabel(column)
  const groups = new Map<string, number[]>()
  for (let row = 0; row < column.length; row++) {
    const key = label(row)
    const rows = groups.get(key)
    if (rows === undefined) groups.set(key, [row])
    else rows.push(row)
  }
  return groups
}

const valueLabel =
  (column: Column) =>
  (row: number): string => {
    const value = column.at(row)
    if (value === null) return '(missing)'
    if (column.type === 'boolean' && column.labels !== undefined) return column.labels[Number(value)]!
    return String(value)
  }

/** Quarters of the numbers, or the values themselves when there are few. */
function rangeLabels(column: Column): (row: number) => string {
  const values = asNumbers(column)!
  const present = Float64Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort()
  const distinct = new Set(present)
  const text = (value: number): string =>
    column.type === 'timestamp'
      ? new Date(value).toISOString().slice(0, 10)
      : String(Number(value.toPrecision(4)))
  // Up to six values are easier to read than ranges of them.
  if (distinct.size <= 6) return (row) => (Number.isNaN(values[row]!) ? '(missing)' : text(values[row]!))
  const cut = (share: number): number => present[Math.floor(share * (present.length - 1))]!
  const cuts = [cut(0.25), cut(0.5), cut(0.75)]
  return (row) => {
    const value = values[row]!
    if (Number.isNaN(value)) return '(missing)'
    if (value <= cuts[0]!) return `≤ ${text(cuts[0]!)}`
    if (value > cuts[2]!) return `> ${text(cuts[2]!)}`
    return value <= cuts[1]!
      ? `${text(cuts[0]!)} – ${text(cuts[1]!)}`
      : `${text(cuts[1]!)} – ${text(cuts[2]!)}`
  }
}
