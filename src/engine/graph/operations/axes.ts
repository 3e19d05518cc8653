// The axes of reductions.
import { UsageError } from '../../../base/index.js'
import { userLine } from '../user-line.js'
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
export function axesOf({ shape }: Tensor, options: ReduceOptions): number[] {
  const { axes } = options
  if (axes === undefined && 'axis' in options) throw singular(options)
  if (axes === undefined) return shape.map((_, axis) => axis)
  return (typeof axes === 'number' ? [axes] : axes).map((axis) => axisOf(axis, shape.length))
}

/** Without types nobody would notice NumPy's name for it, and all axes would go. */
const singular = ({ axis }: { readonly axis?: unknown }): UsageError =>
  new UsageError(
    `There is no option 'axis'${userLine()}: reductions take one axis or several. Write { axes: ${String(axis)} }.`,
    { option: 'axis', expected: 'axes', received: axis },
  )

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
