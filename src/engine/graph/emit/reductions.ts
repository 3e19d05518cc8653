// Over axes.
import { tensor, type Value as OnnxValue } from '../../onnx/index.js'
import type { DType } from '../array.js'
import type { Node } from '../value.js'
import { cast, type EmitContext, type EmitRule, type EmitRules, integers } from './context.js'

// The runtime orders no uint32. float64 holds all of them; of int64 beyond 2³¹ its ReduceMax and ReduceMin find wrong ones.
const orderable = (context: EmitContext, x: OnnxValue): OnnxValue =>
  x.type === 'uint32' ? cast(context, x, 'float64') : x

const back = (context: EmitContext, x: OnnxValue, dtype: DType): OnnxValue =>
  x.type === dtype ? x : cast(context, x, dtype)

const extreme =
  (operator: string): EmitRule<'reduceMax' | 'reduceMin'> =>
  (context, [x], { params, outputs }) => {
    // Axes are an attribute before version 18.
    const old = context.builder.operatorSet < 18
    const own = orderable(context, x!)
    const found = context.builder.node(
      operator,
      old ? [own] : [own, integers(context, params.axes)],
      { keepdims: 0, axes: old ? params.axes : undefined },
      { type: own.type },
    )
    return back(context, found, outputs[0]!.dtype)
  }

function sum(
  context: EmitContext,
  [x]: readonly OnnxValue[],
  { params, outputs, inputs }: Node<'sum'>,
): OnnxValue {
  // The runtime has no sum of uint32.
  const wide = inputs[0]!.dtype === 'uint32'
  const total = context.builder.node(
    'ReduceSum',
    [wide ? cast(context, x!, 'int64') : x!, integers(context, params.axes)],
    { keepdims: 0 },
    { type: wide ? 'int64' : outputs[0]!.dtype },
  )
  return wide ? cast(context, total, 'uint32') : total
}

export const reductionEmitters: EmitRules<
  'sum' | 'reduceMax' | 'reduceMin' | 'argMax' | 'cumulativeSum' | 'topK'
> = {
  sum,
  reduceMax: extreme('ReduceMax'),
  reduceMin: extreme('ReduceMin'),
  argMax(context, [x], { params }) {
    const found = context.builder.node(
      'ArgMax',
      [orderable(context, x!)],
      { axis: params.axis, keepdims: 0 },
      { type: 'int64' },
    )
    return cast(context, found, 'int32')
  },
  cumulativeSum(context, [x], { params, outputs }) {
    const axis = context.builder.initializer('axis', tensor('int64', [BigInt(params.axis)], []))
    // The runtime has no sums of uint32, which wrap around.
    const own = x!.type === 'uint32' ? cast(context, x!, 'int64') : x!
    const sums = context.builder.node('CumSum', [own, axis], { reverse: params.reverse }, { type: own.type })
    return back(context, sums, outputs[0]!.dtype)
  },
  topK(context, [x], { params: { axis, k }, outputs }) {
    const own = x!.type === 'bool' ? cast(context, x!, 'int32') : orderable(context, x!)
    const [values, indices] = context.builder.nodes(
      'TopK',
      [own, integers(context, [k])],
      { axis },
      { types: [own.type, 'int64'] },
    )
    return [back(context, values!, outputs[0]!.dtype), cast(context, indices!, 'int32')]
  },
}
