// Splits along time: what comes later is never learned from. Rows of one instant stay on one side.
import { DataError } from '../../base/index.js'
import { asNumbers } from '../column.js'
import { isTable, type SplitOptions, type SplitWarning } from './split-options.js'

export interface TimeOrder {
  /** Rows from the oldest to the newest; rows without a time first. */
  readonly rows: Int32Array
  readonly times: ArrayLike<number>
  readonly warnings: readonly SplitWarning[]
}

/** @throws {@link DataError} when the column has no order in time */
export function timeOrder({ rows, time }: SplitOptions): TimeOrder {
  const times = typeof time === 'string' ? columnTimes(rows, time) : time!
  const known = (row: number): number => (Number.isNaN(times[row]!) ? -Infinity : times[row]!)
  const order = Int32Array.from({ length: times.length }, (_, row) => row).sort((a, b) =>
    known(a) === known(b) ? a - b : known(a) < known(b) ? -1 : 1,
  )
  const missing = order.findIndex((row) => !Number.isNaN(times[row]!))
  return { rows: order, times, warnings: missingWarnings(missing < 0 ? order.length : missing) }
}

function columnTimes(rows: SplitOptions['rows'], name: string): ArrayLike<number> {
  const values = isTable(rows) ? asNumbers(rows.col(name)) : undefined
  if (values !== undefined) return values
  throw new DataError(
    `split: time column '${name}' must hold dates or numbers. Convert it, or choose another.`,
    { column: name },
  )
}

function missingWarnings(count: number): SplitWarning[] {
  if (count === 0) return []
  return [
    {
      code: 'missing-time',
      message: `${count} row${count === 1 ? ' has' : 's have'} no time; counted as the oldest.`,
    },
  ]
}

/** The position nearest to `wanted` where the time changes, so that one instant is not cut; within (0, n) where possible. */
export function boundary({ rows, times }: TimeOrder, wanted: number): number {
  const changes = (at: number): boolean =>
    at > 0 && at < rows.length && !sameTime(times[rows[at - 1]!]!, times[rows[at]!]!)
  const target = Math.min(rows.length - 1, Math.max(1, Math.round(wanted)))
  for (let away = 0; away < rows.length; away++) {
    if (changes(target - away)) return target - away
    if (changes(target + away)) return target + away
  }
  throw new DataError(
    'split: all rows have the same time, expected at least two. Choose another time column.',
    { count: 1 },
  )
}

const sameTime = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))
