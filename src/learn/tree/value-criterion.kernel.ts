// The squared error. Targets are cut at a grid that suits each node, so that sums are whole numbers and exact.
import type { Criterion, NodeSummary } from './criterion.js'
import { exactSum, exponentOf, powerOfTwo } from './exact-sum.kernel.js'
import type { WeightedRows } from './row-weights.kernel.js'

/** @param y - targets by row */
export function valueCriterion(
  y: Float64Array,
  { weight, whole, equal, rows: all }: WeightedRows,
): Criterion {
  let largest = 0
  for (const row of all) largest = Math.max(largest, Math.abs(y[row]!))
  // Divided by a power of two, which is exact, so that squares of huge targets stay finite.
  const magnitude = powerOfTwo(exponentOf(largest))
  const target = y.map((value) => value / magnitude)
  /** Weight times distance from the node's mean, as a multiple of the node's grid. */
  const weighted = new Float64Array(y.length)

  function fillWeighted(rows: Int32Array, start: number, end: number, mean: number, scale: number): number {
    let sum = 0
    for (let i = start; i < end; i++) {
      const row = rows[i]!
      const distance = (target[row]! - mean) * scale
      // Whole weights multiply after rounding, so that a row of weight 2 is two rows.
      const value = whole ? weight[row]! * Math.round(distance) : Math.round(weight[row]! * distance)
      weighted[row] = value
      sum += value
    }
    return sum
  }

  return {
    unit: magnitude * magnitude,
    summarize(rows, start, end): NodeSummary {
      let low = Infinity
      let high = -Infinity
      let sum = 0
      let heaviest = 0
      for (let i = start; i < end; i++) {
        const row = rows[i]!
        low = Math.min(low, target[row]!)
        high = Math.max(high, target[row]!)
        sum += weight[row]!
        heaviest = Math.max(heaviest, weight[row]!)
      }
      if (low === high) {
        return { value: [low * magnitude], impurity: 0, weight: sum, pure: true, totals: [] }
      }
      const mean = // Measured from the lowest, so that the mean of equal targets is that target.
        low +
        exactSum((i) => weight[rows[i]!]! * (target[rows[i]!]! - low), {
          start,
          end,
          largest: heaviest * (high - low),
        }) /
          sum
      const reach = Math.max(high - mean, mean - low)
      const squares = exactSum((i) => weight[rows[i]!]! * (target[rows[i]!]! - mean) ** 2, {
        start,
        end,
        largest: heaviest * reach * reach,
      })
      const scale = powerOfTwo(52 - exponentOf(sum) - exponentOf(reach))
      const totals = [fillWeighted(rows, start, end, mean, scale), scale]
      return { value: [mean * magnitude], impurity: squares / sum, weight: sum, pure: false, totals }
    },
    judge(node, { always, order, count, places, gains, leftWeights }) {
      const total = node.totals[0]!
      const scale = node.totals[1]!
      const unsplit = (total * total) / node.weight
      let left = 0
      let leftWeight = 0
      for (const row of always) {
        left += weighted[row]!
        leftWeight += weight[row]!
      }
      let at = 0
      for (let cut = 0; cut < count; cut++) {
        for (const place = places[cut]!; at < place; at++) {
          const row = order[at]!
          left += weighted[row]!
          leftWeight += equal ? 1 : weight[row]!
        }
        const right = total - left
        const sides = (left * left) / leftWeight + (right * right) / (node.weight - leftWeight)
        gains[cut] = (sides - unsplit) / scale / scale
        leftWeights[cut] = leftWeight
      }
    },
  }
}
