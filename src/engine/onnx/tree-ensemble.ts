// Sums of decision trees as one operator of ai.onnx.ml 3, exact although that operator answers in float32.
import { intsAttribute, type KnownAttribute, stringsAttribute, tensorAttribute } from './attributes.js'
import type { GraphBuilder, Value } from './graph-builder.js'
import { type LeafParts, splitLeaves } from './leaf-parts.js'
import { add, cast, matmul } from './operators.js'
import { tensor } from './tensor.js'

/**
 * Trees in flat arrays, node by node, tree after tree. A row goes left where `x[feature] ≤ threshold`, and where
 * x[feature] is NaN by `missingLeft`.
 */
export interface TreeEnsembleArrays {
  /** Column that a node compares; −1 marks a leaf. */
  readonly feature: ArrayLike<number>
  /** Float32 values, as the learner saw them. */
  readonly threshold: ArrayLike<number>
  /** Child where the comparison holds, counted from the tree's first node. */
  readonly left: ArrayLike<number>
  /** Child where it does not, counted from the tree's first node. */
  readonly right: ArrayLike<number>
  /** 1 where missing values go left. */
  readonly missingLeft: ArrayLike<number>
  /** What a leaf adds: one number for each node or, without `treeOutput`, one for each node and output. */
  readonly value: ArrayLike<number>
  /** Index of each tree's first node, and at the end the number of nodes. */
  readonly treeOffset: ArrayLike<number>
  /** The output to which a tree adds; left out when every leaf holds a value for each output. */
  readonly treeOutput?: ArrayLike<number>
  /** What each output starts with; its length is the number of outputs. */
  readonly baseScore: ArrayLike<number>
}

/**
 * The raw scores of a tree ensemble: base score plus the sum of the leaves that a row reaches, float64 [N, outputs].
 *
 * The operator compares float32 features with float32 thresholds, both widened to float64, so every row reaches the
 * leaf that it reaches in memory. It sums in float64 but answers in float32; therefore each leaf value is cut into a
 * high and a low part (see leaf-parts.ts), which are summed apart and added in float64: the result does not depend on
 * threads, order or batch size, and differs from the exact sum by at most trees · 2⁻⁴⁸ · Σ (largest leaf of each tree).
 *
 * @param x - features [N, columns]; cast to float32
 */
export function treeEnsemble(g: GraphBuilder, x: Value, trees: TreeEnsembleArrays): Value {
  const outputs = trees.baseScore.length
  const features = cast(g, cast(g, x, 'float32'), 'float64')
  const attributes = {
    ...nodeAttributes(trees),
    ...targetAttributes(splitLeaves(trees), outputs),
    n_targets: 2 * outputs,
  }
  const sums = g.node('TreeEnsembleRegressor', [features], attributes, {
    domain: 'ai.onnx.ml',
    type: 'float32',
  })
  // One row of the matrix for each part, with a 1 for the output that it belongs to: products by 1 and 0 are exact.
  const pairing = Float64Array.from({ length: 2 * outputs * outputs }, (_, i) =>
    Math.floor(i / outputs) % outputs === i % outputs ? 1 : 0,
  )
  const pairs = g.initializer('leaf_parts', tensor('float64', pairing, [2 * outputs, outputs]))
  const scores = matmul(g, cast(g, sums, 'float64'), pairs) // (N, parts) · (parts, outputs)
  const base = g.initializer(
    'base_score',
    tensor('float64', Float64Array.from(Array.from(trees.baseScore)), [1, outputs]),
  )
  return add(g, scores, base)
}

function nodeAttributes(trees: TreeEnsembleArrays): Record<string, KnownAttribute> {
  const nodes = trees.feature.length
  const treeOf = new Int32Array(nodes)
  for (let tree = 0; tree + 1 < trees.treeOffset.length; tree++)
    treeOf.fill(tree, trees.treeOffset[tree], trees.treeOffset[tree + 1])
  const leaf = (node: number): boolean => trees.feature[node]! < 0
  const ofSplits = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from({ length: nodes }, (_, node) => (leaf(node) ? 0 : values[node]!))
  return {
    nodes_treeids: intsAttribute(treeOf),
    nodes_nodeids: intsAttribute(Int32Array.from(treeOf, (tree, node) => node - trees.treeOffset[tree]!)),
    nodes_featureids: intsAttribute(ofSplits(trees.feature)),
    nodes_modes: stringsAttribute(
      Array.from({ length: nodes }, (_, node) => (leaf(node) ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    nodes_values_as_tensor: tensorAttribute(tensor('float64', ofSplits(trees.threshold))),
    nodes_truenodeids: intsAttribute(ofSplits(trees.left)),
    nodes_falsenodeids: intsAttribute(ofSplits(trees.right)),
    nodes_missing_value_tracks_true: intsAttribute(ofSplits(trees.missingLeft)),
  }
}

/** The high parts go to the targets 0…outputs−1, the low parts to those after them. */
function targetAttributes(leaves: LeafParts, outputs: number): Record<string, KnownAttribute> {
  const twice = (values: Int32Array): Int32Array => Int32Array.from([...values, ...values])
  const weights = new Float64Array(2 * leaves.high.length)
  weights.set(leaves.high)
  weights.set(leaves.low, leaves.high.length)
  const targets = new Int32Array(weights.length)
  targets.set(leaves.output)
  targets.set(
    leaves.output.map((output) => output + outputs),
    leaves.output.length,
  )
  return {
    target_treeids: intsAttribute(twice(leaves.tree)),
    target_nodeids: intsAttribute(twice(leaves.node)),
    target_ids: intsAttribute(targets),
    target_weights_as_tensor: tensorAttribute(tensor('float64', weights)),
  }
}
