// Parts of axes, and room around them.
import type { NDArray } from '../../array.js'
import type { Dim } from '../../dims.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import { integers, scalar } from '../held.js'
import type { ImportedNode, OperatorRules } from '../node.js'

const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** Starts, ends, axes and steps are attributes before version 10, inputs from then on. */
function slice(node: ImportedNode): Tensor {
  const list = (name: string, i: number): readonly Dim[] | undefined =>
    node.opset >= 10 ? node.dims(i) : node.ints(name)
  const [starts, ends] = [list('starts', 1) ?? [], list('ends', 2) ?? []]
  const axes = list('axes', 3) ?? starts.map((_, i) => i)
  const steps = list('steps', 4)
  return starts.reduce(
    (part: Tensor, start, i) =>
      cut(node, part, Number(axes[i]), { start, end: ends[i]!, step: Number(steps?.[i] ?? 1) }),
    node.tensor(0),
  )
}

interface Cut {
  readonly start: Dim
  readonly end: Dim
  readonly step: number
}

// Files write the end of an axis as the largest number there is.
const endless = 2 ** 31 - 1

function cut(node: ImportedNode, x: Tensor, given: number, { start, end, step }: Cut): Tensor {
  const axis = fromFront(given, x.shape.length)
  const length = x.shape[axis]!
  const whole = start === 0 && step === 1 && (end === length || (typeof end === 'number' && end >= endless))
  if (whole) return x
  if (typeof length !== 'number' || typeof start !== 'number' || typeof end !== 'number')
    return firstOnes(node, x, { axis, start, end, step })
  const clamp = (index: number, low: number, high: number): number =>
    Math.min(high, Math.max(low, index < 0 ? index + length : index))
  const lead = x.shape.slice(0, axis).map(() => null)
  if (step > 0) return t.slice(x, [...lead, [clamp(start, 0, length), clamp(end, 0, length), step]])
  // Backwards: the same from the other end of the reversed axis.
  const from = length - 1 - clamp(start, 0, length - 1)
  const to = length - 1 - clampDown(end, length)
  return t.slice(t.reverse(x, [axis]), [...lead, [from, Math.max(from, to), -step]])
}

/** An end below the axis is before its first element. */
const clampDown = (end: number, length: number): number =>
  Math.min(length - 1, Math.max(-1, end < 0 ? Math.max(-1, end + length) : end))

/** As many first ones as an input has elements along an axis, by their indices. */
function firstOnes(node: ImportedNode, x: Tensor, given: Cut & { readonly axis: number }): Tensor {
  const { start, end, step, axis } = given
  const indices = start === 0 && step === 1 ? node.sizes.indices(end) : undefined
  const last = lastOnes(x, given)
  if (last !== undefined) return last
  if (indices === undefined || typeof end === 'number')
    throw node.fault(
      `[${start} : ${end} : ${step}] of axis ${axis} of [${x.shape.join(', ')}] has no length that is known. Fix the sizes of the inputs with the option shapes.`,
    )
  return t.gather(x, indices, axis)
}

/** One element, counted from the end, of an axis whose length is not known. */
function lastOnes(
  x: Tensor,
  { start, end, step, axis }: Cut & { readonly axis: number },
): Tensor | undefined {
  const single =
    typeof start === 'number' &&
    typeof end === 'number' &&
    step === 1 &&
    (end === start + 1 || (start === -1 && end >= endless))
  return single ? t.gather(x, integers([start]), axis) : undefined
}

/** Before and after, all axes; attributes before version 11; some axes only from 18 on. */
function pad(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const pads = node.opset >= 11 ? node.integersAt('pads', 1)! : node.ints('pads')!
  const rank = x.shape.length
  const axes = Array.from(node.known(3)?.data ?? x.shape.keys(), (axis) => fromFront(axis, rank))
  const around = x.shape.map((_, axis): readonly [number, number] => {
    const at = axes.indexOf(axis)
    return at < 0 ? [0, 0] : [pads[at]!, pads[at + axes.length]!]
  })
  const mode = node.text('mode', 'constant')
  if (mode !== 'constant')
    return around.reduce((part: Tensor, sizes, axis) => padBy(node, part, { axis, sizes, mode }), x)
  const value = node.opset >= 11 ? node.known(2) : scalar(node.float('value', 0), x.dtype)
  return padded(x, around, value?.data[0] ?? 0)
}

/** With a number around; infinite ones come by choice, since 0 · ∞ is none. */
export function padded(x: Tensor, around: readonly (readonly [number, number])[], value: number): Tensor {
  if (around.every(([low, high]) => low === 0 && high === 0)) return x
  const wide = t.pad(x, around)
  if (value === 0) return wide
  const inside = around.reduce(
    (mask: Tensor, sizes, axis) => {
      const length = x.shape[axis]!
      if (sizes[0] === 0 && sizes[1] === 0) return mask
      const line = t.pad(ones(Number(length)), [sizes])
      const shape = x.shape.map((_, i): Dim => (i === axis ? line.shape[0]! : 1))
      return t.and(mask, t.reshape(line, shape))
    },
    scalar(1, 'bool'),
  )
  return t.where(inside, wide, scalar(value, x.dtype))
}

const ones = (length: number): NDArray => ({
  dtype: 'bool',
  shape: [length],
  data: new Uint8Array(length).fill(1),
})

/** By elements of the axis itself: mirrored, repeated at the edge, or from the other end. */
function padBy(
  node: ImportedNode,
  x: Tensor,
  given: { readonly axis: number; readonly sizes: readonly [number, number]; readonly mode: string },
): Tensor {
  const {
    axis,
    sizes: [low, high],
    mode,
  } = given
  if (low === 0 && high === 0) return x
  const length = x.shape[axis]
  if (typeof length !== 'number') throw node.fault(`axis ${axis} has no known length to pad.`)
  const place = (i: number): number => {
    if (mode === 'edge') return Math.min(length - 1, Math.max(0, i))
    if (mode === 'wrap') return ((i % length) + length) % length
    // 0 1 2 1 | 0 1 2 1: mirrored without its ends.
    const round = Math.max(1, 2 * length - 2)
    const at = ((i % round) + round) % round
    return at < length ? at : round - at
  }
  const indices = Array.from({ length: length + low + high }, (_, i) => place(i - low))
  return t.gather(x, integers(indices), axis)
}

export const sliceOperators: OperatorRules = { Slice: slice, Pad: pad }
