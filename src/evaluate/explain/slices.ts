// Where a model errs: the score on parts of the data, by value of a column or by range.
import type { Column, Table } from '../../data/index.js'
import { asNumbers } from '../../data/index.js'
import { takeTarget, type Target } from '../../learn/contracts/index.js'
import type { Metric } from '../../metrics/index.js'
import { actualOf, classCount, predictedOf } from '../validation/index.js'

/** The score on the rows with one value (or range) of one column. */
export interface Slice {
  readonly column: string
  readonly value: string
  readonly rows: number
  readonly score: number
}

export interface SliceOptions {
  readonly metric: Metric
  /** Slices of fewer rows say little. @default the greater of 30 and 2 % of the rows */
  readonly minRows?: number
  readonly threshold?: number
}

/** Scores by slice, the worst first; slices on which the metric has no meaning (one class only) are left out. */
export function scoreSlices(
  given: {
    readonly x: Table
    readonly target: Target
    readonly scores: Float64Array
    readonly columns: readonly string[]
  },
  options: SliceOptions,
): Slice[] {
  const { x, target, scores, columns } = given
  const { metric, threshold = 0.5 } = options
  // Thirty is where a mean begins to be roughly normal.
  const minRows = options.minRows ?? Math.max(30, Math.ceil(0.02 * x.rowCount))
  const k = classCount(target)
  const width = Math.max(1, k)
  const result: Slice[] = []
  for (const column of columns) {
    for (const [value, rows] of groupsOf(x.col(column))) {
      if (rows.length < minRows || rows.length === x.rowCount) continue
      const part = new Float64Array(rows.length * width)
      rows.forEach((row, at) => part.set(scores.subarray(row * width, (row + 1) * width), at * width))
      const score = metric.score(actualOf(takeTarget(target, rows)), predictedOf(part, k, threshold))
      if (Number.isFinite(score)) result.push({ column, value, rows: rows.length, score })
    }
  }
  return result.sort((a, b) => (metric.greaterIsBetter ? a.score - b.score : b.score - a.score))
}

function groupsOf(column: Column): Map<string, number[]> {
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
