// Moving elements without changing them.
import type { DType } from '../array.js'
import { bind, bindAll } from '../bind.js'
import { isStatic, product, quotient, sameShape, type Shape } from '../dims.js'
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'
import { axisOf, type Operand, type Result, toTensor } from './operand.js'

/**
 * The same elements, in the same order, in another shape.
 *
 * @param shape - one size may be −1: what is left
 */
export function reshape<A extends Operand>(x: A, shape: Shape): Result<A> {
  const tensor = toTensor(x)
  const open = shape.indexOf(-1)
  let full = shape
  if (open >= 0) {
    const rest = quotient(product(tensor.shape), product(shape.filter((dim) => dim !== -1)))
    if (shape.lastIndexOf(-1) > open)
      throw shapeFault('reshape', [tensor], `[${shape.join(', ')}] has −1 twice`)
    if (rest === undefined) throw shapeFault('reshape', [tensor], `cannot become [${shape.join(', ')}]`)
    full = shape.map((dim, i) => (i === open ? rest : dim))
  }
  return (sameShape(full, tensor.shape) ? tensor : bind('reshape', [tensor], { shape: full })) as Result<A>
}

/** Axes in another order. @default reversed */
export function transpose<A extends Operand>(x: A, permutation?: readonly number[]): Result<A> {
  const tensor = toTensor(x)
  const rank = tensor.shape.length
  const order = permutation?.map((axis) => axisOf(axis, rank)) ?? tensor.shape.map((_, i) => rank - 1 - i)
  const same = order.every((axis, i) => axis === i) && order.length === rank
  return (same ? tensor : bind('transpose', [tensor], { permutation: order })) as Result<A>
}

/** Repeats along axes of length 1 and new leading axes. */
export function broadcastTo<A extends Operand>(x: A, shape: Shape): Result<A> {
  const tensor = toTensor(x)
  return (sameShape(shape, tensor.shape) ? tensor : bind('broadcastTo', [tensor], { shape })) as Result<A>
}

/** A new axis of length 1. */
export function expandDims<A extends Operand>(x: A, axis: number): Result<A> {
  const { shape } = toTensor(x)
  return reshape(x, shape.toSpliced(axisOf(axis, shape.length + 1), 0, 1))
}

/** Without axes of length 1. @default all of them @throws {@link ShapeError} for an axis that is longer */
export function squeeze<A extends Operand>(x: A, axes?: readonly number[] | number): Result<A> {
  const tensor = toTensor(x)
  const { shape } = tensor
  const gone = listed(axes)?.map((axis) => axisOf(axis, shape.length))
  const wrong = gone?.find((axis) => shape[axis] !== 1)
  if (wrong !== undefined)
    throw shapeFault(
      'squeeze',
      [tensor],
      shape[wrong] === undefined
        ? `has no axis ${wrong}`
        : `axis ${wrong} has ${shape[wrong]} elements, expected 1`,
    )
  return reshape(
    x,
    shape.filter((dim, i) => (gone === undefined ? dim !== 1 : !gone.includes(i))),
  )
}

/** Zeros around: [before, after] for each axis; negative sizes cut. */
export function pad<A extends Operand>(x: A, sizes: readonly (readonly [number, number])[]): Result<A> {
  const tensor = toTensor(x)
  return bind('pad', [tensor], {
    low: sizes.map(([low]) => low),
    high: sizes.map(([, high]) => high),
    interior: sizes.map(() => 0),
  }) as Result<A>
}

const listed = (axes: readonly number[] | number | undefined): readonly number[] | undefined =>
  typeof axes === 'number' ? [axes] : axes

/** In reverse order along axes. @default all */
export function reverse<A extends Operand>(x: A, axes?: readonly number[] | number): Result<A> {
  const tensor = toTensor(x)
  const rank = tensor.shape.length
  return bind('reverse', [tensor], {
    axes: listed(axes)?.map((axis) => axisOf(axis, rank)) ?? tensor.shape.map((_, i) => i),
  }) as Result<A>
}

/** One after the other along an axis. */
export function concat<A extends Operand>(parts: readonly A[], axis = 0): Result<A> {
  const tensors = parts.map((part) => toTensor(part))
  if (tensors.length === 0) throw shapeFault('concat', [], 'expected one array at least')
  if (tensors.length === 1) return tensors[0]! as Result<A>
  return bind('concat', tensors, { axis: axisOf(axis, tensors[0]!.shape.length) }) as Result<A>
}

/** Equal shapes along a new axis. */
export function stack<A extends Operand>(parts: readonly A[], axis = 0): Result<A> {
  return concat(
    parts.map((part) => expandDims(part, axis) as Tensor),
    axis,
  ) as Result<A>
}

/** Parts along an axis: so many equal ones, or of these sizes. */
export function split<A extends Operand>(x: A, parts: number | readonly number[], axis = 0): Result<A>[] {
  const tensor = toTensor(x)
  const own = axisOf(axis, tensor.shape.length)
  const length = tensor.shape[own]
  if (typeof length !== 'number') throw shapeFault('split', [tensor], `axis ${own} has no known length`)
  if (typeof parts === 'number' && length % parts !== 0)
    throw shapeFault(
      'split',
      [tensor],
      `axis ${own} of ${length} cannot be divided into ${parts} equal parts`,
    )
  const sizes = typeof parts === 'number' ? Array.from({ length: parts }, () => length / parts) : parts
  return bindAll('split', [tensor], { axis: own, sizes }) as Result<A>[]
}

/** 0 … n − 1 for the length of an axis of x, also where that is known only later. */
export function iota<A extends Operand>(x: A, axis: number, dtype: DType = 'int32'): Result<A> {
  const tensor = toTensor(x)
  const indices = bind('iota', [tensor], { axis: axisOf(axis, tensor.shape.length) })
  return (dtype === 'int32' ? indices : bind('cast', [indices], { dtype })) as Result<A>
}

/** Zeros of the shape of x. */
export const zerosLike = (x: Tensor): Tensor => fullLike(x, 0)

/** Ones of the shape of x. */
export const onesLike = (x: Tensor): Tensor => fullLike(x, 1)

/** One number in the shape of x. */
export function fullLike(x: Tensor, value: number): Tensor {
  const number = toTensor(value, x.dtype)
  if (isStatic(x.shape)) return broadcastTo(number, x.shape)
  // Sizes known only later come with the value itself.
  return bind('select', [toTensor(false), x, number], {})
}
