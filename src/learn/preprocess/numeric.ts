// Anything that is a number underneath, as a number.
import { defineOptions } from '../../base/index.js'
import { defineTransformer, tensorColumns } from '../contracts/index.js'
import { mapNumbers, numberTypes } from './number-columns.js'

/**
 * Makes number columns of booleans (0 and 1) and timestamps (milliseconds since 1970 UTC); missing values stay missing.
 *
 * Learners do so themselves; this is for looking at the numbers, and for steps that take numbers only.
 *
 * @returns a transformer of number, boolean and timestamp columns
 * @example
 * ```ts
 * const numbers = await numeric().fit([{ member: true }, { member: false }])
 * numbers.apply(fromRows([{ member: true }])).toRows() // => [{ member: 1 }]
 * ```
 */
export const numeric = defineTransformer<object, object>({
  kind: 'numeric',
  options: defineOptions<object>({}),
  accepts: numberTypes,
  fit: () => ({}),
  outputs: (_, inputs) => inputs.map((field) => field.name),
  apply: (_, x) => mapNumbers(x, (values) => values),
  compileRow: () => (row) => [...row],
  toGraph: (_, x) => tensorColumns(x.graph, x.stack(), x.names),
})
