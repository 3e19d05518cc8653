// Means of a target by level of a text column, shrunk towards the mean of all rows; for all rows or out of fold.

/** Sums over the rows of each (fold, level); `y` is centered so that squares do not cancel. */
export interface LevelSums {
  readonly levels: number
  readonly folds: number
  /** Numbers of rows, folds × levels. */
  readonly counts: Float64Array
  /** Σ (y − center), folds × levels. */
  readonly sums: Float64Array
  /** Σ (y − center)², folds × levels. */
  readonly squares: Float64Array
  readonly center: number
}

/** Adds up one target by fold and level. One pass. */
export function sumLevels(
  y: Float64Array,
  of: {
    readonly level: Int32Array
    readonly levels: number
    readonly fold: Uint8Array
    readonly folds: number
  },
): LevelSums {
  const { level, levels, fold, folds } = of
  const size = levels * folds
  const counts = new Float64Array(size)
  const sums = new Float64Array(size)
  const squares = new Float64Array(size)
  let total = 0
  for (let row = 0; row < y.length; row++) total += y[row]!
  const center = total / y.length
  for (let row = 0; row < y.length; row++) {
    const at = fold[row]! * levels + level[row]!
    const value = y[row]! - center
    counts[at]!++
    sums[at]! += value
    squares[at]! += value * value
  }
  return { levels, folds, counts, sums, squares, center }
}

/** Encodings of all levels and of unknown texts. */
export interface LevelMeans {
  readonly values: Float64Array
  /** The mean of all rows that count. */
  readonly overall: number
}

/**
 * Shrunk means of the rows outside of one fold.
 *
 * @param without - the fold left out; −1 for none
 * @param smooth - weight of the overall mean in rows, or 'auto' for empirical Bayes (see `targetEncoder`)
 */
export function levelMeans(all: LevelSums, without: number, smooth: number | 'auto'): LevelMeans {
  const { levels, folds, center } = all
  const counts = new Float64Array(levels)
  const sums = new Float64Array(levels)
  const squares = new Float64Array(levels)
  for (let fold = 0; fold < folds; fold++) {
    if (fold === without) continue
    for (let level = 0, at = fold * levels; level < levels; level++, at++) {
      counts[level]! += all.counts[at]!
      sums[level]! += all.sums[at]!
      squares[level]! += all.squares[at]!
    }
  }
  let n = 0
  let sum = 0
  let square = 0
  for (let level = 0; level < levels; level++) {
    n += counts[level]!
    sum += sums[level]!
    square += squares[level]!
  }
  const mean = n > 0 ? sum / n : 0
  const variance = n > 0 ? Math.max(0, square / n - mean * mean) : 0
  const values = new Float64Array(levels)
  for (let level = 0; level < levels; level++) {
    const count = counts[level]!
    if (count === 0) {
      values[level] = center + mean
      continue
    }
    const own = sums[level]! / count
    const share =
      smooth === 'auto'
        ? bayesShare(count, variance, Math.max(0, squares[level]! / count - own * own))
        : count / (count + smooth)
    values[level] = center + mean + share * (own - mean)
  }
  return { values, overall: center + mean }
}

/** λ = n·τ² / (n·τ² + σ²), with the variance τ² of the target and σ² within the level; 0 where both are 0. */
function bayesShare(count: number, variance: number, within: number): number {
  const between = variance * count
  return between + within > 0 ? between / (between + within) : 0
}
