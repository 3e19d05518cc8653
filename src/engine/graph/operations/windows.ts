// How windows move, as users write it: one number for all spatial axes, or one for each.
import type { PoolParams } from '../primitives.js'
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'

/** Before and after each spatial axis; a number for all sides. */
export type Padding = number | readonly (readonly [number, number])[]

/** An operation on windows: what its options are checked against. */
export interface WindowedOperation {
  readonly name: string
  readonly inputs: readonly Tensor[]
  /** How many spatial axes there are. */
  readonly rank: number
}

type PerAxis = number | readonly number[]

/** One number for each spatial axis. @throws {@link ShapeError} for another count, and numbers that are not whole or too small */
export function each(
  { name, inputs, rank }: WindowedOperation,
  option: string,
  value: PerAxis,
  least = 1,
): readonly number[] {
  const list = typeof value === 'number' ? Array.from({ length: rank }, () => value) : value
  if (
    Array.isArray(list) &&
    list.length === rank &&
    list.every((one: number) => Number.isInteger(one) && one >= least)
  )
    return list
  throw shapeFault(
    name,
    inputs,
    `${option} ${shown(value)}, expected a whole number from ${least} on, or a list with one for each of the ${rank} spatial axes`,
  )
}

/** Both sides of each spatial axis. @throws {@link ShapeError} for what are no pairs of whole numbers */
export function sides({ name, inputs, rank }: WindowedOperation, padding: Padding): PoolParams['padding'] {
  const list =
    typeof padding === 'number' ? Array.from({ length: rank }, () => [padding, padding] as const) : padding
  const isPair = (pair: unknown): boolean =>
    Array.isArray(pair) && pair.length === 2 && pair.every((one: number) => Number.isInteger(one) && one >= 0)
  if (Array.isArray(list) && list.length === rank && list.every(isPair)) return list
  throw shapeFault(
    name,
    inputs,
    `padding ${shown(padding)}, expected a whole number from 0 on, or [before, after] for each of the ${rank} spatial axes`,
  )
}

const shown = (value: unknown): string => `is ${JSON.stringify(value)}`
