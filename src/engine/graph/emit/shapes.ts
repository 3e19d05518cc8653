// Moving elements.
import type { ShapeParams, IndexParams } from '../primitives.js'
import { tensor, type Value as OnnxValue } from '../../onnx/index.js'
import type { DType } from '../array.js'
import { type Dim, product, type Shape } from '../dims.js'
import type { Node } from '../value.js'
import {
  cast,
  constant,
  type EmitContext,
  type EmitRules,
  integers,
  number,
  op,
  reshape,
  shapeOperand,
  transpose,
} from './context.js'

// Beyond any axis: the operators take it for the end.
const end = Number.MAX_SAFE_INTEGER

function iota(context: EmitContext, [x]: readonly OnnxValue[], { inputs, params }: Node<'iota'>): OnnxValue {
  const length = inputs[0]!.shape[params.axis]!
  if (typeof length === 'number')
    return context.builder.initializer(
      'iota',
      tensor(
        'int32',
        Array.from({ length }, (_, i) => i),
      ),
    )
  const { builder } = context
  const size = builder.node('Shape', [x!], { start: params.axis, end: params.axis + 1 }, { type: 'int64' })
  const scalars = [0n, 1n].map((value) => builder.initializer('range', tensor('int64', [value], [])))
  const range = builder.node(
    'Range',
    [scalars[0]!, builder.node('Squeeze', [size], {}, { type: 'int64' }), scalars[1]!],
    {},
    { type: 'int64' },
  )
  return cast(context, range, 'int32')
}

function slice(context: EmitContext, x: OnnxValue, { inputs, outputs, params }: Node<'slice'>): OnnxValue {
  const { starts, ends, steps } = params
  const touched = starts
    .map((_, axis) => axis)
    .filter((axis) => starts[axis] !== 0 || ends[axis] !== null || steps[axis] !== 1)
  if (touched.length === 0) return x
  const list = (pick: (axis: number) => number): OnnxValue => integers(context, touched.map(pick))
  return op(context, 'Slice', {
    inputs: [
      x,
      list((axis) => starts[axis]!),
      list((axis) => ends[axis] ?? end),
      list((axis) => axis),
      list((axis) => steps[axis]!),
    ],
    like: outputs[0] ?? inputs[0]!,
  })
}

function pad(context: EmitContext, [x]: readonly OnnxValue[], node: Node<'pad'>): OnnxValue {
  const { low, high, interior } = node.params
  const like = node.outputs[0]!
  const spread = interior.every((size) => size === 0) ? x! : dilated(context, x!, node)
  // Zeros between elements leave some after the last one: they are cut with what follows.
  const after = high.map((size, axis) => size - interior[axis]!)
  if ([...low, ...after].every((size) => size === 0)) return spread
  const bool = like.dtype === 'bool'
  const given = bool ? cast(context, spread, 'int32') : spread
  const dtype = bool ? 'int32' : like.dtype
  const padded = op(context, 'Pad', {
    inputs: [given, integers(context, [...low, ...after]), number(context, 0, dtype)],
    like: { ...like, dtype },
  })
  return bool ? cast(context, padded, 'bool') : padded
}

/** Each element becomes a block of itself and zeros. */
function dilated(
  context: EmitContext,
  x: OnnxValue,
  { inputs, params: { interior } }: Node<'pad'>,
): OnnxValue {
  const { shape, dtype } = inputs[0]!
  const rank = shape.length
  const wide = reshape(
    context,
    x,
    shape.flatMap((dim) => [dim, 1]),
  )
  const zeros = Array.from({ length: 2 * rank }, () => 0)
  const after = interior.flatMap((size) => [0, size])
  const grown = op(context, 'Pad', {
    inputs: [wide, integers(context, [...zeros, ...after]), number(context, 0, dtype)],
    like: { dtype, shape: [] },
  })
  return reshape(
    context,
    grown,
    shape.map((dim, axis) => product([dim, interior[axis]! + 1])),
  )
}

// Up to so many rows the product with zeros and ones is faster than adding rows one by one (embeddings of 65 letters: 0.3 ms
// against 1.2 ms for 2,048 rows of 128).
const mostByProduct = 512

interface Additions {
  readonly indices: OnnxValue
  readonly rows: Dim
  readonly dtype: DType
  readonly ahead: Shape
}

/** Sums of the rows of each index as a product: (index of row = index)ᵀ · rows. */
function addByProduct(
  context: EmitContext,
  flat: OnnxValue,
  { indices, rows, dtype, ahead }: Additions,
): OnnxValue {
  const { builder } = context
  const length = Number(ahead[0])
  const whole = (values: number[], dims: number[]): OnnxValue =>
    builder.initializer('rows', tensor('int32', values, dims))
  const isNegative = builder.node('Less', [indices, whole([0], [])], {}, { type: 'bool' })
  const fromEnd = builder.node('Add', [indices, whole([length], [])], {}, { type: 'int32' })
  const counted = builder.node('Where', [isNegative, fromEnd, indices], {}, { type: 'int32' })
  const all = whole(
    Array.from({ length }, (_, i) => i),
    [1, length],
  )
  const same = builder.node('Equal', [reshape(context, counted, [rows, 1]), all], {}, { type: 'bool' })
  return builder.node('Gemm', [cast(context, same, dtype), flat], { transA: 1 }, { type: dtype })
}

