// JSON of requests. Beyond the standard it takes what Python's json module and TensorFlow Serving write: NaN and Infinity; and on
// request it keeps whole numbers that a JavaScript number would round, as text.
import { isUtf8 } from 'node:buffer'
import { UsageError } from '../../../../base/index.js'
import { refuseCostlyJson } from '../../json-shape.js'
import { mayHaveLongIntegers, quoteTokens } from '../../json-tokens.js'

export interface JsonReading {
  /** Whole numbers of 16 digits and more are given as text, so that none is rounded. @default false */
  readonly exactIntegers?: boolean | undefined
}

/**
 * The value of a body.
 *
 * @throws {@link UsageError} when it is empty, no UTF-8 or no JSON; {@link LimitError} when it is costly to read
 */
export function parseJson(bytes: Uint8Array, reading?: JsonReading): unknown {
  if (bytes.length === 0) throw unreadable('the body is empty')
  return jsonOf(parseText(bytes), reading)
}

/** The value of a text, as {@link parseJson} reads it. */
export function jsonOf(text: string, { exactIntegers = false }: JsonReading = {}): unknown {
  refuseCostlyJson(text)
  if (exactIntegers && mayHaveLongIntegers(text)) return parsed(quoteTokens(text, true))
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    // Seldom, so that only these bodies pay for a second look.
    if (/NaN|Infinity/.test(text)) return parsed(quoteTokens(text, false))
    throw unreadable((error as Error).message)
  }
}

/** The text of a body. @throws {@link UsageError} when it is no UTF-8 */
export function parseText(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw unreadable('the body is not UTF-8')
  return withoutMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
}

/** Without the mark that some programs write before UTF-8. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    throw unreadable((error as Error).message)
  }
}

const unreadable = (reason: string): UsageError =>
  new UsageError(`The body cannot be read as JSON: ${reason}. Send a JSON document in UTF-8.`, {
    argument: 'body',
  })

/** Whether a value is an object of JSON: neither null nor a list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A body that must be an object, such as a request of every protocol.
 *
 * @throws {@link UsageError} as {@link parseJson}, and for a list or a plain value
 */
export function parseObject(bytes: Uint8Array, reading?: JsonReading): Readonly<Record<string, unknown>> {
  const value = parseJson(bytes, reading)
  if (isObject(value)) return value
  throw new UsageError(
    `The body must be a JSON object; received ${Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`}.`,
    { argument: 'body' },
  )
}
