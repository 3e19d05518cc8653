// The squared error. Targets are cut at a grid that suits each node, so that sums are whole numbers and exact.
import type { Criterion, NodeSummary } from './criterion.js'
import { exactSum, exponentOf, powerOfTwo } from './exact-sum.kernel.js'
import type { WeightedRows } from './row-weights.kernel.js'

/** @param y - targets by row */
export function valueCriterion(y: Float64Array, { weight, whole, rows: all }: WeightedRows): Criterion {
  let largest = 0
  for (const row of all) largest = Math.max(largest, Math.abs(y[row]!))
  // Divided by a power of two, which is exact, so that squares of huge targets stay finite.
  const magnitude = powerOfTwo(exponentOf(largest))
  const target = y.map((value) => value / magnitude)
  /** Weight times distance from the node's mean, as a multiple of the node's grid. */
  const weighted = new Float64Array(y.length)
  let node: NodeSummary
  let unsplit = 0
  let leftWeight = 0
  let leftSum = 0

  const gridOf = (weightSum: number, reach: number): number =>
    powerOfTwo(52 - exponentOf(weightSum) - exponentOf(reach))

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
    outputs: 1,
    unit: magnitude * magnitude,
    summarize(rows, start, end): NodeSummary {
      let low = Infinity
      let high = -Infinity
      let weightSum = 0
      let heaviest = 0
      for (let i = start; i < end; i++) {
        const row = rows[i]!
        low = Math.min(low, target[row]!)
        high = Math.max(high, target[row]!)
        weightSum += weight[row]!
        heaviest = Math.max(heaviest, weight[row]!)
      }
      const pure = low === high
      const above = pure
        ? 0
        : exactSum((i) => weight[rows[i]!]! * (target[rows[i]!]! - low), {
            start,
            end,
            largest: heaviest * (high - low),
          })
      const mean = pure ? low : low + above / weightSum
      const reach = Math.max(high - mean, mean - low)
      const squares = pure
        ? 0
        : exactSum((i) => weight[rows[i]!]! * (target[rows[i]!]! - mean) ** 2, {
            start,
            end,
            largest: heaviest * reach * reach,
          })
      const scale = gridOf(weightSum, reach)
      const sum = pure ? 0 : fillWeighted(rows, start, end, mean, scale)
      return {
        value: Float64Array.of(mean * magnitude),
        impurity: squares / weightSum,
        weight: weightSum,
        pure,
        totals: Float64Array.of(sum, scale),
      }
    },
    enter(summary) {
      node = summary
      unsplit = node.totals[0]! ** 2 / node.weight
    },
    reset() {
      leftWeight = 0
      leftSum = 0
    },
    move(rows, from, to) {
      for (let i = from; i < to; i++) {
        const row = rows[i]!
        leftSum += weighted[row]!
        leftWeight += weight[row]!
      }
    },
    leftWeight: () => leftWeight,
    gain() {
      const rightSum = node.totals[0]! - leftSum
      const sides = (leftSum * leftSum) / leftWeight + (rightSum * rightSum) / (node.weight - leftWeight)
      return (sides - unsplit) / node.totals[1]! / node.totals[1]!
    },
  }
}