/**
 * Rows added element by element. Not by ScatterND, which is faster: with several threads it loses additions to one row, as
 * they are not atomic (seen with onnxruntime 1.30, 2,048 rows to 65 places: errors of 2e-5).
 */
function addOneByOne(
  context: EmitContext,
  flat: OnnxValue,
  { indices, rows, dtype, ahead }: Additions,
): OnnxValue {
  const { builder } = context
  const wide = builder.node(
    'Expand',
    [reshape(context, indices, [rows, 1]), shapeOperand(context, [rows, product(ahead.slice(1))], 'expand')],
    {},
    { type: 'int32' },
  )
  const zeros = filled(context, [ahead[0]!, product(ahead.slice(1))], dtype)
  return builder.node('ScatterElements', [zeros, wide, flat], { axis: 0, reduction: 'add' }, { type: dtype })
}

/** Slices added at indices: along the first axis, so the axis is brought there. */
function scatterAdd(
  context: EmitContext,
  [indices, updates]: readonly OnnxValue[],
  node: Node<'scatterAdd'>,
): OnnxValue {
  const { axis, shape } = node.params
  const [{ shape: indexShape }, { dtype, shape: updateShape }] = node.inputs as [
    Node['outputs'][number],
    Node['outputs'][number],
  ]
  const rank = indexShape.length
  // [before…, indices…, after…] → [indices…, before…, after…]
  const order = [
    ...indexShape.map((_, i) => axis + i),
    ...updateShape.map((_, i) => i).filter((i) => i < axis || i >= axis + rank),
  ]
  const front = axis === 0 ? updates! : transpose(context, updates!, order)
  const ahead = [shape[axis]!, ...shape.filter((_, i) => i !== axis)]
  const rows = product(indexShape)
  const flat = reshape(context, front, [rows, product(ahead.slice(1))])
  const given = { indices: reshape(context, indices!, [rows]), rows, dtype, ahead }
  const few = typeof ahead[0] === 'number' && ahead[0] <= mostByProduct && dtype.startsWith('float')
  const sums = few ? addByProduct(context, flat, given) : addOneByOne(context, flat, given)
  const sum = reshape(context, sums, ahead)
  if (axis === 0) return sum
  const back = shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i))
  return transpose(context, sum, back)
}

/** Zeros of a shape. */
export function filled(context: EmitContext, shape: Shape, dtype: DType): OnnxValue {
  const value = tensor(dtype as 'float32', [0], [1])
  return context.builder.node(
    'ConstantOfShape',
    [shapeOperand(context, shape, 'expand')],
    { value },
    { type: dtype },
  )
}

export const shapeEmitters: EmitRules<keyof ShapeParams | keyof IndexParams> = {
  constant: (context, _, { params }) => constant(context, params.value),
  iota,
  reshape: (context, [x], { params }) => reshape(context, x!, params.shape),
  transpose: (context, [x], { params }) => transpose(context, x!, params.permutation),
  broadcastTo: (context, [x], { params, outputs }) =>
    op(context, 'Expand', { inputs: [x!, shapeOperand(context, params.shape, 'expand')], like: outputs[0]! }),
  slice: (context, [x], node) => slice(context, x!, node),
  pad,
  reverse(context, [x], { params: { axes }, outputs }) {
    if (axes.length === 0) return x!
    const list = (value: number): OnnxValue =>
      integers(
        context,
        axes.map(() => value),
      )
    return op(context, 'Slice', {
      inputs: [x!, list(-1), list(-end), integers(context, axes), list(-1)],
      like: outputs[0]!,
    })
  },
  concat: (context, inputs, { params, outputs }) =>
    op(context, 'Concat', { inputs, attributes: { axis: params.axis }, like: outputs[0]! }),
  split: (context, [x], { params: { axis, sizes }, outputs }) =>
    context.builder.nodes(
      'Split',
      [x!, integers(context, sizes)],
      { axis },
      { types: outputs.map(({ dtype }) => dtype) },
    ),
  gather: (context, [x, indices], { params, outputs }) =>
    op(context, 'Gather', { inputs: [x!, indices!], attributes: { axis: params.axis }, like: outputs[0]! }),
  scatterAdd,
  takeAlong: (context, [x, indices], { params, outputs }) =>
    op(context, 'GatherElements', {
      inputs: [x!, indices!],
      attributes: { axis: params.axis },
      like: outputs[0]!,
    }),
  scatterAlong: (context, [indices, updates], { params: { axis, shape }, outputs }) =>
    op(context, 'ScatterElements', {
      inputs: [filled(context, shape, outputs[0]!.dtype), indices!, updates!],
      attributes: { axis, reduction: 'add' },
      like: outputs[0]!,
    }),
}
