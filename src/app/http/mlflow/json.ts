// JSON as Python writes it: NaN and Infinity stand bare in numbers' places. Protocol buffers write them as texts; both are read.
import { UsageError } from '../../../base/index.js'
import { refuseCostlyJson } from '../json-shape.js'
import { quoteTokens } from '../json-tokens.js'

/**
 * Reads a body. Numbers that JSON does not know become the texts 'NaN', 'Infinity' and '-Infinity'.
 *
 * @throws {@link UsageError} when it is no JSON object; {@link LimitError} when it is costly to read
 */
export function readJson(body: string): Readonly<Record<string, unknown>> {
  if (body.trim() === '') return {}
  let value = parsed(body)
  // Old clients encode twice.
  if (typeof value === 'string') value = parsed(value)
  if (value === null) return {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError(
    `The body is a JSON ${Array.isArray(value) ? 'array' : typeof value}, expected an object.`,
    {
      argument: 'body',
    },
  )
}

function parsed(text: string): unknown {
  refuseCostlyJson(text)
  try {
    return JSON.parse(text)
  } catch (error) {
    if (/NaN|Infinity/.test(text)) return strict(quoteTokens(text, false))
    throw noJson(error)
  }
}

function strict(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw noJson(error)
  }
}

const noJson = (error: unknown): UsageError =>
  new UsageError(`The body cannot be read as JSON: ${(error as Error).message}.`, { argument: 'body' })

/** A number as protocol buffers write it in JSON. */
export const wireNumber = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

/** A value as Python's json.dumps writes it, keys in order and without spaces, for messages. */
export function pythonJson(value: unknown): string {
  const ordered = (_key: string, part: unknown): unknown =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part
  // A message holds the beginning of a huge value, not all of it.
  return written(value ?? null, ordered)
    .slice(0, 2000)
    .replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** What Python calls the type of a value. */
export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  return { string: 'str', boolean: 'bool' }[typeof value as string] ?? 'dict'
}

function written(value: unknown, replacer: (key: string, part: unknown) => unknown): string {
  try {
    return JSON.stringify(value, replacer)
  } catch {
    // Nested deeper than the stack.
    return Array.isArray(value) ? '[...]' : '{...}'
  }
}
