// Whether arrays are equal but for rounding.
import { UsageError } from '../../base/index.js'
import type { NDArray } from './array.js'
import { abs, add, all, and, equal, isFinite, isNaN, lessEqual, mul, or, sub } from './operations/index.js'
import { type Operand, toTensors } from './operations/operand.js'
import { isFloat, isValue, type Tensor } from './value.js'

/** How close is close. */
export interface CloseOptions {
  /** Relative to b. @default 1e-5 */
  readonly rtol?: number
  /** @default 1e-8 */
  readonly atol?: number
  /** NaN is close to NaN. @default false */
  readonly equalNaN?: boolean
}

/**
 * Whether |a − b| ≤ atol + rtol · |b| for all elements: an answer at once, for arrays.
 *
 * @throws {@link UsageError} inside of a trace, where nothing is known yet
 * @throws {@link ShapeError} for shapes that do not broadcast
 * @example
 * ```ts
 * allClose([1, 2], [1, 2.00001]) // => true
 * ```
 */
export function allClose(
  a: Operand,
  b: Operand,
  { rtol = 1e-5, atol = 1e-8, equalNaN = false }: CloseOptions = {},
): boolean {
  const [left, right] = toTensors(a, b)
  if (isValue(left) || isValue(right))
    throw new UsageError(
      'allClose: it answers at once, and inside of a traced function nothing is known yet. Use t.all(t.lessEqual(t.abs(t.sub(a, b)), tolerance)).',
      { argument: 'a' },
    )
  const same: Tensor = equal(left, right)
  if (!isFloat(left)) return truth(all(same))
  const near = lessEqual(abs(sub(left, right)), add(mul(abs(right), rtol), atol))
  // Infinities are close to themselves alone.
  const finite = and(near, isFinite(right))
  const close = or(same, finite)
  return truth(all(equalNaN ? or(close, and(isNaN(left), isNaN(right))) : close))
}

const truth = (answer: Tensor): boolean => (answer as NDArray).data[0] === 1
