// Moving elements back.
import type { ShapeParams, IndexParams } from '../primitives.js'
import { bind } from '../bind.js'
import {
  concat,
  reshape,
  reverse,
  scatterAdd,
  scatterAlong,
  gather,
  takeAlong,
  transpose,
  zerosLike,
} from '../operations/index.js'
import type { Tensor, Value } from '../value.js'
import { type GradientRules, noGradient, unbroadcast } from './rule.js'

const sizes = (value: Value): (number | undefined)[] =>
  value.shape.map((dim) => (typeof dim === 'number' ? dim : undefined))

/** Negative and exact: padding cuts what slicing added, and the other way round. */
function padBack(dy: Tensor, given: { low: number[]; high: number[]; interior: number[] }): Tensor {
  const nothing = [given.low, given.high, given.interior].every((list) => list.every((size) => size === 0))
  return nothing ? dy : bind('pad', [dy], given)
}

export const shapeGradients: GradientRules<keyof ShapeParams | keyof IndexParams> = {
  constant: noGradient,
  iota: noGradient,
  reshape: ({ inputs, cotangents }) => [reshape(cotangents[0]!, inputs[0]!.shape)],
  transpose({ cotangents, params }) {
    const back = params.permutation.map((_, i) => params.permutation.indexOf(i))
    return [transpose(cotangents[0]!, back)]
  },
  broadcastTo: ({ inputs, cotangents }) => [unbroadcast(cotangents[0]!, inputs[0]!.shape)],
  slice({ inputs, outputs, cotangents, params: { starts, steps } }) {
    const [before, after] = [sizes(inputs[0]!), sizes(outputs[0]!)]
    const reach = after.map((length, i) =>
      length === undefined ? 0 : length === 0 ? 0 : (length - 1) * steps[i]! + 1,
    )
    return [
      padBack(cotangents[0]!, {
        low: [...starts],
        high: before.map((length, i) => (length === undefined ? 0 : length - starts[i]! - reach[i]!)),
        interior: steps.map((step) => step - 1),
      }),
    ]
  },
  pad({ inputs, cotangents, params: { low, high, interior } }) {
    // First the sides are cut (or, where they were cut, zeros return), then the elements between are left out.
    const rank = low.length
    const trimmed = padBack(cotangents[0]!, {
      low: low.map((size) => -size),
      high: high.map((size) => -size),
      interior: low.map(() => 0),
    })
    if (interior.every((size) => size === 0)) return [trimmed]
    const starts = Array.from({ length: rank }, () => 0)
    const steps = interior.map((size) => size + 1)
    return [bind('slice', [trimmed], { starts, steps, ends: inputs[0]!.shape.map(() => null) })]
  },
  reverse: ({ cotangents, params }) => [reverse(cotangents[0]!, params.axes)],
  concat({ inputs, cotangents, params: { axis } }) {
    const lengths = inputs.map(({ shape }) => Number(shape[axis]))
    return splitAlong(cotangents[0]!, axis, lengths)
  },
  split({ outputs, cotangents, params: { axis } }) {
    return [
      concat(
        outputs.map((output, i) => cotangents[i] ?? zerosLike(output)),
        axis,
      ),
    ]
  },
  gather({ inputs, cotangents, params: { axis } }) {
    const [x, indices] = inputs as [Value, Value]
    return [scatterAdd(indices, cotangents[0]!, { axis, shape: x.shape }), undefined]
  },
  scatterAdd: ({ inputs, cotangents, params: { axis } }) => [
    undefined,
    gather(cotangents[0]!, inputs[0]!, axis),
  ],
  takeAlong({ inputs, cotangents, params: { axis } }) {
    const [x, indices] = inputs as [Value, Value]
    return [scatterAlong(indices, cotangents[0]!, { axis, shape: x.shape }), undefined]
  },
  scatterAlong: ({ inputs, cotangents, params: { axis } }) => [
    undefined,
    takeAlong(cotangents[0]!, inputs[0]!, axis),
  ],
}

function splitAlong(dy: Tensor, axis: number, lengths: readonly number[]): Tensor[] {
  let start = 0
  return lengths.map((length) => {
    const starts = dy.shape.map((_, i) => (i === axis ? start : 0))
    start += length
    const ends = dy.shape.map((_, i) => (i === axis ? starts[axis]! + length : null))
    return bind('slice', [dy], { starts, ends, steps: starts.map(() => 1) })
  })
}
