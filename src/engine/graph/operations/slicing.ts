// Parts of axes, as NumPy's indices.
import { bind } from '../bind.js'
import type { Dim } from '../dims.js'
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'
import { squeeze } from './shapes.js'

/**
 * A range along one axis: [start, end) or [start, end, step); null is an end of the axis, negative indices count from the back,
 * and a negative step goes backwards, from the last element on where the start is null.
 */
export type Range = readonly [start?: number | null, end?: number | null, step?: number | null]

/** What is taken of one axis: a range, all of it (null), or one slice, without the axis (a number). */
export type Slicing = Range | number | null

/**
 * A part of each axis, as NumPy's `x[a:b, c, ::-1]`.
 *
 * @param ranges - one for each leading axis
 * @throws {@link ShapeError} for a number that is outside of its axis, and for a part of an axis without a known length
 * @example
 * ```ts
 * t.slice([[1, 2, 3], [4, 5, 6]], [null, [null, null, -1]]).data // => Float32Array [3, 2, 1, 6, 5, 4]
 * t.slice([[1, 2, 3], [4, 5, 6]], [-1, [1, 3]]).data // => Float32Array [5, 6]
 * ```
 */
export function slice<A extends Operand>(x: A, ranges: readonly Slicing[]): Result<A> {
  const tensor = toTensor(x)
  const rank = tensor.shape.length
  if (!Array.isArray(ranges))
    throw shapeFault('slice', [tensor], `expected a list with a part for each axis, such as [0] or [[0, 2]]`)
  if (ranges.length > rank)
    throw shapeFault('slice', [tensor], `has ${rank} axes, of which ${ranges.length} are asked for`)
  const rows = tensor.shape.map((length, axis) => rangeOf(tensor, axis, ranges[axis] ?? null, length))
  const isWhole = rows.every(({ start, end, step }) => start === 0 && end === null && step === 1)
  const params = {
    starts: rows.map(({ start }) => start),
    ends: rows.map(({ end }) => end),
    steps: rows.map(({ step }) => step),
  }
  const part = isWhole ? tensor : bind('slice', [tensor], params)
  const turned = rows.flatMap(({ backwards }, axis) => (backwards ? [axis] : []))
  const ordered = turned.length === 0 ? part : bind('reverse', [part], { axes: turned })
  const single = ranges.flatMap((range, axis) => (typeof range === 'number' ? [axis] : []))
  return (single.length === 0 ? ordered : squeeze(ordered, single)) as Result<A>
}

interface KnownRange {
  readonly start: number
  readonly end: number | null
  readonly step: number
  readonly backwards?: boolean
}

const whole: KnownRange = { start: 0, end: null, step: 1 }

function rangeOf(x: Tensor, axis: number, slicing: Slicing, length: Dim): KnownRange {
  if (slicing === null) return whole
  if (typeof length !== 'number') return openRange(x, axis, slicing)
  const wrapped = (index: number): number => (index < 0 ? index + length : index)
  if (typeof slicing === 'number') {
    const place = wrapped(slicing)
    if (Number.isInteger(place) && place >= 0 && place < length)
      return { start: place, end: place + 1, step: 1 }
    throw shapeFault('slice', [x], `axis ${axis} of ${length} has no element ${slicing}`)
  }
  const step = slicing[2] ?? 1
  if (!Number.isInteger(step) || step === 0)
    throw shapeFault(
      'slice',
      [x],
      `the step along axis ${axis} is ${step}, expected a whole number other than 0`,
    )
  const [start, end] = [slicing[0] ?? null, slicing[1] ?? null]
  const wrong = [start, end].find((index) => !isCut(index))
  if (wrong !== undefined)
    throw shapeFault('slice', [x], `axis ${axis} is cut at ${wrong}, expected whole numbers or null`)
  return (step < 0 ? backwardsRange : forwardsRange)(length, { start, end, step })
}

/** Where a range may begin or end: also beyond every axis. */
const isCut = (index: number | null): boolean =>
  index === null || Number.isInteger(index) || Math.abs(index) === Infinity

interface Asked {
  readonly start: number | null
  readonly end: number | null
  readonly step: number
}

/** An index from the front, no further out than the axis reaches. */
const within = (index: number, length: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, index < 0 ? index + length : index))

function forwardsRange(length: number, { start, end, step }: Asked): KnownRange {
  const first = within(start ?? 0, length, 0, length)
  const last = end === null ? length : within(end, length, 0, length)
  return { start: first, end: first === 0 && last === length ? null : Math.max(first, last), step }
}

/** Of an axis without a known length: all of it, whole or turned. */
function openRange(x: Tensor, axis: number, slicing: Range | number): KnownRange {
  const [start, end, step] = typeof slicing === 'number' ? [slicing] : slicing
  const isWhole = typeof slicing !== 'number' && (end ?? null) === null
  if (isWhole && (start ?? 0) === 0 && (step ?? 1) === 1) return whole
  if (isWhole && (start ?? null) === null && step === -1) return { ...whole, backwards: true }
  throw shapeFault('slice', [x], `axis ${axis} has no known length and can only be kept whole`)
}

/** The same elements forwards: from the last that is taken up to the first. */
function backwardsRange(length: number, { start, end, step }: Asked): KnownRange {
  const first = start === null ? length - 1 : within(start, length, -1, length - 1)
  const before = end === null ? -1 : within(end, length, -1, length - 1)
  const count = Math.max(0, Math.ceil((first - before) / -step))
  if (count === 0) return { start: 0, end: 0, step: 1 }
  return { start: first + (count - 1) * step, end: first + 1, step: -step, backwards: true }
}

/** One slice along an axis, without the axis; negative indices count from the back. */
export function at<A extends Operand>(x: A, index: number, axis = 0): Result<A> {
  const { shape } = toTensor(x)
  const own = axisOf(axis, shape.length)
  return slice(
    x,
    shape.map((_, i): Slicing => (i === own ? index : null)),
  )
}
