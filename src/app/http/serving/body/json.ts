// JSON of requests. Beyond the standard it takes what Python's json module and TensorFlow Serving write: NaN and Infinity; and on
// request it keeps whole numbers that a JavaScript number would round, as text.
import { isUtf8 } from 'node:buffer'
import { UsageError } from '../../../../base/index.js'

export interface JsonReading {
  /** Whole numbers of 16 digits and more are given as text, so that none is rounded. @default false */
  readonly exactIntegers?: boolean | undefined
}

/**
 * The value of a body.
 *
 * @throws {@link UsageError} when it is empty, no UTF-8 or no JSON
 */
export function parseJson(bytes: Uint8Array, { exactIntegers = false }: JsonReading = {}): unknown {
  if (bytes.length === 0) throw unreadable('the body is empty')
  if (!isUtf8(bytes)) throw unreadable('the body is not UTF-8')
  const text = withoutMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))
  if (exactIntegers) return parsed(quoteTokens(text, true))
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

const token = /-?Infinity|NaN/y
const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y
/** Integers of up to 15 digits are exact in float64; 2^53 has 16. */
const exactDigits = 15

/** Puts NaN, Infinity and, where asked for, long whole numbers in quotes. One pass: bodies may be hostile. */
function quoteTokens(text: string, integers: boolean): string {
  const parts: string[] = []
  let copied = 0
  let at = 0
  const quoteUntil = (end: number): void => {
    parts.push(text.slice(copied, at), '"', text.slice(at, end), '"')
    copied = end
  }
  while (at < text.length) {
    const char = text[at]!
    let end = at + 1
    if (char === '"') end = endOfString(text, end)
    else if (char === '-' || char === 'I' || char === 'N' || (char >= '0' && char <= '9')) {
      const special = matchAt(token, text, at)
      const digits = special === undefined ? matchAt(number, text, at) : undefined
      end = at + (special ?? digits ?? char).length
      if (special !== undefined || (integers && isLongInteger(digits))) quoteUntil(end)
    }
    at = end
  }
  parts.push(text.slice(copied))
  return parts.join('')
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

const isLongInteger = (digits: string | undefined): boolean =>
  digits !== undefined && digits.length > exactDigits && !/[.eE]/.test(digits)

/** Behind the closing quote, or the end of the text where there is none. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; at++) {
    at = text.indexOf('"', at)
    if (at < 0) return text.length
    let slashes = 0
    while (text[at - 1 - slashes] === '\\') slashes++
    if (slashes % 2 === 0) return at + 1
  }
}

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
