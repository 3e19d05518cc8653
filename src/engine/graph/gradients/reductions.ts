// Over axes: what was one becomes many again.
import {
  broadcastTo,
  cast,
  cumulativeSum,
  div,
  equal,
  mul,
  reshape,
  scatterAlong,
  sum,
} from '../operations/index.js'
import type { Tensor, Value } from '../value.js'
import { type GradientContext, type GradientRules, noGradient } from './rule.js'

const kept = (x: Value, axes: readonly number[], reduced: Tensor): Tensor =>
  reshape(
    reduced,
    x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  )

/** The largest (or smallest) gets the gradient; equal ones share it. */
function toExtremes({
  inputs,
  outputs,
  cotangents,
  params,
}: GradientContext<'reduceMax' | 'reduceMin'>): [Tensor] {
  const x = inputs[0]!
  const { axes } = params
  const winners = cast(equal(x, kept(x, axes, outputs[0]!)), x.dtype)
  const count = sum(winners, { axes, keepDims: true })
  return [mul(winners, div(kept(x, axes, cotangents[0]!), count))]
}

export const reductionGradients: GradientRules<
  'sum' | 'reduceMax' | 'reduceMin' | 'argMax' | 'cumulativeSum' | 'topK'
> = {
  sum({ inputs, cotangents, params: { axes } }) {
    const x = inputs[0]!
    return [broadcastTo(kept(x, axes, cotangents[0]!), x.shape)]
  },
  reduceMax: toExtremes,
  reduceMin: toExtremes,
  argMax: noGradient,
  cumulativeSum: ({ cotangents, params: { axis, reverse } }) => [
    cumulativeSum(cotangents[0]!, { axis, reverse: !reverse }),
  ],
  topK({ inputs, outputs, cotangents, params: { axis } }) {
    const dy = cotangents[0]
    return [dy === undefined ? undefined : scatterAlong(outputs[1]!, dy, { axis, shape: inputs[0]!.shape })]
  },
}
