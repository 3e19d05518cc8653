// Gini impurity and entropy, counted by class weight. Counts are exact, so equal splits gain equally to the bit.
import type { Criterion, NodeSummary } from './criterion.js'
import type { WeightedRows } from './row-weights.kernel.js'

/** Whole counts up to this have their c·log₂ c looked up: 8 MiB at most. */
const largestTable = 2 ** 20

/** @param codes - class codes 0 to k − 1 by row */
export function classCriterion(
  codes: Float64Array,
  k: number,
  weighted: WeightedRows,
  measure: 'gini' | 'entropy',
): Criterion {
  const { weight, equal } = weighted
  const classOf = k <= 256 ? Uint8Array.from(codes) : Int32Array.from(codes)
  const term = measure === 'gini' ? square : logTerm(weighted)
  // Minus the impurity of one side times its weight, up to what splits share: Σ c²/w, or Σ c·log₂ c − w·log₂ w.
  const close = (sum: number, sideWeight: number): number =>
    measure === 'gini' ? sum / sideWeight : sum - term(sideWeight)
  const purity = ({ totals, weight: sum }: Pick<NodeSummary, 'totals' | 'weight'>): number =>
    close(
      totals.reduce((all, count) => all + term(count), 0),
      sum,
    )

  return {
    unit: 1,
    summarize(rows, start, end): NodeSummary {
      const totals = Array.from({ length: k }, () => 0)
      let sum = 0
      for (let i = start; i < end; i++) {
        const row = rows[i]!
        totals[classOf[row]!]! += weight[row]!
        sum += weight[row]!
      }
      const pure = totals.includes(sum)
      const mean = purity({ totals, weight: sum }) / sum
      return {
        value: totals.map((total) => total / sum),
        impurity: pure ? 0 : measure === 'gini' ? 1 - mean : -mean,
        weight: sum,
        pure,
        totals,
      }
    },
    judge(node, { always, order, count, places, gains, leftWeights }) {
      const unsplit = purity(node)
      const totals = Float64Array.from(node.totals)
      const left = new Float64Array(k)
      let leftWeight = 0
      for (const row of always) {
        left[classOf[row]!]! += weight[row]!
        leftWeight += weight[row]!
      }
      let at = 0
      for (let cut = 0; cut < count; cut++) {
        for (const place = places[cut]!; at < place; at++) {
          const row = order[at]!
          const w = equal ? 1 : weight[row]!
          left[classOf[row]!]! += w
          leftWeight += w
        }
        let leftSum = 0
        let rightSum = 0
        for (let c = 0; c < k; c++) {
          const here = left[c]!
          leftSum += term(here)
          rightSum += term(totals[c]! - here)
        }
        gains[cut] = close(leftSum, leftWeight) + close(rightSum, node.weight - leftWeight) - unsplit
        leftWeights[cut] = leftWeight
      }
    },
  }
}

const square = (count: number): number => count * count

/** c ↦ c·log₂ c, from a table where all weights are whole. */
function logTerm({ whole, total }: WeightedRows): (count: number) => number {
  const direct = (count: number): number => (count > 0 ? count * Math.log2(count) : 0)
  if (!whole || total > largestTable) return direct
  const table = Float64Array.from({ length: total + 1 }, (_, count) => direct(count))
  return (count) => table[count]!
}
