// What layers are told and given, checked by one wording: a fraction, a misspelled option or an axis too few would come to light
// far from the line that has it, or not at all.
import {
  checkOptions,
  custom,
  integer,
  InvalidOptionError,
  type OptionChecks,
  type OptionSpec,
  quote,
  ShapeError,
} from '../../../base/index.js'
import { formatShape, type Tensor } from '../../../engine/graph/index.js'

/** A whole number from 1. */
export const count: OptionSpec<number> = integer({ min: 1, default: 1 })

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 1

/** A whole number from 1, or one for each spatial axis. */
export const counts: OptionSpec<number | readonly number[]> = custom<number | readonly number[]>({
  default: 1,
  expected: 'a whole number of at least 1, or one for each spatial axis',
  accepts: (value) => isCount(value) || (Array.isArray(value) && value.length > 0 && value.every(isCount)),
})

export const aFunction: OptionSpec<unknown> = custom<unknown>({
  default: undefined,
  expected: 'a function',
  accepts: (value) => typeof value === 'function',
})

/**
 * Checks the arguments of a layer, and its options.
 *
 * @throws {@link InvalidOptionError} with what was expected and what came
 */
export function checkLayer<Options extends object>(
  who: string,
  args: Readonly<Record<string, readonly [unknown, OptionSpec<unknown>]>>,
  options: Options,
  checks: OptionChecks<Options>,
): void {
  for (const [name, [value, { accepts, expected }]] of Object.entries(args)) {
    if (accepts(value)) continue
    throw new InvalidOptionError(`${who}: '${name}' must be ${expected}; received ${quote(value)}.`, {
      option: name,
      expected,
      received: value,
    })
  }
  checkOptions<Options>(who, options, checks)
}

/** @param axes - what the input must have, by name; '…' stands for any number of axes at the end */
export function requireAxes(who: string, x: Tensor, axes: readonly string[]): void {
  const open = axes.at(-1) === '…'
  if (open ? x.shape.length >= axes.length - 1 : x.shape.length === axes.length) return
  throw new ShapeError(
    `${who}: its input is ${formatShape(x.shape)}, expected [${axes.join(', ')}]. Bring it to these axes, with t.reshape or t.expandDims.`,
    { expected: axes, received: x.shape, where: who },
  )
}

/** The length of an axis that a layer must know before it runs. @throws {@link ShapeError} where it has a name only */
export function lengthOf(who: string, x: Tensor, axis: number, name: string): number {
  const length = x.shape[axis]
  if (typeof length === 'number') return length
  throw new ShapeError(
    `${who}: the ${name} of its input ${formatShape(x.shape)} is not known, expected a number. Give the network a spec with that length, and pad or cut the data to it.`,
    { expected: 'a number', received: x.shape, where: who },
  )
}
