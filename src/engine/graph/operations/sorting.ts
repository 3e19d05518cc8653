// Order: by the primitive that finds the largest.
import { isStatic, product } from '../dims.js'
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'
import { UsageError } from '../../../base/index.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'
import { add, cast, mul, neg } from './elementwise.js'
import { topK } from './indices.js'
import { axesOf, kept, type ReduceOptions } from './axes.js'
import { argMax } from './reductions.js'
import { reshape, reverse, stack, transpose } from './shapes.js'
import { at } from './slicing.js'

/** Along which axis, and in which order. */
export interface SortOptions {
  /** @default the last */
  readonly axis?: number
  /** The largest first. @default false */
  readonly descending?: boolean
}

function sorted(
  x: Operand,
  { axis = -1, descending = false }: SortOptions,
): { values: Tensor; indices: Tensor } {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  const length = tensor.shape[own]
  if (typeof length !== 'number')
    throw shapeFault('sort', [tensor], `axis ${own} has no known length to sort by`)
  if (descending) return topK(tensor, length, own)
  // Unsigned and logical numbers have no negatives: their falling order is turned.
  if (tensor.dtype === 'uint32' || tensor.dtype === 'bool') return turned(tensor, own, length)
  const { values, indices } = topK(neg(tensor), length, own)
  return { values: neg(values), indices }
}

function turned(x: Tensor, axis: number, length: number): { values: Tensor; indices: Tensor } {
  const back = reverse(cast(x, x.dtype === 'bool' ? 'int32' : x.dtype), [axis])
  const { values, indices } = topK(back, length, axis)
  // Equal ones stand in the order that they had: it is turned twice.
  return {
    values: cast(reverse(values, [axis]), x.dtype),
    indices: add(length - 1, neg(reverse(indices, [axis]))),
  }
}

/**
 * The elements in order along an axis; NaN has no place of its own.
 *
 * @example
 * ```ts
 * t.sort([3, 1, 2]).data // => Float32Array [1, 2, 3]
 * ```
 */
export const sort = <A extends Operand>(x: A, options: SortOptions = {}): Result<A> =>
  sorted(x, options).values as Result<A>

/** Where the elements in order stand; equal ones in the order that they have. */
export const argSort = <A extends Operand>(x: A, options: SortOptions = {}): Result<A> =>
  sorted(x, options).indices as Result<A>

/** Where the smallest element stands; the first of equal ones. */
export const argMin = <A extends Operand>(x: A, axis = -1): Result<A> =>
  argMax(neg(toTensor(x)), axis) as Result<A>

/**
 * Numbers below which a share of the elements lies, on the line between neighbors (NumPy's `linear`).
 *
 * @param q - shares from 0 to 1; of a list the results stand along a new first axis
 * @example
 * ```ts
 * t.quantile([1, 2, 3, 4], [0, 0.5]).data // => Float32Array [1, 2.5]
 * ```
 */
export function quantile<A extends Operand>(
  x: A,
  q: number | readonly number[],
  options: ReduceOptions = {},
): Result<A> {
  const tensor = toTensor(x)
  const axes = axesOf(tensor, options)
  const dims = axes.map((axis) => tensor.shape[axis]!)
  if (!isStatic(dims)) throw shapeFault('quantile', [tensor], 'expected axes of known lengths')
  const length = Number(product(dims))
  const free = tensor.shape.map((_, i) => i).filter((i) => !axes.includes(i))
  const lines = reshape(transpose(tensor, [...free, ...axes]), [...free.map((i) => tensor.shape[i]!), length])
  const ordered = sort(lines) as Tensor
  const results = (typeof q === 'number' ? [q] : q).map((share) => {
    if (!(share >= 0 && share <= 1))
      throw new UsageError(`quantile: a share is ${share}, expected one from 0 to 1.`, {
        argument: 'q',
        received: share,
      })
    const place = share * (length - 1)
    const [low, part] = [Math.floor(place), place - Math.floor(place)]
    const below = at(ordered, low, -1)
    const value = part === 0 ? below : add(mul(below, 1 - part), mul(at(ordered, low + 1, -1), part))
    return kept(value, tensor, axes, options)
  })
  return (typeof q === 'number' ? results[0]! : stack(results)) as Result<A>
}

/** The element in the middle, or the mean of both that are. */
export const median = <A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> =>
  quantile(x, 0.5, options)
