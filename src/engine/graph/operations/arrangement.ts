// Elements put elsewhere: compositions of slices, joins and transposes.
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'
import { type Dim, product } from '../dims.js'
import { sub } from './elementwise.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'
import { broadcastTo, concat, reshape, transpose } from './shapes.js'
import { slice, type Slicing } from './slicing.js'

/** An axis moved to another place. */
export function moveAxis<A extends Operand>(x: A, from: number, to: number): Result<A> {
  const tensor = toTensor(x)
  const rank = tensor.shape.length
  const own = axisOf(from, rank)
  const order = tensor.shape.map((_, i) => i).toSpliced(own, 1)
  return transpose(tensor, order.toSpliced(axisOf(to, rank), 0, own)) as Result<A>
}

/** Two axes in each other's place. */
export function swapAxes<A extends Operand>(x: A, a: number, b: number): Result<A> {
  const tensor = toTensor(x)
  const rank = tensor.shape.length
  const [first, second] = [axisOf(a, rank), axisOf(b, rank)]
  const order = tensor.shape.map((_, i) => (i === first ? second : i === second ? first : i))
  return transpose(tensor, order) as Result<A>
}

const along = (rank: number, axis: number, range: Slicing): (Slicing | null)[] =>
  Array.from({ length: rank }, (_, i) => (i === axis ? range : null))

/**
 * Elements moved along an axis; those that leave at its end come back at its beginning.
 *
 * @example
 * ```ts
 * t.roll([1, 2, 3, 4], 1).data // => Float32Array [4, 1, 2, 3]
 * ```
 */
export function roll<A extends Operand>(x: A, shift: number, axis = -1): Result<A> {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  const length = knownLength('roll', tensor, own)
  const from = length === 0 ? 0 : ((shift % length) + length) % length
  if (from === 0) return tensor as Result<A>
  const part = (range: Slicing): Tensor => slice(tensor, along(tensor.shape.length, own, range))
  return concat([part([length - from, length]), part([0, length - from])], own) as Result<A>
}

function knownLength(operation: string, x: Tensor, axis: number): number {
  const length = x.shape[axis]
  if (typeof length === 'number') return length
  throw shapeFault(operation, [x], `axis ${axis} has no known length`)
}

/** Each element so many times, one after the other, along an axis. */
export function repeat<A extends Operand>(x: A, count: number, axis = -1): Result<A> {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  const { shape } = tensor
  const single = reshape(tensor, [...shape.slice(0, own + 1), 1, ...shape.slice(own + 1)])
  const wide = broadcastTo(single, [...shape.slice(0, own + 1), count, ...shape.slice(own + 1)])
  return reshape(wide, shape.toSpliced(own, 1, product([shape[own]!, count]))) as Result<A>
}

/** The whole so many times along each axis; counts of fewer axes are those of the last ones. */
export function tile<A extends Operand>(x: A, counts: number | readonly number[]): Result<A> {
  const tensor = toTensor(x)
  const given = typeof counts === 'number' ? [counts] : counts
  const rank = Math.max(given.length, tensor.shape.length)
  const fill = <T>(list: readonly T[], one: T): T[] => [
    ...Array.from({ length: rank - list.length }, () => one),
    ...list,
  ]
  const [times, shape] = [fill(given, 1), fill<Dim>(tensor.shape, 1)]
  const single = reshape(
    tensor,
    shape.flatMap((dim) => [1, dim]),
  )
  const wide = broadcastTo(
    single,
    shape.flatMap((dim, i): Dim[] => [times[i]!, dim]),
  )
  return reshape(
    wide,
    shape.map((dim, i) => product([dim, times[i]!])),
  ) as Result<A>
}

/** How {@link meshgrid} orders axes. */
export interface MeshgridOptions {
  /** 'xy': the first two axes are exchanged, as for plots; 'ij': in order. @default 'xy' */
  readonly indexing?: 'xy' | 'ij'
}

/**
 * Vectors of coordinates repeated to a grid: one tensor for each vector.
 *
 * @example
 * ```ts
 * t.meshgrid([[1, 2, 3], [10, 20]]).map(({ shape }) => shape) // => [[2, 3], [2, 3]]
 * ```
 */
export function meshgrid<A extends Operand>(
  vectors: readonly A[],
  { indexing = 'xy' }: MeshgridOptions = {},
): Result<A>[] {
  const tensors = vectors.map((vector) => reshape(toTensor(vector), [-1]) as Tensor)
  const order = tensors.map((_, i) => (indexing === 'xy' && tensors.length > 1 && i < 2 ? 1 - i : i))
  const shape = order.map((i) => tensors[i]!.shape[0]!)
  return tensors.map((tensor, i) => {
    const ones = shape.map((_, axis): Dim => (order[axis] === i ? -1 : 1))
    return broadcastTo(reshape(tensor, ones), shape) as Result<A>
  })
}

/** Differences of neighbors along an axis, which is one shorter. */
export function diff<A extends Operand>(x: A, axis = -1): Result<A> {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  const rank = tensor.shape.length
  const length = knownLength('diff', tensor, own)
  const later = slice(tensor, along(rank, own, [1, length]))
  return sub(later, slice(tensor, along(rank, own, [0, length - 1]))) as Result<A>
}
