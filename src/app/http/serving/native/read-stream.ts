// Rows out of a body that streams in: NDJSON or CSV.
import type { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { closestName, LimitError, quote, SchemaMismatchError, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import { csvCells } from '../body/csv.js'
import { isObject } from '../body/json.js'
import { type FoundRecord, longestRecord, recordSplitter } from '../body/split-records.js'
import { listReader, notARow } from '../rows/rows.js'
import type { StreamedRow } from './answer-stream.js'

/** Records in the pieces in which they arrive; empty lines are none. */
async function* recordsOf(body: Readable, quotes: boolean): AsyncGenerator<FoundRecord[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const splitter = recordSplitter({ quotes })
  const isRecord = ({ text, tooLong }: FoundRecord): boolean => tooLong || text.trim() !== ''
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const found = splitter.push(decoded(decoder, chunk)).filter(isRecord)
    if (found.length > 0) yield found
  }
  const last = [...splitter.push(decoded(decoder)), splitter.end()].filter((record) => record !== undefined)
  if (last.some(isRecord)) yield last.filter(isRecord)
}

function decoded(decoder: TextDecoder, chunk?: Buffer): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch (error) {
    throw new UsageError('The body is not UTF-8. Send text in UTF-8.', { argument: 'body' }, error)
  }
}

/** Reads a record, or says why it cannot be read. */
function streamed(record: FoundRecord, read: (text: string) => Row): StreamedRow {
  if (record.tooLong) return { error: tooLong() }
  try {
    return { row: read(record.text) }
  } catch (error) {
    return { error }
  }
}

const tooLong = (): LimitError =>
  new LimitError(
    `The line is longer than ${longestRecord} characters. Send the row in a request of its own.`,
    {
      limit: longestRecord,
    },
  )

/** A JSON object a line. */
export async function* ndjsonRows(body: Readable, columns: readonly string[]): AsyncGenerator<StreamedRow[]> {
  for await (const records of recordsOf(body, false)) {
    yield records.map((record) => streamed(record, (text) => complete(jsonRow(text), columns)))
  }
}

function jsonRow(text: string): Row {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    throw new UsageError(`The line cannot be read as JSON: ${message}.`, { argument: 'line' }, error)
  }
  if (!isObject(value)) throw notARow(value, 'The line')
  return value as Row
}

/** Whether a row is whole must not depend on the rows beside it, which the network puts together. */
function complete(row: Row, columns: readonly string[]): Row {
  for (const name of columns) if (row[name] === undefined) throw absent(Object.keys(row), columns)
  return row
}

/** Names that an error tells of. */
const mostNamed = 100

function absent(given: readonly string[], columns: readonly string[]): SchemaMismatchError {
  const [known, present] = [new Set(columns), new Set(given)]
  const missing = columns.filter((name) => !present.has(name))
  const unexpected = given.filter((name) => !known.has(name)).slice(0, mostNamed)
  const closest = missing.flatMap((name) => closestName(name, unexpected) ?? [])[0]
  const hint =
    closest === undefined ? 'Give every column; null is a missing value.' : `Is ${quote(closest)} meant?`
  return new SchemaMismatchError(`There is no value of ${missing.map(quote).join(', ')}. ${hint}`, {
    missing,
    unexpected,
    changed: [],
  })
}

/**
 * Records below a line of names.
 *
 * @throws {@link SchemaMismatchError} at the first piece when the line of names lacks a column
 */
export async function* csvRows(body: Readable, columns: readonly string[]): AsyncGenerator<StreamedRow[]> {
  let read: ((text: string) => Row) | undefined
  for await (const records of recordsOf(body, true)) {
    const readRow = (read ??= csvReader(records.shift()!, columns))
    if (records.length > 0) yield records.map((record) => streamed(record, readRow))
  }
}

function csvReader(
  { text, tooLong: isTooLong }: FoundRecord,
  columns: readonly string[],
): (text: string) => Row {
  if (isTooLong) throw tooLong()
  const names = csvCells(text)
  const given = new Set(names)
  if (columns.some((name) => !given.has(name))) throw absent(names, columns)
  const read = listReader(names, columns, 'CSV')
  return (record) => {
    const cells = csvCells(record)
    if (cells.length === names.length) return read(cells, 0)
    throw new UsageError(`The record has ${cells.length} cells; the line of names has ${names.length}.`, {
      argument: 'body',
    })
  }
}
