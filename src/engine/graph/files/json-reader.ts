// JSON with the byte at which each value stands: headers of files are judged value by value, and JSON.parse keeps only the
// last of two equal names.
import type { FormatError } from '../../../base/index.js'

/** A value and where it begins. */
export interface JsonNode {
  readonly position: number
  readonly value: string | number | boolean | null | readonly JsonNode[] | ReadonlyMap<string, JsonNode>
}

/** Makes the error for a byte of the text. */
export type JsonFault = (position: number, message: string) => FormatError

interface Cursor {
  readonly bytes: Uint8Array
  readonly fault: JsonFault
  at: number
}

/** No header nests deeper; text that does is made to exhaust the stack. */
const deepest = 32

const code = (letter: string): number => letter.charCodeAt(0)
const blanks = new Set([' ', '\t', '\n', '\r'].map(code))
const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const words = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Reads a JSON text; blanks may follow it. @throws what `fault` makes, also for an object with two equal names */
export function readJson(bytes: Uint8Array, fault: JsonFault): JsonNode {
  const cursor: Cursor = { bytes, fault, at: 0 }
  const node = readValue(cursor, 0)
  if (peek(cursor) !== undefined) throw fault(cursor.at, 'goes on after its end')
  return node
}

/** The next byte that is no blank. */
function peek(cursor: Cursor): number | undefined {
  while (blanks.has(cursor.bytes[cursor.at]!)) cursor.at++
  return cursor.bytes[cursor.at]
}

function readValue(cursor: Cursor, depth: number): JsonNode {
  const first = peek(cursor)
  const position = cursor.at
  if (depth > deepest) throw cursor.fault(position, `is nested deeper than ${deepest} levels`)
  if (first === code('{')) return { position, value: readObject(cursor, depth) }
  if (first === code('[')) return { position, value: readList(cursor, depth) }
  if (first === code('"')) return { position, value: readString(cursor) }
  return { position, value: readWord(cursor) }
}

/** After an item: true for a comma, false for the end. */
function goesOn(cursor: Cursor, end: string): boolean {
  const next = peek(cursor)
  cursor.at++
  if (next === code(',')) return true
  if (next === code(end)) return false
  throw cursor.fault(cursor.at - 1, `lacks a ',' or '${end}'`)
}

/** Passes the opening bracket; true when the closing one follows. */
function isEmpty(cursor: Cursor, end: string): boolean {
  cursor.at++
  if (peek(cursor) !== code(end)) return false
  cursor.at++
  return true
}

function readObject(cursor: Cursor, depth: number): Map<string, JsonNode> {
  const entries = new Map<string, JsonNode>()
  if (isEmpty(cursor, '}')) return entries
  do {
    if (peek(cursor) !== code('"')) throw cursor.fault(cursor.at, 'lacks a name in quotes')
    const position = cursor.at
    const name = readString(cursor)
    if (entries.has(name)) throw cursor.fault(position, `has the name '${name.slice(0, 100)}' twice`)
    if (peek(cursor) !== code(':')) throw cursor.fault(cursor.at, "lacks a ':'")
    cursor.at++
    entries.set(name, readValue(cursor, depth + 1))
  } while (goesOn(cursor, '}'))
  return entries
}

function readList(cursor: Cursor, depth: number): JsonNode[] {
  const items: JsonNode[] = []
  if (isEmpty(cursor, ']')) return items
  do items.push(readValue(cursor, depth + 1))
  while (goesOn(cursor, ']'))
  return items
}

function readString(cursor: Cursor): string {
  const { bytes } = cursor
  const start = cursor.at
  let end = start + 1
  while (end < bytes.length && bytes[end] !== code('"')) end += bytes[end] === code('\\') ? 2 : 1
  if (end >= bytes.length) throw cursor.fault(start, 'has a text without an end')
  cursor.at = end + 1
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, cursor.at))
    return JSON.parse(text) as string
  } catch {
    throw cursor.fault(start, 'has a text that is no JSON: bytes that are no UTF-8, or a wrong escape')
  }
}

function readWord(cursor: Cursor): number | boolean | null {
  const { bytes } = cursor
  const start = cursor.at
  const isPart = (byte: number | undefined): boolean =>
    byte !== undefined && /[\w.+-]/.test(String.fromCharCode(byte))
  while (isPart(bytes[cursor.at])) cursor.at++
  const word = String.fromCharCode(...bytes.subarray(start, Math.min(cursor.at, start + 40)))
  if (words.has(word)) return words.get(word)!
  if (numberPattern.test(word)) return Number(word)
  throw cursor.fault(start, cursor.at === start ? 'lacks a value' : `has '${word}', which is no JSON`)
}
