// vmap: a function of one example becomes one of many.
import { UsageError } from '../../../base/index.js'
import { bindAll } from '../bind.js'
import { inline } from '../inline.js'
import type { Dim } from '../dims.js'
import type { Primitive, StructureParams } from '../primitives.js'
import { isSpec, trace } from '../trace.js'
import { type Concrete, flattenTree, type Tree, unflattenTree } from '../tree.js'
import { userLine } from '../user-line.js'
import { formatSpec, type Graph, type Node, type Tensor } from '../value.js'
import { elementwiseBatching } from './elementwise.js'
import { networkBatching } from './network.js'
import { allBatched, type Batched, type BatchRule, type BatchRules, moveAxis } from './rule.js'
import { batchScan, batchWhile } from './loops.js'
import { shapeBatching } from './shapes.js'

const rules: BatchRules<Exclude<Primitive, keyof StructureParams>> = {
  ...elementwiseBatching,
  ...shapeBatching,
  ...networkBatching,
}

/** The outputs of a graph where some operands are batched. */
function batchGraph(graph: Graph, given: Batched, size: Dim): Batched {
  // inline knows tensors only: which of them are batched is kept beside.
  const isBatched = new Set(given.tensors.filter((_, i) => given.batched[i]))
  const flags = (tensors: readonly Tensor[]): boolean[] => tensors.map((tensor) => isBatched.has(tensor))
  const visit = (node: Node, operands: readonly Tensor[]): readonly Tensor[] => {
    const batched = flags(operands)
    if (!batched.includes(true)) return bindAll(node.primitive, operands, node.params)
    const results = batchNode(node, { tensors: operands, batched }, size)
    for (const result of results) isBatched.add(result)
    return results
  }
  const tensors = inline(graph, given.tensors, visit)
  return { tensors, batched: flags(tensors) }
}

function batchNode(node: Node, { tensors, batched }: Batched, size: Dim): readonly Tensor[] {
  if (node.primitive === 'call')
    return allBatched(batchGraph(node.params.graph, { tensors, batched }, size), size)
  if (node.primitive === 'scan') return batchScan(node, { tensors, batched, size }, batchGraph)
  if (node.primitive === 'whileLoop') return batchWhile(node, { tensors, batched, size }, batchGraph)
  const rule = rules[node.primitive] as BatchRule<Primitive>
  return rule({ operands: tensors, batched, size, params: node.params })
}

/** How arguments are batched. */
export interface VmapOptions {
  /** For each argument, the axis along which its examples stand (−1 is the last), or null for one that all share. @default 0 for all */
  readonly axes?: readonly (number | null)[]
}

/**
 * A function of many examples from a function of one: the results of all, along a new first axis.
 *
 * Nothing is looped over: each step is done for all examples at once.
 *
 * @example
 * ```ts
 * import type { Tensor } from 'modelwright/graph'
 * const dot = (a: Tensor, b: Tensor) => t.sum(t.mul(a, b))
 * vmap(dot)(array([[1, 2], [3, 4]]), array([[1, 1], [2, 2]])).data // => Float32Array [3, 14]
 * ```
 */
export function vmap<Args extends readonly Tree<Tensor>[], Out>(
  f: (...args: Args) => Out,
  { axes }: VmapOptions = {},
): <A extends Args>(...args: A) => Concrete<A, Out> {
  return <A extends Args>(...args: A) => {
    const flat = args.map((arg) => flattenTree<Tensor>(arg, isSpec))
    const axisOf = flat.flatMap(({ leaves }, i) =>
      leaves.map((leaf) => batchAxis(leaf, axes === undefined ? 0 : (axes[i] ?? null))),
    )
    const leaves = flat.flatMap((one) => one.leaves)
    const size = batchSize(leaves, axisOf)
    const examples = leaves.map(({ dtype, shape }, i) => ({
      dtype,
      shape: axisOf[i] === null ? shape : shape.toSpliced(axisOf[i]!, 1),
    }))
    const { shape } = flattenTree<Tensor>(args as Tree<Tensor>, isSpec)
    const traced = trace((input: unknown) => f(...(input as Args)), unflattenTree(shape, examples) as never)
    const tensors = leaves.map((leaf, i) => (axisOf[i] === null ? leaf : moveAxis(leaf, axisOf[i]!, 0)))
    const results = batchGraph(traced.graph, { tensors, batched: axisOf.map((axis) => axis !== null) }, size)
    return unflattenTree(traced.outputShape, allBatched(results, size)) as Concrete<A, Out>
  }
}

/** Counted from the front. @throws {@link UsageError} for an axis that an argument has not */
function batchAxis(leaf: Tensor, axis: number | null): number | null {
  if (axis === null) return null
  const own = axis < 0 ? axis + leaf.shape.length : axis
  if (leaf.shape[own] !== undefined) return own
  throw new UsageError(
    `vmap${userLine()}: ${formatSpec(leaf)} has no axis ${axis} along which examples could stand. Give null in the option axes for what all share.`,
    { option: 'axes', expected: leaf.shape.length, received: axis },
  )
}

function batchSize(leaves: readonly Tensor[], axes: readonly (number | null)[]): Dim {
  const sizes = leaves.flatMap((leaf, i) => (axes[i] === null ? [] : [{ leaf, size: leaf.shape[axes[i]!] }]))
  const first = sizes[0]?.size
  if (first === undefined)
    throw new UsageError('vmap: no argument is batched. Give an axis for one at least.')
  const other = sizes.find(({ size }) => size !== first)
  if (other === undefined) return first
  throw new UsageError(
    `vmap: the batch is ${first} long in one argument and ${other.size} in another, ${formatSpec(other.leaf)}.`,
  )
}
