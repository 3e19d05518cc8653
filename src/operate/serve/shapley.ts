// Which inputs of a prediction are to be computed so that it can be divided among its columns, and the division.
//
// Shapley values of the game whose value is the average prediction when some columns have the row's values and the others those of
// background rows: exact by all coalitions where columns are few (Štrumbelj & Kononenko 2014, doi:10.1007/s10115-013-0679-x), otherwise
// by permutations, each with its reverse (Castro, Gómez & Tejada 2009, doi:10.1016/j.cor.2008.04.004; Mitchell et al. 2022, "Sampling
// permutations for Shapley value estimation"). Either way contributions sum to the prediction minus the average over the background.
import type { Rng } from '../../base/index.js'

/** A row to compute: the columns of the set come from the row that is explained, the others from a background row. */
export interface Mixture {
  readonly background: number
  /** By column: 1 for the row's own value. */
  readonly own: Uint8Array
}

/** A way to divide: mixtures to compute, and contributions from what was predicted for them. */
export interface ShapleyPlan {
  readonly mixtures: readonly Mixture[]
  /**
   * Contributions by column.
   *
   * @param values - predictions for the mixtures
   * @param own - the prediction for the row itself
   * @param average - predictions for the background rows
   */
  divide(values: ArrayLike<number>, own: number, background: ArrayLike<number>): Float64Array
}

/** Up to here all coalitions cost at most some six times as much as permutations, and are exact. */
const mostExact = 6
/** Rows to compute for one row that is explained: a few hundredths of a second with trees. */
const budget = 2048

/** Chooses the way. The same columns, background and stream give the same plan: rows alike are explained alike. */
export function shapleyPlan(columns: number, background: number, random: Rng): ShapleyPlan {
  return columns <= mostExact ? allCoalitions(columns, background) : permutations(columns, background, random)
}

function allCoalitions(columns: number, background: number): ShapleyPlan {
  const full = 2 ** columns - 1
  const mixtures: Mixture[] = []
  // Neither none nor all: those predictions are known.
  for (let set = 1; set < full; set++) {
    const own = Uint8Array.from({ length: columns }, (_, column) => (set >> column) & 1)
    for (let row = 0; row < background; row++) mixtures.push({ background: row, own })
  }
  const weights = coalitionWeights(columns)
  return {
    mixtures,
    divide(values, own, average) {
      const worth = new Float64Array(full + 1)
      worth[0] = mean(average, 0, background)
      worth[full] = own
      for (let set = 1; set < full; set++) worth[set] = mean(values, (set - 1) * background, background)
      return Float64Array.from({ length: columns }, (_, column) => {
        let sum = 0
        for (let set = 0; set <= full; set++) {
          if ((set >> column) & 1) continue
          sum += weights[bitCount(set)]! * (worth[set | (1 << column)]! - worth[set]!)
        }
        return sum
      })
    },
  }
}

/** By size of the coalition that a column joins: size! (n − size − 1)! / n!. */
function coalitionWeights(columns: number): number[] {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1))
  return Array.from(
    { length: columns },
    (_, size) => (factorial(size) * factorial(columns - size - 1)) / factorial(columns),
  )
}

function bitCount(set: number): number {
  let count = 0
  for (let rest = set; rest > 0; rest &= rest - 1) count++
  return count
}

function mean(values: ArrayLike<number>, start: number, count: number): number {
  let sum = 0
  for (let i = start; i < start + count; i++) sum += values[i]!
  return sum / count
}

interface Walk {
  readonly background: number
  readonly order: Int32Array
}

/** Columns take the row's values one after the other; what the prediction moves by is the column's. */
function permutations(columns: number, background: number, random: Rng): ShapleyPlan {
  // Every background row is walked from equally often, so that the average is that of all of them.
  const pairs = Math.max(1, Math.floor(budget / (2 * background * (columns - 1))))
  const walks: Walk[] = []
  for (let row = 0; row < background; row++) {
    for (let pair = 0; pair < pairs; pair++) {
      const order = random.split(row, pair).permutation(columns)
      walks.push({ background: row, order }, { background: row, order: order.toReversed() })
    }
  }
  const mixtures = walks.flatMap(({ background: row, order }) => {
    const own = new Uint8Array(columns)
    return Array.from(order.subarray(0, columns - 1), (column) => {
      own[column] = 1
      return { background: row, own: own.slice() }
    })
  })
  return {
    mixtures,
    divide(values, own, average) {
      const sums = new Float64Array(columns)
      let at = 0
      for (const { background: row, order } of walks) {
        let before = average[row]!
        for (let step = 0; step < columns; step++) {
          const after = step === columns - 1 ? own : values[at++]!
          sums[order[step]!]! += after - before
          before = after
        }
      }
      return sums.map((sum) => sum / walks.length)
    },
  }
}
