// Moving elements, elements by their indices, and reductions: axes count from one further on.
import { bind, bindAll } from '../bind.js'
import { add, broadcastTo, gather, iota, less, mul, reshape, scatterAdd, where } from '../operations/index.js'
import type { Primitive, PrimitiveParams, ShapeParams, IndexParams, ReductionParams } from '../primitives.js'
import type { Tensor } from '../value.js'
import {
  type BatchContext,
  type BatchRule,
  type BatchRules,
  filled,
  merged,
  moveAxis,
  parted,
} from './rule.js'

const next = (axes: readonly number[]): number[] => axes.map((axis) => axis + 1)

/** One operand, whose axis or axes are named by the parameters. */
function shifted<P extends Primitive>(
  primitive: P,
  shift: (params: PrimitiveParams[P]) => PrimitiveParams[P],
): BatchRule<P> {
  return ({ operands, params }) => bindAll(primitive, operands, shift(params))
}

const alongAxis = <P extends Primitive>(primitive: P): BatchRule<P> =>
  shifted(primitive, (params) => ({ ...params, axis: (params as unknown as { axis: number }).axis + 1 }))
const overAxes = <P extends Primitive>(primitive: P): BatchRule<P> =>
  shifted(primitive, (params) => ({ ...params, axes: next((params as unknown as { axes: number[] }).axes) }))

/** Indices into one long axis made of the axes of all of a batch. */
function offsetIndices(indices: Tensor, length: number): Tensor {
  const ones = indices.shape.slice(1).map(() => 1)
  const counted = where(less(indices, 0), add(indices, length), indices)
  return add(counted, reshape(mul(iota(indices, 0), length), [-1, ...ones]))
}

function gatherBatch(context: BatchContext<'gather'>): readonly Tensor[] {
  const { operands, batched, params } = context
  const [x, indices] = operands as [Tensor, Tensor]
  const { axis } = params
  if (batched[1] !== true) return [gather(x, indices, axis + 1)]
  if (batched[0] !== true) return [moveAxis(gather(x, indices, axis), axis, 0)]
  const front = moveAxis(x, axis + 1, 1)
  const rows = gather(merged(front), offsetIndices(indices, Number(front.shape[1])), 0)
  // [batch, indices…, others…] with those of the others that came before the axis put back there.
  const count = indices.shape.length - 1
  const own = rows.shape.map((_, i) => i)
  const before = own.slice(1 + count, 1 + count + axis)
  const order = [0, ...before, ...own.slice(1, 1 + count), ...own.slice(1 + count + axis)]
  return [bind('transpose', [rows], { permutation: order })]
}

function scatterAddBatch(context: BatchContext<'scatterAdd'>): readonly Tensor[] {
  const { batched, operands, params, size } = context
  const { axis, shape } = params
  if (batched[0] !== true)
    return [scatterAdd(operands[0]!, operands[1]!, { axis: axis + 1, shape: [size, ...shape] })]
  const [indices, updates] = [operands[0]!, filled(context, 1)]
  const count = indices.shape.length - 1
  // The axes of the indices come first, then the others.
  const own = updates.shape.map((_, i) => i)
  const order = [
    0,
    ...own.slice(1 + axis, 1 + axis + count),
    ...own.slice(1, 1 + axis),
    ...own.slice(1 + axis + count),
  ]
  const front = bind('transpose', [updates], { permutation: order })
  const length = Number(shape[axis])
  const others = shape.toSpliced(axis, 1)
  const sums = scatterAdd(offsetIndices(indices, length), front, {
    axis: 0,
    shape: [
      ...reshape(iota(indices, 0), [-1]).shape.map((dim) =>
        typeof dim === 'number' ? dim * length : `${length}*${dim}`,
      ),
      ...others,
    ],
  })
  return [moveAxis(parted(sums, size), 1, axis + 1)]
}

const elementsBatch =
  <P extends 'takeAlong' | 'scatterAlong'>(primitive: P): BatchRule<P> =>
  (context) => {
    const { axis } = context.params
    const params = {
      ...context.params,
      axis: axis + 1,
      ...('shape' in context.params ? { shape: [context.size, ...context.params.shape] } : {}),
    }
    return bindAll(primitive, [filled(context, 0), filled(context, 1)], params as PrimitiveParams[P])
  }

export const shapeBatching: BatchRules<
  keyof ShapeParams | keyof IndexParams | keyof ReductionParams | 'softmax' | 'logSoftmax'
> = {
  constant: ({ params }) => [params.value],
  iota({ operands, params, size }) {
    const indices = iota(operands[0]!, params.axis + 1)
    return [broadcastTo(indices, [size, ...indices.shape])]
  },
  reshape: ({ operands, params, size }) => [reshape(operands[0]!, [size, ...params.shape])],
  transpose: shifted('transpose', ({ permutation }) => ({ permutation: [0, ...next(permutation)] })),
  broadcastTo({ operands, params, size }) {
    const [batch, ...own] = operands[0]!.shape
    const ones = Array.from({ length: params.shape.length - own.length }, () => 1)
    return [broadcastTo(reshape(operands[0]!, [batch!, ...ones, ...own]), [size, ...params.shape])]
  },
  slice: shifted('slice', ({ starts, ends, steps }) => ({
    starts: [0, ...starts],
    ends: [null, ...ends],
    steps: [1, ...steps],
  })),
  pad: shifted('pad', ({ low, high, interior }) => ({
    low: [0, ...low],
    high: [0, ...high],
    interior: [0, ...interior],
  })),
  reverse: overAxes('reverse'),
  concat: (context) => [
    bind(
      'concat',
      context.operands.map((_, i) => filled(context, i)),
      { axis: context.params.axis + 1 },
    ),
  ],
  split: alongAxis('split'),
  gather: gatherBatch,
  scatterAdd: scatterAddBatch,
  takeAlong: elementsBatch('takeAlong'),
  scatterAlong: elementsBatch('scatterAlong'),
  sum: overAxes('sum'),
  reduceMax: overAxes('reduceMax'),
  reduceMin: overAxes('reduceMin'),
  argMax: alongAxis('argMax'),
  cumulativeSum: alongAxis('cumulativeSum'),
  topK: alongAxis('topK'),
  softmax: alongAxis('softmax'),
  logSoftmax: alongAxis('logSoftmax'),
}
