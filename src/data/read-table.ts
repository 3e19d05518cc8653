// The front door: any source into a table, with types a person would agree with.
import {
  checkOptions,
  closestName,
  DataError,
  flag,
  oneOf,
  type OptionChecks,
  text,
  UnknownColumnError,
  type WorkOptions,
  workSpecs,
} from '../base/index.js'
import { withAbsentKeys } from './absent-keys.js'
import type { Column, StringColumn } from './column.js'
import { withoutInfinities } from './infinities.js'
import {
  conform,
  type DataWarning,
  type InferredColumn,
  inferText,
  keepVerbatim,
  verbatimNames,
} from './infer/index.js'
import { type OpenOptions, openScan, readScan, type Scan, type ScanColumn } from './source/index.js'
import { type Field, listNames, type Table, table } from './table.js'

/** How to read a source. */
export interface ReadOptions extends WorkOptions, Omit<OpenOptions, 'signal'> {
  /** Only these columns, in this order. @default all */
  readonly columns?: readonly string[] | undefined
  /** Read in these types, as {@link conform} says, instead of finding types. */
  readonly fields?: readonly Field[] | undefined
}

/** How the options of reading are checked; the engine and the source look at the other values. */
export const readChecks: OptionChecks<ReadOptions> = {
  columns: { expected: 'a list of names', accepts: Array.isArray },
  fields: { expected: 'a list of fields', accepts: Array.isArray },
  verbatim: { expected: 'a list of names', accepts: Array.isArray },
  sql: text({ default: '' }),
  header: flag({ default: true }),
  encoding: oneOf(['utf-8', 'latin-1'], { default: 'utf-8' }),
  ...workSpecs,
}

/** Behind the door of this name: doors.ts. */
export async function readTable(source: string | undefined, options: ReadOptions = {}): Promise<Table> {
  checkOptions<ReadOptions>('readTable', options, readChecks)
  return tableOf(await openScan(source, openingOf(options)), options)
}

/** The options by which a source is opened: text that a schema takes verbatim must not be cleaned on the way. */
export function openingOf(options: ReadOptions): OpenOptions {
  return { ...options, verbatim: [...(options.verbatim ?? []), ...verbatimNames(options.fields ?? [])] }
}

/** Reads an opened source whole, and closes it. */
export async function tableOf(scan: Scan, options: ReadOptions): Promise<Table> {
  try {
    const names = chosenNames(scan, options.columns)
    const { fields, signal } = options
    const asText = textColumns(scan, fields ?? [])
    const raw = await readScan(scan, { names, asText, signal, onRows: progress(scan, options) })
    requireRows(raw.rowCount, scan)
    const warn = warner(options)
    if (fields === undefined) return finishTable(raw.columns, { ...scan, warn, verbatim: options.verbatim })
    for (const warning of scan.warnings) warn(warning)
    const columns = scan.sparse === true ? withAbsentKeys(raw.columns, fields, warn) : raw.columns
    return conform(table(columns), fields, { onWarning: warn })
  } finally {
    await scan.close()
  }
}

/** The columns to read as text: those of the source, and numbers that the schema wants in another type or notation. */
export function textColumns(scan: Scan, fields: readonly Field[]): ReadonlySet<string> {
  const wanted = new Map(fields.map((field) => [field.name, field]))
  const isText = ({ name, type }: ScanColumn): boolean => {
    const field = wanted.get(name)
    if (type !== 'number' || field === undefined) return type === 'text'
    return field.type !== 'number' || field.format !== undefined
  }
  return new Set(scan.columns.filter(isText).map(({ name }) => name))
}

/** @throws {@link UnknownColumnError} for a wanted column that is not there */
export function chosenNames(scan: Scan, wanted: readonly string[] | undefined): readonly string[] {
  const available = scan.columns.map(({ name }) => name)
  for (const name of wanted ?? []) {
    if (available.includes(name)) continue
    const closest = closestName(name, available)
    const advice = closest === undefined ? `It has ${listNames(available)}.` : `Did you mean '${closest}'?`
    throw new UnknownColumnError(`${scan.subject} has no column '${name}'. ${advice}`, {
      name,
      available,
      closest,
    })
  }
  return wanted ?? available
}

/** @throws {@link DataError} for a file without rows; the result of a query may have none */
export function requireRows(rows: number, { subject, query }: Scan): void {
  if (rows > 0 || query) return
  throw new DataError(`${subject} has column names but no rows. Check how the file was written.`, {
    count: 0,
  })
}

export type Warn = (warning: DataWarning) => void

export const warner =
  ({ onEvent }: WorkOptions): Warn =>
  (warning) =>
    onEvent?.({ type: 'warning', ...warning })

function progress(scan: Scan, { onEvent }: WorkOptions): ((rows: number) => void) | undefined {
  if (onEvent === undefined) return undefined
  return (rows) =>
    onEvent({ type: 'progress-update', done: Math.min(0.99, rows / Math.max(1, scan.estimatedRows)) })
}

interface Finishing extends Pick<Scan, 'warnings' | 'decimalComma'> {
  readonly warn: Warn
  /** Columns of text that are not looked at. */
  readonly verbatim?: readonly string[] | undefined
}

/** Raw columns as a table: text looked at, infinities to missing, warnings told. */
export function finishTable(
  columns: ReadonlyMap<string, Column>,
  { warn, warnings, decimalComma, verbatim = [] }: Finishing,
): Table {
  for (const warning of warnings) warn(warning)
  const lookAt = (column: StringColumn, name: string): InferredColumn =>
    verbatim.includes(name)
      ? { column: keepVerbatim(column), warnings: [] }
      : inferText(column, name, { decimalComma })
  const finished = new Map<string, Column>()
  const formats: Record<string, string> = {}
  for (const [name, column] of columns) {
    const inferred = column.type === 'string' ? lookAt(column, name) : { column, warnings: [] }
    for (const warning of inferred.warnings) warn(warning)
    if (inferred.format !== undefined) formats[name] = inferred.format
    finished.set(name, withoutInfinities(inferred.column, name, warn))
  }
  return table(finished, formats)
}
