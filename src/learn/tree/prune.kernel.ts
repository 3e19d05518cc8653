// Cuts a grown tree back to the subtree that is worth its leaves.
import type { GrownNode } from './grow.kernel.js'

/**
 * Makes leaves of the nodes whose subtree costs as much as they do: minimal cost-complexity pruning.
 *
 * The cost of a subtree is Σ over its leaves of (impurity · share of all weight + α); of the subtrees of least cost the
 * smallest is kept. Cutting weakest links one after the other gives the same tree. Cost: O(nodes).
 *
 * @param alpha - in the unit of impurity
 * @see Breiman, Friedman, Olshen & Stone 1984, chapter 3
 */
export function pruneTree(nodes: readonly GrownNode[], alpha: number): void {
  const total = nodes[0]!.summary.weight
  const cost = new Float64Array(nodes.length)
  // Children come after their parents, so from the end each is known before it is needed.
  for (let id = nodes.length - 1; id >= 0; id--) {
    const node = nodes[id]!
    const asLeaf = (node.summary.impurity * node.summary.weight) / total + alpha
    const asBranch = node.split === undefined ? Infinity : cost[node.left]! + cost[node.right]!
    if (asLeaf <= asBranch) node.split = undefined
    cost[id] = Math.min(asLeaf, asBranch)
  }
}
