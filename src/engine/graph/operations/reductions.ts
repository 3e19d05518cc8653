// Over axes. Without axes: over all of them.
import { bind } from '../bind.js'
import { isStatic, product, type Shape } from '../dims.js'
import type { Primitive } from '../primitives.js'
import type { Tensor } from '../value.js'
import { cast, div, mul, sqrt, square, sub } from './elementwise.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'
import { iota, reshape } from './shapes.js'

/** Which axes, and whether they stay with length 1. */
export interface ReduceOptions {
  /** @default all */
  readonly axes?: readonly number[] | number | undefined
  /** @default false */
  readonly keepDims?: boolean | undefined
}

function axesOf({ shape }: Tensor, { axes }: ReduceOptions): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis)
  return (typeof axes === 'number' ? [axes] : axes).map((axis) => axisOf(axis, shape.length))
}

function kept(reduced: Tensor, x: Tensor, axes: readonly number[], { keepDims }: ReduceOptions): Tensor {
  if (keepDims !== true) return reduced
  return reshape(
    reduced,
    x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  )
}

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

/** The mean. */
export function mean<A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> {
  const tensor = toTensor(x)
  const count = countOf(tensor, axesOf(tensor, options))
  const total = sum(tensor, options)
  return (typeof count === 'number' ? mul(total, 1 / count) : div(total, count)) as Result<A>
}

/** The variance: the mean of squared differences from the mean. */
export function variance<A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> {
  const tensor = toTensor(x)
  const center = mean(tensor, { ...options, keepDims: true })
  return mean(square(sub(tensor, center)), options) as Result<A>
}

/** The square root of the variance. */
export const deviation = <A extends Operand>(x: A, options: ReduceOptions = {}): Result<A> =>
  sqrt(variance(x, options) as Tensor) as Result<A>

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
  const tensor = toTensor(x, 'int32')
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
