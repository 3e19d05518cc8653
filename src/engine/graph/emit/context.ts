// What writing a graph as ONNX operators needs to know.
import type { Attributes, GraphBuilder, TensorType, Value as OnnxValue } from '../../onnx/index.js'
import { tensor } from '../../onnx/index.js'
import type { DType, NDArray } from '../array.js'
import { type Dim, isStatic, parseDim, type Shape } from '../dims.js'
import { InternalError } from '../../../base/index.js'
import type { Primitive } from '../primitives.js'
import type { Node, Spec } from '../value.js'

/** A size known only when the graph runs: which input of the file has it, along which axis. */
export interface SizeSource {
  readonly value: OnnxValue
  readonly axis: number
}

export interface EmitContext {
  readonly builder: GraphBuilder
  /** Standard operators only, for files that other programs run; otherwise also ONNX Runtime's own, which are faster. */
  readonly portable: boolean
  /** How many channels the runtime's convolutions take as one block on this processor; undefined: not in blocks. */
  readonly channelBlock: number | undefined
  /** Values that are known with their channels in blocks too. */
  readonly blocked: Map<OnnxValue, OnnxValue>
  readonly sizes: ReadonlyMap<string, SizeSource>
}

/** How a step is written. */
export type EmitRule<P extends Primitive = Primitive> = (
  context: EmitContext,
  inputs: readonly OnnxValue[],
  node: Node<P>,
) => OnnxValue | readonly OnnxValue[]

export type EmitRules<P extends Primitive> = { readonly [K in P]: EmitRule<K> }

/** A node with one output, whose element type is known. */
export function op(
  { builder }: EmitContext,
  operator: string,
  given: {
    readonly inputs: readonly (OnnxValue | null)[]
    readonly attributes?: Attributes
    readonly like: Spec
    readonly domain?: 'com.microsoft' | 'com.microsoft.nchwc'
  },
): OnnxValue {
  return builder.node(operator, given.inputs, given.attributes ?? {}, {
    type: given.like.dtype,
    ...(given.domain === undefined ? {} : { domain: given.domain }),
  })
}

/** A list of whole numbers as an operand. */
export const integers = ({ builder }: EmitContext, values: readonly number[]): OnnxValue =>
  builder.initializer('sizes', tensor('int64', values.map(BigInt)))

/** A scalar constant. */
export function number({ builder }: EmitContext, value: number, dtype: DType): OnnxValue {
  return builder.initializer('number', tensor(dtype as 'float32', [value], []))
}

/** An array as a constant of the file. */
export function constant(
  { builder }: EmitContext,
  { dtype, shape, data }: NDArray,
  hint = 'constant',
): OnnxValue {
  return builder.initializer(hint, { type: dtype as TensorType, dims: shape, data } as never)
}

export function cast(context: EmitContext, x: OnnxValue, dtype: DType | 'int64'): OnnxValue {
  const codes = { float32: 1, float64: 11, int32: 6, int64: 7, uint32: 12, bool: 9 } as const
  return context.builder.node('Cast', [x], { to: codes[dtype] }, { type: dtype })
}

export function reshape(context: EmitContext, x: OnnxValue, shape: Shape): OnnxValue {
  return context.builder.node('Reshape', [x, shapeOperand(context, shape, 'reshape')], {}, { type: x.type })
}

export const transpose = (context: EmitContext, x: OnnxValue, permutation: readonly number[]): OnnxValue =>
  context.builder.node('Transpose', [x], { perm: permutation }, { type: x.type })

/** A shape as an operand: a constant where all sizes are known (or one is open in a reshape), else computed. */
export function shapeOperand(context: EmitContext, shape: Shape, use: 'reshape' | 'expand'): OnnxValue {
  if (isStatic(shape)) return integers(context, shape)
  const open = shape.filter((dim) => typeof dim !== 'number').length
  if (use === 'reshape' && open === 1 && !shape.includes(0))
    return integers(
      context,
      shape.map((dim) => (typeof dim === 'number' ? dim : -1)),
    )
  const parts = shape.map((dim) => sizeOperand(context, dim))
  return context.builder.node('Concat', parts, { axis: 0 }, { type: 'int64' })
}

/** One size as an int64 vector of length 1. */
export function sizeOperand(context: EmitContext, dim: Dim): OnnxValue {
  const { factor, names } = parseDim(dim)
  let size = names.length === 0 ? integers(context, [factor]) : undefined
  for (const name of names) {
    const source = context.sizes.get(name)
    if (source === undefined) throw new InternalError(`No input has an axis of the size '${name}'.`)
    const { builder } = context
    const own = builder.node(
      'Shape',
      [source.value],
      { start: source.axis, end: source.axis + 1 },
      { type: 'int64' },
    )
    size = size === undefined ? own : builder.node('Mul', [size, own], {}, { type: 'int64' })
  }
  if (names.length > 0 && factor !== 1)
    size = context.builder.node('Mul', [size!, integers(context, [factor])], {}, { type: 'int64' })
  return size!
}
