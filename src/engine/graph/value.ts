// Values of a graph under construction, and finished graphs.
import { UsageError } from '../../base/index.js'
import { type DType, formatShape, type NDArray } from './array.js'
import type { Shape } from './dims.js'
import type { Primitive, PrimitiveParams } from './primitives.js'

/** Element type and sizes: all that is known of a value before a graph runs. */
export interface Spec {
  readonly dtype: DType
  readonly shape: Shape
}

/** A value that is traced: it stands for the arrays that will be there when the graph runs. */
export interface Value extends Spec {
  /** The graph that it belongs to. */
  readonly draft: Draft
  /** Unique in its graph, in order of creation. */
  readonly id: number
}

/** What operations take and give: known numbers, or a traced value. */
export type Tensor = NDArray | Value

/** A step of a graph. */
export type Node<P extends Primitive = Primitive> = {
  readonly [K in P]: {
    readonly primitive: K
    readonly params: PrimitiveParams[K]
    readonly inputs: readonly Value[]
    readonly outputs: readonly Value[]
    /** The names of the layers that it is part of, outermost first, joined by '/'. */
    readonly scope: string
  }
}[P]

/** A graph under construction. */
export interface Draft {
  /** Later drafts are traced inside of earlier ones. */
  readonly order: number
  readonly nodes: Node[]
  /** Values of outer graphs, by the value that stands for each here. */
  readonly captured: Map<Value, Value>
  /** Small constants, so that equal ones are one value. */
  readonly constants: Map<string, Value>
  scope: string
  count: number
}

/** A finished graph: a function of its inputs, then of the captured values. */
export interface Graph {
  readonly inputs: readonly Value[]
  /** Values of outer graphs that it uses, and what stands for them inside. */
  readonly captured: readonly { readonly outer: Value; readonly inner: Value }[]
  readonly outputs: readonly Value[]
  readonly nodes: readonly Node[]
}

/** The graphs that a step holds. */
export function innerGraphs({ primitive, params }: Node): Graph[] {
  if (primitive === 'call') return [params.graph]
  if (primitive === 'scan') return [params.body]
  return primitive === 'whileLoop' ? [params.condition, params.body] : []
}

/** Whether a derivative makes sense. */
export const isFloat = ({ dtype }: Spec): boolean => dtype.startsWith('float')

export const isValue = (tensor: unknown): tensor is Value =>
  typeof tensor === 'object' && tensor !== null && 'draft' in tensor

let drafts = 0

/** Starts a graph. */
export const newDraft = (): Draft => ({
  order: drafts++,
  nodes: [],
  captured: new Map(),
  constants: new Map(),
  scope: '',
  count: 0,
})

/** A value of a draft that no step gives yet. */
export const newValue = (draft: Draft, { dtype, shape }: Spec): Value =>
  Object.freeze(Object.assign(Object.create(manners) as object, { dtype, shape, draft, id: draft.count++ }))

/** What JavaScript makes of a traced value by itself: no number, which x * 2 would turn into NaN, and a short text on a screen. */
const manners = Object.freeze({
  [Symbol.toPrimitive](this: Spec): never {
    throw new UsageError(
      `${formatSpec(this)} is a traced value: its numbers are not there yet, and operators of JavaScript cannot compute with it. Use t.add, t.mul, t.less … instead.`,
      { argument: 'x' },
    )
  },
  // The name by which Node's console asks.
  [Symbol.for('nodejs.util.inspect.custom')](this: Spec): string {
    return `traced ${formatSpec(this)}`
  },
})

/** Ends a draft. */
export const closeDraft = (draft: Draft, inputs: readonly Value[], outputs: readonly Value[]): Graph => ({
  inputs,
  captured: [...draft.captured].map(([outer, inner]) => ({ outer, inner })),
  outputs,
  nodes: draft.nodes,
})

/** Element type and shape as people write them: float32[batch, 784]. */
export const formatSpec = ({ dtype, shape }: Spec): string => `${dtype}${formatShape(shape)}`
