// One value at a time into a column's type: the same readers for whole columns and for one request, so that training and
// serving cannot differ. Numbers stand for number, boolean (0/1) and timestamp (ms); NaN or null is missing, undefined
// is "cannot be read".
import { isNoValue } from '../no-value.js'
import type { Cell, Field } from '../table.js'
import { hasOuterSpace, isMissingText } from './missing-tokens.js'
import { parseBoolean } from './parse-boolean.js'
import { type NumberFormat, numberFormats, parseNumber } from './parse-number.js'
import { parseTimestamp, type TimestampFormat, timestampFormats } from './parse-timestamp.js'

/** Reads a present value that is not text. */
type Given = number | boolean | Date

export type TextReader = (text: string) => number | undefined

const orUndefined = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

/** Infinite numbers are missing, as in files. */
const orMissing = (value: number | undefined): number | undefined =>
  value === Infinity || value === -Infinity ? Number.NaN : value

/** The notation of the column first, the plain one next, then the others: a retyped file still reads. */
function numberReader({ format }: Field): TextReader {
  const first = numberFormats.includes(format as NumberFormat) ? (format as NumberFormat) : 'plain'
  return (text) => orMissing(orUndefined(firstNumber([parseNumber(text, first), parseNumber(text, 'plain')])))
}

function timestampReader({ format }: Field): TextReader {
  const first = timestampFormats.includes(format as TimestampFormat) ? (format as TimestampFormat) : 'iso'
  return (text) => orUndefined(firstNumber([parseTimestamp(text, first), parseTimestamp(text, 'iso')]))
}

const firstNumber = (values: readonly number[]): number =>
  values.find((value) => !Number.isNaN(value)) ?? Number.NaN

/** Reads trimmed, present text for a field that is not text itself. */
export function textReader(field: Field): TextReader {
  switch (field.type) {
    case 'number':
      return numberReader(field)
    case 'timestamp':
      return timestampReader(field)
    default:
      return (text) => orUndefined(parseBoolean(text, field.labels))
  }
}

/** A number, boolean or date, which is no {@link isNoValue}, as the type of a field wants it. */
export function readGiven(value: Given, type: Field['type']): number | undefined {
  if (value instanceof Date) return type === 'boolean' ? undefined : value.getTime()
  const number = Number(value)
  if (type !== 'boolean')
    return typeof value === 'boolean' && type === 'timestamp' ? undefined : orMissing(number)
  return number === 0 || number === 1 ? number : undefined
}

/** How a value reads as text: what a file would hold. Booleans take the labels they were read from. */
export function asText(value: Given | bigint, labels?: readonly [string, string]): string {
  if (value instanceof Date) return isoText(value)
  if (typeof value === 'boolean') return (labels ?? ['false', 'true'])[value ? 1 : 0]
  return String(value)
}

/** A date as people write it: without a time at midnight. */
export function isoText(date: Date): string {
  if (Number.isNaN(date.getTime())) return ''
  const text = date.toISOString()
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text
}

/** A value as text for a string field; null when missing. */
export function textOf(value: Cell, { verbatim, labels }: Field): string | null {
  if (value === null || value === undefined || isNoValue(value)) return null
  if (typeof value !== 'string') return asText(value, labels)
  if (verbatim === true) return value === '' ? null : value
  if (isMissingText(value)) return null
  return hasOuterSpace(value) ? value.trim() : value
}
