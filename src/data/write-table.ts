// Tables out to a file or to standard output, in batches, whole or not at all.
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import {
  besidePath,
  checkOptions,
  checkpoint,
  destinationOf,
  ShapeError,
  storageError,
  UsageError,
  workSpecs,
} from '../base/index.js'
import { queryRows, quoteName, quoteText } from './duckdb/index.js'
import type { Table } from './table.js'
import { csvHeader, csvRows, jsonRows } from './write-text.js'

export type TableSource = Table | AsyncIterable<Table> | Iterable<Table>

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined
}

/** Behind the door of this name: doors.ts. */
export async function writeTable(
  source: TableSource,
  path: string,
  options: WriteOptions = {},
): Promise<number> {
  checkOptions<WriteOptions>('writeTable', options, { signal: workSpecs.signal })
  const tables = isTable(source) ? [source] : source
  if (path === '-') return writeText(tables, { open: () => process.stdout, format: csv(','), ...options })
  const format = formatOf(path)
  const place = destinationOf(path)
  const beside = besidePath(place)
  try {
    await mkdir(dirname(place), { recursive: true })
    const rows = await writeFormat(tables, { beside, format, options })
    await rename(beside, place)
    return rows
  } catch (error) {
    // Where no file could be made none can be removed.
    await rm(beside, { force: true }).catch(() => {})
    options.signal?.throwIfAborted()
    throw storageError(path, error)
  }
}

const isTable = (source: TableSource): source is Table => 'rowCount' in source

interface TextFormat {
  header(table: Table): string
  rows(table: Table): string
}

const csv = (delimiter: string): TextFormat => ({
  header: (table) => csvHeader(table, delimiter),
  rows: (table) => csvRows(table, delimiter),
})

const formats: Readonly<Record<string, TextFormat | 'parquet'>> = {
  csv: csv(','),
  tsv: csv('\t'),
  jsonl: { header: () => '', rows: jsonRows },
  ndjson: { header: () => '', rows: jsonRows },
  parquet: 'parquet',
}

function formatOf(path: string): TextFormat | 'parquet' {
  const format = formats[/\.(\w+)$/.exec(path.toLowerCase())?.[1] ?? '']
  if (format !== undefined) return format
  throw new UsageError(
    `'${path}': expected a name that ends in .csv, .tsv, .jsonl or .parquet, or - for standard output.`,
    {
      argument: path,
    },
  )
}

interface FileTarget {
  readonly beside: string
  readonly format: TextFormat | 'parquet'
  readonly options: WriteOptions
}

async function writeFormat(
  tables: AsyncIterable<Table> | Iterable<Table>,
  { beside, format, options }: FileTarget,
): Promise<number> {
  if (format !== 'parquet')
    return writeText(tables, { open: () => createWriteStream(beside), format, ...options })
  // Parquet is DuckDB's to write, and it reads a file: JSON lines keep texts and numbers exactly.
  const lines = `${beside}.jsonl`
  try {
    const seen: { table?: Table } = {}
    const rows = await writeText(remember(tables, seen), {
      open: () => createWriteStream(lines),
      format: formats['jsonl'] as TextFormat,
      ...options,
    })
    await toParquet(lines, beside, seen.table)
    return rows
  } finally {
    await rm(lines, { force: true }).catch(() => {})
  }
}

async function* remember(
  tables: AsyncIterable<Table> | Iterable<Table>,
  seen: { table?: Table },
): AsyncGenerator<Table, void> {
  for await (const table of tables) {
    seen.table ??= table
    yield table
  }
}

const parquetTypes = {
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  string: 'VARCHAR',
} as const

async function toParquet(lines: string, path: string, table: Table | undefined): Promise<void> {
  const fields = table?.fields ?? []
  const columns = fields.map(({ name, type }) => `${quoteText(name)}: '${parquetTypes[type]}'`)
  const list = fields.map(({ name }) => quoteName(name)).join(', ')
  await queryRows(
    `copy (select ${list} from read_json(${quoteText(lines)}, format = 'newline_delimited', columns = {${columns.join(', ')}}, maximum_object_size = 268435456)) to ${quoteText(path)} (format parquet)`,
    { subject: `'${path}'` },
  )
}

interface TextTarget extends WriteOptions {
  open(): Writable
  readonly format: TextFormat
}

async function writeText(
  tables: AsyncIterable<Table> | Iterable<Table>,
  { open, format, signal }: TextTarget,
): Promise<number> {
  const stream = open()
  try {
    return await writeAll(tables, stream, { format, signal })
  } catch (error) {
    // A file that opens only now would be there after it has been removed.
    if (stream !== process.stdout && !stream.closed) await once(stream.destroy(), 'close').catch(() => {})
    throw error
  }
}

async function writeAll(
  tables: AsyncIterable<Table> | Iterable<Table>,
  stream: Writable,
  { format, signal }: Omit<TextTarget, 'open'>,
): Promise<number> {
  const failure = failureOf(stream)
  try {
    const rows = await sendTables(tables, (text) => send(stream, text, failure), { format, signal })
    if (stream !== process.stdout) {
      stream.end()
      await Promise.race([finished(stream as WriteStream), failure])
    }
    return rows
  } catch (error) {
    if (stream !== process.stdout) await closed(stream)
    throw error
  }
}

/** Waits until the file is closed: one that is still being opened would come back after its removal. */
async function closed(stream: Writable): Promise<void> {
  if (stream.closed) return
  await new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.destroy()
  })
}

async function sendTables(
  tables: AsyncIterable<Table> | Iterable<Table>,
  write: (text: string) => Promise<void>,
  { format, signal }: Pick<TextTarget, 'format' | 'signal'>,
): Promise<number> {
  let rows = 0
  let names: readonly string[] | undefined
  for await (const table of tables) {
    if (names === undefined) await write(format.header(table))
    else requireSame(names, table.names)
    names = table.names
    // Slices keep the text in memory small: one table may be all rows.
    for (let start = 0; start < table.rowCount; start += 8192) {
      await write(format.rows(table.slice(start, start + 8192)))
      await checkpoint(signal)
    }
    rows += table.rowCount
  }
  return rows
}

/** Rejects when the stream fails; a full disk says so at any time. */
function failureOf(stream: Writable): Promise<never> {
  const failure = new Promise<never>((_, reject) => stream.once('error', reject))
  // It is awaited beside each write; in between nobody listens.
  failure.catch(() => {})
  return failure
}

async function send(stream: Writable, text: string, failure: Promise<never>): Promise<void> {
  if (text === '' || stream.write(text)) return
  await Promise.race([new Promise<void>((resolve) => stream.once('drain', () => resolve())), failure])
}

function requireSame(expected: readonly string[], received: readonly string[]): void {
  if (expected.length === received.length && expected.every((name, i) => name === received[i])) return
  throw new ShapeError('writeTable: all tables must have the same columns in the same order.', {
    expected,
    received,
    where: 'writeTable',
  })
}
