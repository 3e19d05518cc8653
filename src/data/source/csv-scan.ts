// CSV: dialect and names from the head, types from the first rows read as text, then one fast typed pass.
import { DataError } from '../../base/index.js'
import type { StringColumn } from '../column.js'
import { quoteName, quoteText, quoteTexts } from '../duckdb/index.js'
import { type DataWarning, inferText, missingTokens } from '../infer/index.js'
import { listNames } from '../table.js'
import { hasHeader, sniffDialect } from './dialect.js'
import { headText, readHead } from './head.js'
import type { Located } from './locate.js'
import { checkNames } from './names.js'
import { readRaw } from './raw-columns.js'
import { type Dialect, splitRecords } from './records.js'
import type { RawColumns, Scan, ScanColumn } from './scan.js'

// Rows whose text decides the types: as many as DuckDB's own sniffer takes, but of wide files fewer, as each cell becomes
// a text, of 30 bytes and half a microsecond. 2,048 rows are one chunk of the engine.
const mostSampleRows = 20_480
const leastSampleRows = 2048
const sampleCells = 125_000

const sampleRowsOf = (columns: number): number =>
  Math.max(leastSampleRows, Math.min(mostSampleRows, Math.ceil(sampleCells / columns)))

/** The longest line that is read, and the buffer for it, which DuckDB wants larger than the line. */
const lineLimits = [
  { line: 16_000_000, buffer: 32_000_000 },
  { line: 500_000_000, buffer: 500_000_001 },
] as const

export interface CsvOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether the first line names the columns; seen from the data by default. */
  readonly header?: boolean | undefined
  /** Columns whose text is data as it stands: nothing is trimmed, and only the empty cell is missing. @default none */
  readonly verbatim?: readonly string[] | undefined
}

interface Layout {
  readonly located: Located
  readonly dialect: Dialect
  readonly names: readonly string[]
  readonly header: boolean
  readonly verbatim: ReadonlySet<string>
}

/** @throws {@link DataError} for duplicate or empty names, or files that do not go together */
export async function openCsv(located: Located, options: CsvOptions): Promise<Scan> {
  const sniffed = layoutOf(located, options)
  await sameNames(sniffed)
  const { layout, limits, sample } = await readSample(sniffed, options.signal)
  const warnings = headerWarnings(layout)
  const whole = sample.rowCount < sampleRowsOf(layout.names.length)
  const columns = layout.names.map((name): ScanColumn => {
    const number = !layout.verbatim.has(name) && isPlainNumber(sample.columns.get(name) as StringColumn, name)
    return { name, type: number ? 'number' : 'text', wide: number, guessed: number }
  })
  return {
    subject: located.subject,
    columns,
    query: false,
    sql(names, asText) {
      const text = new Set(columns.filter(({ type }) => type === 'text').map(({ name }) => name))
      return csvSql(layout, { limits, names, isText: (name) => text.has(name) || asText?.has(name) === true })
    },
    estimatedRows: whole ? sample.rowCount : estimateRows(layout, sample.rowCount),
    warnings,
    decimalComma: usesDecimalComma(layout),
    ...(whole ? { whole: sample } : {}),
    close: () => located.close(),
  }
}

function layoutOf(located: Located, options: CsvOptions): Layout {
  const { head, subject, files } = located
  const text = headText(head, subject)
  const { dialect, records } = sniffDialect(text, head.whole, files[0]!)
  const first = records.rows[0]
  if (first === undefined) {
    throw new DataError(
      `${subject}: the first line does not end within ${text.length} characters, expected the column names there. Check the line ends and quotes.`,
      { source: subject },
    )
  }
  const header = options.header ?? hasHeader(records.rows)
  const names = header ? first.map((name) => name.trim()) : first.map((_, column) => `column_${column + 1}`)
  checkNames(names, subject)
  const verbatim = new Set(options.verbatim?.filter((name) => names.includes(name)))
  return { located, dialect, names, header, verbatim }
}

async function sameNames({ located, dialect, names, header }: Layout): Promise<void> {
  if (!header) return
  for (const file of located.files.slice(1)) {
    const head = await readHead(file, `'${file}'`)
    const [first = []] = splitRecords(headText(head, `'${file}'`), dialect, {
      whole: head.whole,
      limit: 1,
    }).rows
    const own = first.map((name) => name.trim())
    if (own.length === names.length && own.every((name, i) => name === names[i])) continue
    const missing = names.filter((name) => !own.includes(name))
    const unexpected = own.filter((name) => !names.includes(name))
    throw new DataError(
      `${located.subject}: '${file}' has other columns than '${located.files[0]}'${describeDifference(missing, unexpected)}. Read files of one layout together.`,
      { file, missing, unexpected },
    )
  }
}

