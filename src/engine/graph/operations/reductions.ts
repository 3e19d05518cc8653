// Over axes. Without axes: over all of them.
import { bind } from '../bind.js'
import { isStatic, product, type Shape } from '../dims.js'
import type { Primitive } from '../primitives.js'
import { isFloat, type Tensor } from '../value.js'
import { shapeFault } from '../shape-fault.js'
import {
  abs,
  add,
  cast,
  div,
  equal,
  exp,
  log,
  mul,
  sqrt,
  square,
  stopGradient,
  sub,
  where,
} from './elementwise.js'
export type { ReduceOptions } from './axes.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'
import { axesOf, kept, type ReduceOptions } from './axes.js'
import { concat, iota, onesLike, reshape, squeeze } from './shapes.js'
import { slice } from './slicing.js'

function reduction(primitive: Primitive & ('sum' | 'reduceMax' | 'reduceMin')) {
  return <A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> => {
    const tensor = toTensor(x)
    const axes = axesOf(tensor, options)
    const reduced = axes.length === 0 ? tensor : bind(primitive, [tensor], { axes })
    return kept(reduced, tensor, axes, options) as Result<A>
  }
}

/** The sum. */
export const sum = reduction('sum')
/** The largest element. */
export const max = reduction('reduceMax')
/** The smallest element. */
export const min = reduction('reduceMin')

/** How many elements there are along axes, as a number or a scalar that is known when the graph runs. */
export function countOf(x: Tensor, axes: readonly number[]): number | Tensor {
  const dims: Shape = axes.map((axis) => x.shape[axis]!)
  if (isStatic(dims)) return Number(product(dims))
  const lengths = axes.map((axis) => bind('iota', [x], { axis }))
  // The length of an axis is one more than its last index.
  return lengths
    .map((indices): Tensor => bind('reduceMax', [bind('cast', [indices], { dtype: x.dtype })], { axes: [0] }))
    .map((last): Tensor => bind('add', [last, toTensor(1, x.dtype)], {}))
    .reduce((a, b) => bind('mul', [a, b], {}))
}

/** The mean of floats. */
export function mean<A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> {
  const tensor = toTensor(x)
  if (!isFloat(tensor)) throw shapeFault('mean', [tensor], 'expected floats; use cast')
  const count = countOf(tensor, axesOf(tensor, options))
  const total = sum(tensor, options)
  return (typeof count === 'number' ? mul(total, 1 / count) : div(total, count)) as Result<A>
}

/** Of variances and deviations. */
export interface VarianceOptions extends ReduceOptions {
  /** The sum of squares is divided by the count less this: 1 for the variance of a sample. @default 0 */
  readonly ddof?: number
}

/** The variance: the mean of squared differences from the mean. */
export function variance<A extends Operand>(x: A, { ddof = 0, ...over }: VarianceOptions = {}): Result<A> {
  const tensor = toTensor(x)
  const squares = square(sub(tensor, mean(tensor, { ...over, keepDims: true })))
  if (ddof === 0) return mean(squares, over) as Result<A>
  const count = countOf(tensor, axesOf(tensor, over))
  const total = sum(squares, over)
  return (
    typeof count === 'number' ? mul(total, 1 / (count - ddof)) : div(total, sub(count, ddof))
  ) as Result<A>
}

/** The square root of the variance. */
export const deviation = <A extends Operand>(x: A, options: VarianceOptions = {}): Result<A> =>
  sqrt(variance(x, options) as Tensor) as Result<A>

/**
 * The product over axes of known lengths, multiplied in halves, so that its gradient is right at zeros too.
 *
 * @example
 * ```ts
 * t.prod([[1, 2], [3, 4]], { axes: 1 }).data // => Float32Array [2, 12]
 * ```
 */
export function prod<A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> {
  const tensor = toTensor(x)
  const axes = axesOf(tensor, options)
  let result: Tensor = tensor
  for (const axis of axes.toSorted((a, b) => b - a)) result = prodAlong(result, axis)
  return kept(result, tensor, axes, options) as Result<A>
}

function prodAlong(x: Tensor, axis: number): Tensor {
  const length = x.shape[axis]
  if (typeof length !== 'number') throw shapeFault('prod', [x], `axis ${axis} has no known length`)
  if (length === 0) return onesLike(sum(x, { axes: axis }))
  if (length === 1) return reshape(x, x.shape.toSpliced(axis, 1))
  const part = (from: number, to: number): Tensor =>
    slice(
      x,
      x.shape.map((_, i) => (i === axis ? [from, to] : null)),
    )
  const half = length >> 1
  const pairs = mul(part(0, half), part(half, 2 * half))
  return prodAlong(length % 2 === 1 ? concat([pairs, part(2 * half, length)], axis) : pairs, axis)
}

/** Products of all elements up to each, along an axis of known length. */
export function cumulativeProduct<A extends Operand>(
  x: A,
  { axis = -1 }: { readonly axis?: number } = {},
): Result<A> {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  const length = tensor.shape[own]
  if (typeof length !== 'number')
    throw shapeFault('cumulativeProduct', [tensor], `axis ${own} has no known length`)
  const part = (of: Tensor, from: number, to: number): Tensor =>
    slice(
      of,
      of.shape.map((_, i) => (i === own ? [from, to] : null)),
    )
  let result: Tensor = tensor
  // Each turn doubles how many elements a product holds.
  for (let reach = 1; reach < length; reach *= 2) {
    const later = mul(part(result, reach, length), part(result, 0, length - reach))
    result = concat([part(result, 0, reach), later], own)
  }
  return result as Result<A>
}

/** log Σ eˣ, without overflow: what is largest is taken out before. */
export function logSumExp<A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> {
  const tensor = toTensor(x)
  const axes = axesOf(tensor, options)
  const highest = max(tensor, { axes, keepDims: true })
  // Where all are −∞ there is nothing to take out.
  const shift = stopGradient(where(equal(abs(highest), Infinity), 0, highest) as Tensor)
  const total = add(log(sum(exp(sub(tensor, shift)), { axes, keepDims: true })), shift)
  return (options.keepDims === true ? total : squeeze(total, axes)) as Result<A>
}

/** Where the largest element stands; the first of equal ones. */
export function argMax<A extends Operand>(x: A, axis = -1): Result<A> {
  const tensor = toTensor(x)
  return bind('argMax', [tensor], { axis: axisOf(axis, tensor.shape.length) }) as Result<A>
}

/** Sums of all elements up to each. */
export function cumulativeSum<A extends Operand>(
  x: A,
  options: { readonly axis?: number; readonly reverse?: boolean } = {},
): Result<A> {
  const tensor = toTensor(x)
  const axis = axisOf(options.axis ?? -1, tensor.shape.length)
  return bind('cumulativeSum', [tensor], { axis, reverse: options.reverse ?? false }) as Result<A>
}

/** 1 where the index along a new last axis is the element, else 0. */
export function oneHot<A extends Operand>(x: A, classes: number): Result<A> {
  const tensor = cast(toTensor(x, 'int32'), 'int32')
  const wide = reshape(tensor, [...tensor.shape, 1])
  const indices = iota(
    toTensor(
      Array.from({ length: classes }, () => 0),
      'int32',
    ),
    0,
  )
  return cast(bind('equal', [wide as Tensor, indices], {}), 'float32') as Result<A>
}
