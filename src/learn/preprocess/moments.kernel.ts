// Mean and variance of the numbers that are there. Two passes: one-pass variance cancels when mean² ≫ variance.
import type { NumberArray } from '../../data/index.js'

/** Moments of one column; NaN when it has no numbers. */
export interface Moments {
  readonly count: number
  readonly mean: number
  /** Divided by the count, as the field's scalers do. */
  readonly variance: number
}

/** The moments of a column, missing values left out. */
export function moments(values: NumberArray): Moments {
  const { count, mean } = meanOf(values)
  if (count === 0) return { count, mean: Number.NaN, variance: Number.NaN }
  let squares = 0
  let rest = 0
  for (let row = 0; row < values.length; row++) {
    const difference = values[row]! - mean
    if (difference === difference) {
      squares += difference * difference
      rest += difference
    }
  }
  // `rest` is what rounding left in the mean (Chan, Golub & LeVeque 1983, eq. 1.7): a constant column gets its value.
  const variance = Math.max(0, (squares - (rest * rest) / count) / count)
  return { count, mean: mean + rest / count, variance }
}

/** The mean and the number of values that it is of, missing values left out. */
export function meanOf(values: NumberArray): { readonly count: number; readonly mean: number } {
  let count = 0
  let sum = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value === value) {
      count++
      sum += value
    }
  }
  return { count, mean: sum / count }
}