const describeDifference = (missing: readonly string[], unexpected: readonly string[]): string =>
  (missing.length > 0 ? `; missing: ${listNames(missing)}` : '') +
  (unexpected.length > 0 ? `; unexpected: ${listNames(unexpected)}` : '') +
  (missing.length + unexpected.length === 0 ? ' (in another order)' : '')

interface Projection {
  readonly limits: Limits
  readonly names: readonly string[]
  readonly isText: (name: string) => boolean
}

const missingTexts = [' ', ...missingTokens]

function csvSql({ located, dialect, names, header, verbatim }: Layout, projection: Projection): string {
  const { limits, isText } = projection
  const isKept = verbatim.size > 0
  const type = (name: string): string => (isText(name) || isKept ? 'VARCHAR' : 'DOUBLE')
  const types = names.map((name) => `${quoteText(name)}: '${type(name)}'`)
  const options = [
    'auto_detect = false',
    `header = ${header}`,
    `delim = ${quoteText(dialect.delimiter)}`,
    `quote = ${quoteText(dialect.quote)}`,
    `escape = ${quoteText(dialect.quote === '' ? '' : dialect.escape)}`,
    `columns = {${types.join(', ')}}`,
    `nullstr = ${quoteTexts(isKept ? [''] : ['', ...missingTexts])}`,
    `max_line_size = ${limits.line}`,
    `buffer_size = ${limits.buffer}`,
    ...(located.head.compressed ? ["compression = 'gzip'"] : []),
  ]
  const list = projection.names.map((name) => {
    const quoted = quoteName(name)
    // The reader knows one list of missing words for all columns, so the others are looked at one by one.
    if (!isKept || verbatim.has(name)) return quoted
    const present = `case when ${quoted} not in (${missingTexts.map(quoteText).join(', ')}) then ${quoted} end`
    return `${isText(name) ? present : `(${present})::DOUBLE`} as ${quoted}`
  })
  return `select ${list.join(', ')} from read_csv(${quoteTexts(located.files)}, ${options.join(', ')})`
}

type Limits = (typeof lineLimits)[number]

interface Sampled {
  readonly layout: Layout
  readonly limits: Limits
  readonly sample: RawColumns
}

/** The first rows as text; what stands in the way of reading them is tried differently once. */
async function readSample(layout: Layout, signal: AbortSignal | undefined): Promise<Sampled> {
  const [usual, long] = lineLimits
  try {
    return await sampleWith(layout, usual, signal)
  } catch (error) {
    if (!DataError.is(error)) throw error
    if (error.details['lineTooLong'] === true) return sampleWith(layout, long, signal)
    // Files with tabs are seldom quoted: a quote in them is a character.
    if (error.details['quote'] !== true || layout.dialect.delimiter !== '\t') throw error
    return sampleWith({ ...layout, dialect: { ...layout.dialect, quote: '' } }, usual, signal)
  }
}

async function sampleWith(layout: Layout, limits: Limits, signal: AbortSignal | undefined): Promise<Sampled> {
  const sql = csvSql(layout, { limits, names: layout.names, isText: () => true })
  const sample = await readRaw(`${sql} limit ${sampleRowsOf(layout.names.length)}`, {
    columns: layout.names.map((name) => ({ name, type: 'text', wide: false, guessed: false })),
    subject: layout.located.subject,
    estimatedRows: 0,
    signal,
  })
  return { layout, limits, sample }
}

const usesDecimalComma = ({ dialect }: Layout): boolean => dialect.delimiter === ';'

function isPlainNumber(sample: StringColumn, name: string): boolean {
  const { column, format, warnings } = inferText(sample, name)
  if (column.type !== 'number' || format !== undefined || warnings.length > 0) return false
  return column.values.some((value) => !Number.isNaN(value))
}

function estimateRows({ located }: Layout, sampled: number): number {
  const { head, files } = located
  const lines = countLines(head.bytes)
  // Text compresses about eight times at best; a guess too high costs address space only.
  const bytes = head.size * files.length * (head.compressed ? 8 : 1)
  return Math.max(sampled, Math.ceil((bytes / Math.max(1, head.bytes.length)) * lines * 1.05))
}

function countLines(bytes: Buffer): number {
  let lines = 1
  for (const byte of bytes) if (byte === 10) lines++
  return lines
}

function headerWarnings({ header, names, located }: Layout): DataWarning[] {
  if (header) return []
  return [
    {
      code: 'no-header',
      column: names[0]!,
      message: `${located.subject}: the first line looks like data, not like column names; the columns were named ${listNames(names)}. Pass { header: true } (--header) if it names them.`,
    },
  ]
}
