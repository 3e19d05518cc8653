// Moving elements without changing them.
import type { ShapeParams } from '../primitives.js'
import { type NDArray, sizeOf } from '../array.js'
import { arange } from '../creation.js'
import type { Rules } from './rule.js'
import { blank, broadcastStrides, picked, positions, stridesOf } from './strides.js'

/** Copies a block of elements from one array to another; both are walked with strides. */
function place(
  from: NDArray,
  to: NDArray,
  given: { readonly offset: number; readonly strides: readonly number[] },
): void {
  const where = positions(from.shape, given.strides, given.offset)
  for (let i = 0; i < from.data.length; i++) to.data[where[i]!] = from.data[i]!
}

function slice(
  x: NDArray,
  starts: readonly number[],
  lengths: readonly number[],
  steps: readonly number[],
): NDArray {
  const strides = stridesOf(x.shape)
  const offset = starts.reduce((sum, start, axis) => sum + start * strides[axis]!, 0)
  return picked(
    x,
    lengths,
    positions(
      lengths,
      strides.map((stride, axis) => stride * steps[axis]!),
      offset,
    ),
  )
}

export const shapeRules: Rules<keyof ShapeParams> = {
  constant: (_, { value }) => [value],
  iota: ([x], { axis }) => [arange(x!.shape[axis]!)],
  reshape: ([x], { shape }) => [{ ...x!, shape: shape as readonly number[] }],
  transpose([x], { permutation }) {
    const strides = stridesOf(x!.shape)
    const shape = permutation.map((axis) => x!.shape[axis]!)
    return [
      picked(
        x!,
        shape,
        positions(
          shape,
          permutation.map((axis) => strides[axis]!),
        ),
      ),
    ]
  },
  broadcastTo([x], { shape }) {
    const sizes = shape as readonly number[]
    return [picked(x!, sizes, positions(sizes, broadcastStrides(x!.shape, sizes)))]
  },
  slice([x], { starts, ends, steps }) {
    const lengths = x!.shape.map((length, axis) =>
      Math.ceil(((ends[axis] ?? length) - starts[axis]!) / steps[axis]!),
    )
    return [slice(x!, starts, lengths, steps)]
  },
  pad([x], { low, high, interior }) {
    const spread = x!.shape.map((length, axis) =>
      Math.max(0, length + Math.max(0, length - 1) * interior[axis]!),
    )
    const grown = spread.map((length, axis) => length + Math.max(0, low[axis]!) + Math.max(0, high[axis]!))
    const room = blank(x!.dtype, grown)
    const strides = stridesOf(grown)
    place(x!, room, {
      offset: low.reduce((sum, before, axis) => sum + Math.max(0, before) * strides[axis]!, 0),
      strides: strides.map((stride, axis) => stride * (1 + interior[axis]!)),
    })
    const lengths = spread.map((length, axis) => Math.max(0, length + low[axis]! + high[axis]!))
    const cut = low.map((before) => Math.max(0, -before))
    return [
      slice(
        room,
        cut,
        lengths,
        cut.map(() => 1),
      ),
    ]
  },
  reverse([x], { axes }) {
    const strides = stridesOf(x!.shape)
    const offset = axes.reduce((sum, axis) => sum + (x!.shape[axis]! - 1) * strides[axis]!, 0)
    const turned = strides.map((stride, axis) => (axes.includes(axis) ? -stride : stride))
    return [picked(x!, x!.shape, positions(x!.shape, turned, offset))]
  },
  concat(inputs, { axis }) {
    const first = inputs[0]!
    const length = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0)
    const result = blank(
      first.dtype,
      first.shape.map((own, i) => (i === axis ? length : own)),
    )
    const strides = stridesOf(result.shape)
    let at = 0
    for (const input of inputs) {
      place(input, result, { offset: at * strides[axis]!, strides })
      at += input.shape[axis]!
    }
    return [result]
  },
  split([x], { axis, sizes }) {
    let at = 0
    return sizes.map((size) => {
      const starts = x!.shape.map((_, i) => (i === axis ? at : 0))
      at += size
      const lengths = x!.shape.map((length, i) => (i === axis ? size : length))
      return sizeOf(lengths) === 0
        ? blank(x!.dtype, lengths)
        : slice(
            x!,
            starts,
            lengths,
            starts.map(() => 1),
          )
    })
  },
}
