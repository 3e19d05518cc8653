// Infinite numbers: no learner can use them, and they come from divisions by zero. Where data is read they are missing.
import { type Column, numberColumn } from './column.js'
import type { DataWarning } from './infer/index.js'

/** Infinite numbers to missing, with a warning. */
export function withoutInfinities(
  column: Column,
  name: string,
  warn: (warning: DataWarning) => void,
): Column {
  if (column.type !== 'number') return column
  const infinite = countInfinities(column.values)
  if (infinite === 0) return column
  warn(notFinite(name, infinite))
  return numberColumn(
    Float64Array.from(column.values, (value) => (Number.isFinite(value) ? value : Number.NaN)),
  )
}

/** The warning about infinite numbers that were read as missing. */
export const notFinite = (column: string, count: number): DataWarning => ({
  code: 'not-finite',
  column,
  message: `Column '${column}': ${count} value${count === 1 ? ' is not a finite number' : 's are not finite numbers'}; read as missing.`,
})

function countInfinities(values: ArrayLike<number>): number {
  let count = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value === Infinity || value === -Infinity) count++
  }
  return count
}
