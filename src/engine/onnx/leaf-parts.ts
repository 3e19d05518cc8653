// Leaf values cut in two, so that an operator that answers in float32 still gives sums in float64.
import { assert } from '../../base/index.js'
import type { TreeEnsembleArrays } from './tree-ensemble.js'

/** One number that a leaf adds to one output: value = high + low. */
export interface LeafParts {
  readonly tree: Int32Array
  /** Counted from the tree's first node. */
  readonly node: Int32Array
  readonly output: Int32Array
  readonly high: Float64Array
  readonly low: Float64Array
}

interface Leaves extends Omit<LeafParts, 'high' | 'low'> {
  readonly value: Float64Array
}

/**
 * Cuts every leaf value v into h + l on two grids of powers of two. Let 2^e ≥ Σ over trees of the largest |v|, for each
 * output, and 2^t ≥ the number of trees.
 *
 * h is a multiple of 2^(e−23): a sum of them has at most 24 bits, so it is exact in float32. What is left is at most
 * half of that grid; l is a multiple of 2^(e+t−76), so sums of them are exact in float64 (53 bits) in any order, and
 * their rounding to float32 costs at most 2⁻²⁴ of what they can sum to.
 */
export function splitLeaves(trees: TreeEnsembleArrays): LeafParts {
  const leaves = listLeaves(trees)
  const exponents = sumExponents(leaves, trees.baseScore.length)
  const treeBits = Math.ceil(Math.log2(Math.max(1, trees.treeOffset.length - 1)))
  const high = new Float64Array(leaves.value.length)
  const low = new Float64Array(leaves.value.length)
  for (let i = 0; i < high.length; i++) {
    const value = leaves.value[i]!
    const exponent = exponents[leaves.output[i]!]!
    high[i] = onGrid(value, exponent - 23)
    low[i] = onGrid(value - high[i]!, exponent + treeBits - 76)
  }
  return { tree: leaves.tree, node: leaves.node, output: leaves.output, high, low }
}

/** The nearest multiple of 2^exponent; below the smallest float64 there is no grid to round to. */
function onGrid(value: number, exponent: number): number {
  if (exponent < -1022) return value
  const step = 2 ** exponent
  return Math.round(value / step) * step
}

function listLeaves(trees: TreeEnsembleArrays): Leaves {
  const { feature, treeOffset, treeOutput, value, baseScore } = trees
  const perLeaf = treeOutput === undefined ? baseScore.length : 1
  assert(value.length === feature.length * perLeaf, 'a tree ensemble has one value for each node and output')
  let count = 0
  for (let node = 0; node < feature.length; node++) if (feature[node]! < 0) count += perLeaf
  const int = (): Int32Array<ArrayBuffer> => new Int32Array(count)
  const leaves = { tree: int(), node: int(), output: int(), value: new Float64Array(count) }
  let at = 0
  for (let tree = 0; tree + 1 < treeOffset.length; tree++) {
    const first = treeOffset[tree]!
    for (let node = first; node < treeOffset[tree + 1]!; node++) {
      for (let k = 0; k < perLeaf && feature[node]! < 0; k++, at++) {
        leaves.tree[at] = tree
        leaves.node[at] = node - first
        leaves.output[at] = treeOutput?.[tree] ?? k
        leaves.value[at] = value[node * perLeaf + k]!
      }
    }
  }
  return leaves
}

/** For each output the smallest e with 2^e ≥ the largest possible sum. */
function sumExponents(leaves: Leaves, outputs: number): number[] {
  const largest = new Float64Array(outputs)
  const ofTree = new Float64Array(outputs)
  const closeTree = (): void => {
    for (let k = 0; k < outputs; k++) largest[k]! += ofTree[k]!
    ofTree.fill(0)
  }
  for (let i = 0; i < leaves.value.length; i++) {
    if (i > 0 && leaves.tree[i] !== leaves.tree[i - 1]) closeTree()
    const k = leaves.output[i]!
    ofTree[k] = Math.max(ofTree[k]!, Math.abs(leaves.value[i]!))
  }
  closeTree()
  return Array.from(largest, (sum) => (sum > 0 ? Math.ceil(Math.log2(sum)) : 0))
}
