// Derivatives of functions.
import { ShapeError, UsageError } from '../../base/index.js'
import { full } from './creation.js'
import { inline } from './inline.js'
import { into } from './bind.js'
import type { Operand } from './operations/operand.js'
import { backpropagate, replayInto } from './pullback.js'
import { isSpec, trace, type Traced } from './trace.js'
import { userLine } from './user-line.js'
import { type Concrete, flattenTree, type Tree, unflattenTree } from './tree.js'
import {
  closeDraft,
  formatSpec,
  type Graph,
  isFloat,
  newDraft,
  newValue,
  type Tensor,
  type Value,
} from './value.js'

/** Which of its arguments a function is differentiated by. */
export interface GradOptions<Argument extends number = number> {
  /** @default 0 */
  readonly argument?: Argument
}

type TensorTree = Tree<Tensor>
/** Of the form of the argument; arrays where all arguments are. */
type GradientOf<A extends readonly TensorTree[], Argument extends number> = Concrete<A, A[Argument]>
type ScalarFunction<Args extends readonly TensorTree[]> = (...args: Args) => Operand

/**
 * The function of a value and its gradients: reverse mode, in about the time of three values.
 *
 * Works on arrays at once and inside of a trace, also of a function that is itself a gradient.
 *
 * @param f - gives one float
 * @throws {@link ShapeError} when it gives an array
 * @throws {@link UsageError} when it gives several results
 * @example
 * ```ts
 * import type { Tensor } from 'modelwright/graph'
 * const { value, gradient } = valueAndGrad((x: Tensor) => t.sum(t.square(x)))(array([1, 2, 3]))
 * gradient.data // => Float32Array [2, 4, 6]
 * ```
 */
export function valueAndGrad<Args extends readonly TensorTree[], Argument extends number = 0>(
  f: ScalarFunction<Args>,
  { argument = 0 as Argument }: GradOptions<Argument> = {},
): <A extends Args>(
  ...args: A
) => { readonly value: Concrete<A, Tensor>; readonly gradient: GradientOf<A, Argument> } {
  const both = differentiated(f as never, argument)
  return (...args) => both(args) as never
}

const severalResults = (paths: readonly string[]): UsageError =>
  new UsageError(
    `grad${userLine()}: the function gives ${paths.length} results (${paths.join(', ')}), expected one float. Compute the others beside it, or use trace and gradientsOf, which keeps them.`,
    { expected: 'one float', received: paths, where: 'grad' },
  )

/** The gradient alone; see {@link valueAndGrad}. */
export function grad<Args extends readonly TensorTree[], Argument extends number = 0>(
  f: ScalarFunction<Args>,
  { argument = 0 as Argument }: GradOptions<Argument> = {},
): <A extends Args>(...args: A) => GradientOf<A, Argument> {
  const both = differentiated(f as never, argument)
  return (...args) => both(args).gradient as never
}

type Untyped = (...args: unknown[]) => Operand

function differentiated(
  f: Untyped,
  argument: number,
): (args: readonly TensorTree[]) => { readonly value: Tensor; readonly gradient: TensorTree } {
  return (args) => {
    const { leaves, shape } = flattenTree<Tensor>(args, isSpec)
    const chosen = args[argument]
    if (chosen === undefined) throw new UsageError(`grad: the function has no argument ${argument}.`)
    const before = flattenTree<Tensor>(args.slice(0, argument), isSpec).leaves.length
    const own = flattenTree<Tensor>(chosen, isSpec)
    const traced = trace(
      (input: unknown) => f(...(input as unknown[])),
      unflattenTree(shape, leaves) as never,
    )
    if (traced.graph.outputs.length > 1) throw severalResults(traced.outputPaths)
    const range = own.leaves.map((_, i) => before + i)
    const [value, ...gradients] = inline(withGradients(traced.graph, range), leaves)
    return { value: value!, gradient: unflattenTree(own.shape, gradients) }
  }
}

/** A graph of one float, with the gradients of some of its inputs as further outputs. */
export function withGradients(graph: Graph, wanted: readonly number[]): Graph {
  const loss = graph.outputs[0]
  if (loss === undefined || loss.shape.length > 0 || !isFloat(loss)) {
    throw new ShapeError(
      `grad: the function gives ${loss === undefined ? 'nothing' : formatSpec(loss)}, expected one float. Reduce it with sum or mean.`,
      { expected: [], received: loss?.shape, where: 'grad' },
    )
  }
  for (const i of wanted) {
    if (isFloat(graph.inputs[i]!)) continue
    throw new UsageError(`grad: input ${i} is ${formatSpec(graph.inputs[i]!)}; only floats have gradients.`)
  }
  const draft = newDraft()
  const inputs = graph.inputs.map((input) => newValue(draft, input))
  const outputs = replayInto(draft, graph, inputs)
  const seed = into(draft, full([], 1, loss.dtype))
  const gradients = backpropagate(draft, {
    outputs: outputs.slice(0, 1),
    cotangents: [seed],
    wanted: wanted.map((i) => inputs[i]!),
  })
  return closeDraft(draft, inputs, [...outputs, ...gradients.map((gradient) => into(draft, gradient))])
}

/**
 * A traced loss with its gradients: { value, grads }, where grads has the form of a part of the input. A function that gives
 * an object whose first leaf is the loss keeps its other results beside: { loss, …, grads }.
 *
 * @param at - the key of that part; default all of the input
 */
export function gradientsOf<Input, Output>(
  traced: Traced<Input, Output>,
  at?: string,
): Traced<Input, GradientResult> {
  const chosen = traced.inputPaths
    .map((path, i) => ({ path, i }))
    .filter(({ path }) => at === undefined || path === at || path.startsWith(`${at}.`))
  if (chosen.length === 0) {
    throw new UsageError(`grad: the input has no '${at}'; it has ${traced.inputPaths.join(', ')}.`)
  }
  const part = at === undefined ? traced.inputShape : partOf(traced.inputShape, at)
  const single = traced.outputShape === 'leaf'
  return {
    ...traced,
    graph: withGradients(
      traced.graph,
      chosen.map(({ i }) => i),
    ),
    outputPaths: [
      ...(single ? ['value'] : traced.outputPaths),
      ...chosen.map(({ path }) => `grads.${at === undefined ? path : path.slice(at.length + 1)}`),
    ],
    outputShape: { ...(single ? { value: 'leaf' } : (traced.outputShape as object)), grads: part },
  } as Traced<Input, GradientResult>
}

/** What a differentiated trace gives. */
export interface GradientResult {
  readonly value: Value
  readonly grads: Tree<Value>
}

const partOf = (shape: Traced['inputShape'], path: string): Traced['inputShape'] =>
  path.split('.').reduce((part, key) => (part as Record<string, Traced['inputShape']>)[key]!, shape)
