// The front door: any source into a table, with types a person would agree with.
import { DataError, UnknownColumnError, closestName, type WorkOptions } from '../base/index.js'
import { type Column, numberColumn } from './column.js'
import { type DataWarning, inferText } from './infer/index.js'
import { type OpenOptions, openScan, readScan, type Scan } from './source/index.js'
import { listNames, type Table, table } from './table.js'

/** How to read a source. */
export interface ReadOptions extends WorkOptions, Omit<OpenOptions, 'signal'> {
  /** Only these columns, in this order. @default all */
  readonly columns?: readonly string[] | undefined
}

/**
 * Reads a whole source into a table.
 *
 * A source is a path or glob of CSV, TSV, Parquet or JSON (lines) files, also with gzip, or `-` for standard input; with
 * `sql` a query over files (`select … from 'sales.parquet'`), or over the source, which the query calls `source`.
 * Text columns are looked at as {@link inferText} says; infinite numbers become missing with a warning.
 * Rows keep the order of the file whatever the number of threads.
 *
 * @throws {@link NotFoundError}, {@link DataError} or {@link FormatError} with what to do
 */
export async function readTable(source: string | undefined, options: ReadOptions = {}): Promise<Table> {
  const scan = await openScan(source, options)
  try {
    const names = chosenNames(scan, options.columns)
    const raw = await readScan(scan, { names, signal: options.signal, onRows: progress(scan, options) })
    requireRows(raw.rowCount, scan.subject)
    return finishTable(raw.columns, { warn: warner(options), warnings: scan.warnings })
  } finally {
    await scan.close()
  }
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

export function requireRows(rows: number, subject: string): void {
  if (rows > 0) return
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

/** Raw columns as a table: text looked at, infinities to missing, warnings told. */
export function finishTable(
  columns: ReadonlyMap<string, Column>,
  { warn, warnings }: { readonly warn: Warn; readonly warnings: readonly DataWarning[] },
): Table {
  for (const warning of warnings) warn(warning)
  const finished = new Map<string, Column>()
  const formats: Record<string, string> = {}
  for (const [name, column] of columns) {
    const inferred = column.type === 'string' ? inferText(column, name) : { column, warnings: [] }
    for (const warning of inferred.warnings) warn(warning)
    if (inferred.format !== undefined) formats[name] = inferred.format
    finished.set(name, withoutInfinities(inferred.column, name, warn))
  }
  return table(finished, formats)
}

/** Infinite numbers to missing: no learner can use them, and they come from divisions by zero. */
export function withoutInfinities(column: Column, name: string, warn: Warn): Column {
  if (column.type !== 'number') return column
  const infinite = countInfinities(column.values)
  if (infinite === 0) return column
  warn({
    code: 'infinite',
    column: name,
    message: `Column '${name}' holds ${infinite} infinite number${infinite === 1 ? '' : 's'}; read as missing.`,
  })
  return numberColumn(
    Float64Array.from(column.values, (value) => (Number.isFinite(value) ? value : Number.NaN)),
  )
}

function countInfinities(values: ArrayLike<number>): number {
  let count = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value === Infinity || value === -Infinity) count++
  }
  return count
}
