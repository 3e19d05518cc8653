// What a cell may hold: a value, or none. Anything else is refused, alike in rows to learn from and in a row to predict.
import { DataError, nameOf, quote } from '../base/index.js'

/** Null, undefined, NaN and invalid dates: values that are none. */
export const isNoValue = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  Number.isNaN(value) ||
  (value instanceof Date && Number.isNaN(value.getTime()))

/**
 * For values that are not null.
 *
 * @throws {@link DataError} for objects, arrays, bytes and whatever else is no number, text, boolean or date
 */
export function requirePlain(value: unknown, name: string, row?: number): void {
  const type = typeof value
  if (type === 'string' || type === 'number' || type === 'boolean' || type === 'bigint') return
  if (value instanceof Date) return
  throw new DataError(
    `Column '${name}' holds ${kindOf(value)}${row === undefined ? '' : ` at row ${row}`}: ${quote(value)}; expected a number, text, boolean, date or null. ${adviceFor(value, name)}`,
    { column: name, ...(row === undefined ? {} : { firstRow: row }) },
  )
}

function kindOf(value: unknown): string {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'bytes or numbers in an array'
  return typeof value === 'object' ? nameOf(value) : `a ${typeof value}`
}

function adviceFor(value: unknown, name: string): string {
  const nested = typeof value === 'object' && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)
  return nested
    ? `Take the values that matter out into columns of their own, or leave '${name}' out.`
    : `Leave '${name}' out, or make a number or a text of it.`
}
