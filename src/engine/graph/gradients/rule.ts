// The form of gradient rules: from the cotangents of the outputs to those of the inputs, in operations that can be
// differentiated again.
import { sameShape, type Shape } from '../dims.js'
import { reshape, sum } from '../operations/index.js'
import type { Primitive, PrimitiveParams } from '../primitives.js'
import type { Draft, Graph, Tensor, Value } from '../value.js'

export interface GradientContext<P extends Primitive> {
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /** Of each output; undefined where nothing depends on it. */
  readonly cotangents: readonly (Tensor | undefined)[]
  readonly params: PrimitiveParams[P]
  readonly reverse: ReverseMode
}

/** Reverse mode itself, for primitives that hold graphs; given, since these rules are a part of it. */
export interface ReverseMode {
  /** (inputs…, captured…, cotangents…) → gradients of what is wanted. */
  pullback(graph: Graph, wanted: readonly boolean[]): Graph
  /** Replays a graph in a draft so that it can be differentiated. */
  replayInto(draft: Draft, graph: Graph, inputs: readonly Value[]): readonly Value[]
  /** Adds the steps that compute gradients of values of a draft. */
  backpropagate(draft: Draft, sources: Sources): readonly Tensor[]
}

/** Where gradients come from and where they are wanted. */
export interface Sources {
  readonly outputs: readonly Value[]
  /** Of each output; undefined where it does not count. */
  readonly cotangents: readonly (Tensor | undefined)[]
  readonly wanted: readonly Value[]
}

/** A gradient for each input; undefined where none flows. */
export type GradientRule<P extends Primitive> = (
  context: GradientContext<P>,
) => readonly (Tensor | undefined)[]

export type GradientRules<P extends Primitive> = { readonly [K in P]: GradientRule<K> }

/** Sums over the axes along which an operand was repeated. */
export function unbroadcast(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy
  const lead = dy.shape.length - shape.length
  const axes = dy.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && dy.shape[axis] !== 1))
  return reshape(sum(dy, { axes }), shape)
}

/** For what is constant almost everywhere, and for what has no derivative. */
export const noGradient: GradientRule<Primitive> = ({ inputs }) => inputs.map(() => undefined)
