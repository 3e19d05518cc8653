// Mean, spread and fill of every column in two passes.
import type { Matrix } from '../../engine/linalg/index.js'

/** What decides the shift, the scale and the layout of a design. */
export interface ColumnStatistics {
  readonly mean: Float64Array
  /** Root of the weighted mean squared distance from the mean. */
  readonly deviation: Float64Array
  /** Share of rows that are not zero, per column. */
  readonly filled: Float64Array
  /** 1 where all rows with weight hold the same number, up to the rounding of their mean. */
  readonly isConstant: Uint8Array
  /** Share of all numbers that are not zero. */
  readonly density: number
}

/** The statistics of rows with weight; rows of weight zero count for nothing. */
export function columnStatistics(
  x: Matrix,
  weighting: { weights: Float64Array | undefined; totalWeight: number },
): ColumnStatistics {
  const { mean, filled, low, high } = firstPass(x, weighting)
  const reach = mean.map((m, j) => Math.max(high[j]! - m, m - low[j]!, 0))
  const deviation = secondPass(x, weighting, { mean, reach })
  const isConstant = new Uint8Array(x.columns)
  for (let j = 0; j < x.columns; j++) {
    // Eight units in the last place: what rounding of the mean and of the subtraction leaves of a constant.
    const noise = 8 * Number.EPSILON * Math.abs(mean[j]!)
    isConstant[j] = low[j] === high[j] || deviation[j]! <= noise ? 1 : 0
  }
  let nonZero = 0
  for (const share of filled) nonZero += share
  return { mean, deviation, filled, isConstant, density: x.columns === 0 ? 1 : nonZero / x.columns }
}

function firstPass(x: Matrix, weighting: { weights: Float64Array | undefined; totalWeight: number }) {
  const { rows, columns, data } = x
  const { weights, totalWeight } = weighting
  const mean = new Float64Array(columns)
  const filled = new Float64Array(columns)
  const low = new Float64Array(columns).fill(Infinity)
  const high = new Float64Array(columns).fill(-Infinity)
  for (let i = 0; i < rows; i++) {
    // Shares of one cannot overflow where sums of huge numbers would.
    const share = (weights ? weights[i]! : 1) / totalWeight
    if (share === 0) continue
    for (let j = 0, k = i * columns; j < columns; j++, k++) {
      const value = data[k]!
      if (value !== 0) {
        mean[j]! += share * value
        filled[j]! += 1 / rows
      }
      if (value < low[j]!) low[j] = value
      if (value > high[j]!) high[j] = value
    }
  }
  return { mean, filled, low, high }
}

function secondPass(
  x: Matrix,
  weighting: { weights: Float64Array | undefined; totalWeight: number },
  center: { mean: Float64Array; reach: Float64Array },
): Float64Array {
  const { rows, columns, data } = x
  const { weights, totalWeight } = weighting
  const squares = new Float64Array(columns)
  // Distances are measured against the largest, so that squares neither overflow nor vanish.
  const inverse = center.reach.map((reach) => (reach > 0 ? 1 / reach : 0))
  for (let i = 0; i < rows; i++) {
    const share = (weights ? weights[i]! : 1) / totalWeight
    if (share === 0) continue
    for (let j = 0, k = i * columns; j < columns; j++, k++) {
      const distance = (data[k]! - center.mean[j]!) * inverse[j]!
      squares[j]! += share * distance * distance
    }
  }
  return squares.map((square, j) => center.reach[j]! * Math.sqrt(square))
}
