// Over axes.
import { tensor, type Value as OnnxValue } from '../../onnx/index.js'
import type { Node } from '../value.js'
import { cast, type EmitContext, type EmitRule, type EmitRules, integers, op } from './context.js'

const extreme =
  (operator: string): EmitRule<'reduceMax' | 'reduceMin'> =>
  (context, [x], { params, outputs }) => {
    // Axes are an attribute before version 18.
    const old = context.builder.operatorSet < 18
    return op(context, operator, {
      inputs: old ? [x!] : [x!, integers(context, params.axes)],
      attributes: { keepdims: 0, axes: old ? params.axes : undefined },
      like: outputs[0]!,
    })
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
    const found = context.builder.node('ArgMax', [x!], { axis: params.axis, keepdims: 0 }, { type: 'int64' })
    return cast(context, found, 'int32')
  },
  cumulativeSum(context, [x], { params, outputs }) {
    const axis = context.builder.initializer('axis', tensor('int64', [BigInt(params.axis)], []))
    return op(context, 'CumSum', {
      inputs: [x!, axis],
      attributes: { reverse: params.reverse },
      like: outputs[0]!,
    })
  },
  topK(context, [x], { params: { axis, k }, outputs }) {
    const [values, indices] = context.builder.nodes(
      'TopK',
      [x!, integers(context, [k])],
      { axis },
      { types: [outputs[0]!.dtype, 'int64'] },
    )
    return [values!, cast(context, indices!, 'int32')]
  },
}
