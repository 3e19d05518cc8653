// The fitted tree as flat arrays, how rows walk down it, and how it is written as a graph.
import type { Matrix } from '../../data/index.js'
import { type GraphBuilder, matmul, tensor, treeEnsemble, type Value } from '../../engine/onnx/index.js'
import type { Label } from '../contracts/index.js'
import type { GrownNode } from './grow.kernel.js'

/** A fitted tree; node 0 is the root, a left child follows its parent. Plain data. */
export interface TreeState {
  /** Numbers in a leaf: one per class, or the mean. */
  readonly outputs: number
  /** Empty for regression. */
  readonly classes: readonly Label[]
  /** Column that a node compares; −1 marks a leaf. */
  readonly feature: Int32Array
  /** A row goes left where `x[feature] ≤ threshold`. Infinity asks only whether a value is there. */
  readonly threshold: Float32Array
  readonly left: Int32Array
  readonly right: Int32Array
  /** 1 where missing values go left. */
  readonly missingLeft: Uint8Array
  /** Class shares or mean of the training rows: nodes × outputs. */
  readonly value: Float64Array
  readonly impurity: Float64Array
  readonly weight: Float64Array
  readonly rows: Int32Array
}

/** What the numbers of grown nodes were in the data. */
export interface Units {
  readonly impurity: number
  readonly weight: number
}

/** Lays the nodes that the root still reaches out in preorder. */
export function layOut(nodes: readonly GrownNode[], classes: readonly Label[], units: Units): TreeState {
  const { order, place } = preorder(nodes)
  const kept = order.map((id) => nodes[id]!)
  const outputs = nodes[0]!.summary.value.length
  const value = new Float64Array(kept.length * outputs)
  kept.forEach(({ summary }, at) => value.set(summary.value, at * outputs))
  const child = (side: 'left' | 'right'): Int32Array =>
    Int32Array.from(kept, (node) => (node.split === undefined ? 0 : place[node[side]]!))
  return {
    outputs,
    classes,
    feature: Int32Array.from(kept, ({ split }) => split?.column ?? -1),
    threshold: Float32Array.from(kept, ({ split }) => split?.threshold ?? 0),
    left: child('left'),
    right: child('right'),
    missingLeft: Uint8Array.from(kept, ({ split }) => (split?.missingLeft === true ? 1 : 0)),
    value,
    // A pure node of huge targets: nothing times an infinite unit is still nothing.
    impurity: Float64Array.from(kept, ({ summary: { impurity } }) =>
      impurity === 0 ? 0 : impurity * units.impurity,
    ),
    weight: Float64Array.from(kept, ({ summary }) => summary.weight * units.weight),
    rows: Int32Array.from(kept, (node) => node.rows),
  }
}

function preorder(nodes: readonly GrownNode[]): { order: number[]; place: Int32Array } {
  const order: number[] = []
  const place = new Int32Array(nodes.length)
  const stack = [0]
  while (stack.length > 0) {
    const id = stack.pop()!
    place[id] = order.push(id) - 1
    const { split, left, right } = nodes[id]!
    if (split !== undefined) stack.push(right, left)
  }
  return { order, place }
}

/** The leaf values that rows reach: rows × outputs. Cost: O(rows · depth). @param x - float32 */
export function scoreRows(tree: TreeState, x: Matrix): Float64Array {
  const { feature, threshold, left, right, missingLeft, value, outputs } = tree
  const { data, rows, columns } = x
  const scores = new Float64Array(rows * outputs)
  for (let row = 0; row < rows; row++) {
    let node = 0
    while (feature[node]! >= 0) {
      const number = data[row * columns + feature[node]!]!
      const goesLeft = Number.isNaN(number) ? missingLeft[node] === 1 : number <= threshold[node]!
      node = goesLeft ? left[node]! : right[node]!
    }
    for (let k = 0; k < outputs; k++) scores[row * outputs + k] = value[node * outputs + k]!
  }
  return scores
}

/** Leaf values [N, outputs] in a graph. */
export function graphScores(tree: TreeState, x: Value, graph: GraphBuilder): Value {
  const scale = answerScale(tree.value)
  const scores = treeEnsemble(graph, x, {
    ...tree,
    value: scale === 1 ? tree.value : tree.value.map((value) => value / scale),
    treeOffset: [0, tree.feature.length],
    baseScore: new Float64Array(tree.outputs),
  })
  if (scale === 1) return scores
  // Only means lie so far out, and they are one column. A product of matrices, because the runtime would merge a plain
  // factor into the product before it, as a float32.
  return matmul(graph, scores, graph.initializer('scale', tensor('float64', [scale], [1, 1])))
}

/** 1, or a power of two that brings values into the range of float32, in which the operator answers. */
function answerScale(values: Float64Array): number {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  // float32 reaches from 2⁻¹²⁶ to 2¹²⁸; leaf values are cut into parts down to 2⁻⁷⁶ of the largest.
  if (largest === 0 || (largest > 2 ** -40 && largest < 2 ** 120)) return 1
  return 2 ** Math.floor(Math.log2(largest))
}
