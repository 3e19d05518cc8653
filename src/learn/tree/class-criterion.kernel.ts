// Gini impurity and entropy, counted by class weight. Counts are exact, so equal splits score equally to the bit.
import type { Criterion, NodeSummary } from './criterion.js'
import type { WeightedRows } from './row-weights.kernel.js'

/** Minus the impurity of one side, times its weight, up to a constant that splits share. */
type Purity = (counts: Float64Array, weight: number) => number

/** Σ c²/w: the weight times one minus the Gini impurity. */
function giniPurity(counts: Float64Array, weight: number): number {
  let sum = 0
  for (let c = 0; c < counts.length; c++) sum += counts[c]! * counts[c]!
  return sum / weight
}

/** Σ c·log₂ c − w·log₂ w: minus the weight times the entropy in bits. */
function entropyPurity(counts: Float64Array, weight: number): number {
  let sum = 0
  for (let c = 0; c < counts.length; c++) {
    const count = counts[c]!
    if (count > 0) sum += count * Math.log2(count)
  }
  return sum - weight * Math.log2(weight)
}

/** @param codes - class codes 0 to k − 1 by row */
export function classCriterion(
  codes: Float64Array,
  k: number,
  { weight }: WeightedRows,
  measure: 'gini' | 'entropy',
): Criterion {
  const purity: Purity = measure === 'gini' ? giniPurity : entropyPurity
  const classOf = Int32Array.from(codes)
  const left = new Float64Array(k)
  const right = new Float64Array(k)
  let node: NodeSummary
  let unsplit = 0
  let leftWeight = 0
  return {
    outputs: k,
    unit: 1,
    summarize(rows, start, end): NodeSummary {
      const totals = new Float64Array(k)
      let sum = 0
      for (let i = start; i < end; i++) {
        const row = rows[i]!
        totals[classOf[row]!]! += weight[row]!
        sum += weight[row]!
      }
      const pure = totals.some((total) => total === sum)
      const impurity =
        measure === 'gini' ? 1 - giniPurity(totals, sum) / sum : -entropyPurity(totals, sum) / sum
      return {
        value: totals.map((total) => total / sum),
        impurity: pure ? 0 : impurity,
        weight: sum,
        pure,
        totals,
      }
    },
    enter(summary) {
      node = summary
      unsplit = purity(node.totals, node.weight)
    },
    reset() {
      left.fill(0)
      right.set(node.totals)
      leftWeight = 0
    },
    move(rows, from, to) {
      for (let i = from; i < to; i++) {
        const row = rows[i]!
        const code = classOf[row]!
        const w = weight[row]!
        left[code]! += w
        right[code]! -= w
        leftWeight += w
      }
    },
    leftWeight: () => leftWeight,
    gain: () => purity(left, leftWeight) + purity(right, node.weight - leftWeight) - unsplit,
  }
}
