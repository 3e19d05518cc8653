// The axes of reductions.
import type { Tensor } from '../value.js'
import { axisOf } from './operand.js'
import { reshape } from './shapes.js'

/** Which axes, and whether they stay with length 1. */
export interface ReduceOptions {
  /** @default all */
  readonly axes?: readonly number[] | number | undefined
  /** @default false */
  readonly keepDims?: boolean | undefined
}

/** The axes that options name, from the front. */
export function axesOf({ shape }: Tensor, { axes }: ReduceOptions): number[] {
  if (axes === undefined) return shape.map((_, axis) => axis)
  return (typeof axes === 'number' ? [axes] : axes).map((axis) => axisOf(axis, shape.length))
}

/** What is left of x, with the axes that went as ones where that is asked for. */
export function kept(
  reduced: Tensor,
  x: Tensor,
  axes: readonly number[],
  { keepDims }: ReduceOptions,
): Tensor {
  if (keepDims !== true) return reduced
  return reshape(
    reduced,
    x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
  )
}
