// From a function to the graph of what it does.
import { UsageError } from '../../base/index.js'
import type { DType } from './array.js'
import { into } from './bind.js'
import { checkOpenSizes, checkType } from './checked.js'
import { type Operand, toTensor } from './operations/operand.js'
import type { Shape } from './dims.js'
import { flattenTree, type MapLeaves, type Tree, type TreeShape, unflattenTree } from './tree.js'
import { closeDraft, type Graph, newDraft, newValue, type Spec, type Tensor, type Value } from './value.js'

/**
 * Element type and sizes of an input; a size may be a name, such as 'batch'.
 *
 * @throws {@link ShapeError} for a size that is neither a whole number nor a name
 * @throws {@link UsageError} for an element type that there is none of
 */
export function spec(dtype: DType, shape: Shape): Spec {
  checkType('spec', dtype)
  checkOpenSizes('spec', shape)
  return { dtype, shape }
}

export const isSpec = (node: unknown): node is Spec =>
  typeof node === 'object' && node !== null && 'dtype' in node && 'shape' in node

/** What a traced function may give: tensors and numbers, in objects and lists. */
export const isResult = (node: unknown): boolean => typeof node === 'number' || isSpec(node)

/** A function as a graph, with the form of its input and output. */
export interface Traced<Input = unknown, Output = unknown> {
  readonly graph: Graph
  readonly inputPaths: readonly string[]
  readonly inputShape: TreeShape
  readonly outputPaths: readonly string[]
  readonly outputShape: TreeShape
  /** Only for the compiler: what goes in and comes out. */
  readonly types?: { readonly input: Input; readonly output: Output }
}

/**
 * Records what a function does with values of these specs.
 *
 * @throws {@link ShapeError} where operands do not go together, with the line of the function
 * @example
 * ```ts
 * const traced = trace(({ x, w }) => t.mean(t.square(t.matmul(x, w))), {
 *   x: spec('float32', ['batch', 3]),
 *   w: spec('float32', [3, 1]),
 * })
 * traced.graph.outputs[0].shape // => []
 * ```
 */
export function trace<In extends Tree<Spec>, Out>(
  f: (input: MapLeaves<In, Spec, Value>) => Out,
  specs: In,
): Traced<In, Out> {
  const { leaves, paths, shape } = flattenTree<Spec>(specs, isSpec)
  const draft = newDraft()
  const inputs = leaves.map((leaf) => newValue(draft, leaf))
  const result = f(unflattenTree<Value>(shape, inputs) as unknown as MapLeaves<In, Spec, Value>)
  const output = flattenTree<Operand>(checkedResult(result), isResult)
  const outputs = output.leaves.map((leaf) => into(draft, toTensor(leaf)))
  return {
    graph: closeDraft(draft, inputs, outputs),
    inputPaths: paths,
    inputShape: shape,
    outputPaths: output.paths,
    outputShape: output.shape,
  }
}

function checkedResult(result: unknown): Tree<Operand> {
  if (result instanceof Promise)
    throw new UsageError('trace: the function is asynchronous. Trace a function that returns at once.')
  if (typeof result === 'number' || (typeof result === 'object' && result !== null))
    return result as Tree<Operand>
  throw new UsageError(
    `trace: the function gave ${typeof result}, expected a tensor, or an object or list of them.`,
  )
}

/** Names the steps that a function records, for people: profiles, the printed graph, and errors speak of them. */
export function named<T>(name: string, like: Tensor, f: () => T): T {
  if (!('draft' in like)) return f()
  const { draft } = like
  const before = draft.scope
  draft.scope = before === '' ? name : `${before}/${name}`
  try {
    return f()
  } finally {
    draft.scope = before
  }
}
