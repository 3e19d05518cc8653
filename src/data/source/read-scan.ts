// A whole scan into columns, with the second looks that some columns need.
import { DataError } from '../../base/index.js'
import type { Column } from '../column.js'
import { queryRows, quoteName } from '../duckdb/index.js'
import { type RawOptions, readRaw } from './raw-columns.js'
import type { RawColumns, Scan } from './scan.js'

export interface ReadScanOptions {
  readonly names: readonly string[]
  /** Columns to take as the source writes them. */
  readonly asText?: ReadonlySet<string> | undefined
  readonly signal?: AbortSignal | undefined
  readonly onRows?: ((rows: number) => void) | undefined
}

/**
 * Reads columns of a scan. A column that looked like numbers in the first rows and is not is read as text, and so is
 * one of whole numbers beyond 2^53.
 */
export async function readScan(scan: Scan, options: ReadScanOptions): Promise<RawColumns> {
  if (scan.whole !== undefined) return pick(scan.whole, options.names)
  const { raw, asText } = await readTyped(scan, options)
  const wide = scan.columns.filter(
    ({ name, wide: isWide }) => isWide && !asText.has(name) && isUnsafe(raw.columns.get(name)),
  )
  if (wide.length === 0) return raw
  const names = wide.map(({ name }) => name)
  const again = await readAs(scan, new Set(names), { ...options, names })
  return { rowCount: raw.rowCount, columns: new Map([...raw.columns, ...again.columns]) }
}

const pick = (whole: RawColumns, names: readonly string[]): RawColumns => ({
  rowCount: whole.rowCount,
  columns: new Map(names.map((name) => [name, whole.columns.get(name)!])),
})

async function readTyped(
  scan: Scan,
  options: ReadScanOptions,
): Promise<{ raw: RawColumns; asText: ReadonlySet<string> }> {
  const wanted: ReadonlySet<string> = options.asText ?? new Set()
  try {
    return { raw: await readAs(scan, wanted, options), asText: wanted }
  } catch (error) {
    if (!isConversionError(error)) throw error
    const asText = new Set([...wanted, ...(await notNumbers(scan, options))])
    return { raw: await readAs(scan, asText, options), asText }
  }
}

export const isConversionError = (error: unknown): boolean =>
  DataError.is(error) && error.details['conversion'] === true

function readAs(scan: Scan, asText: ReadonlySet<string>, options: ReadScanOptions): Promise<RawColumns> {
  const columns = options.names.map((name) => {
    const column = scan.columns.find((candidate) => candidate.name === name)!
    return asText.has(name) ? { ...column, type: 'text' as const } : column
  })
  const raw: RawOptions = {
    columns,
    subject: scan.subject,
    estimatedRows: scan.estimatedRows,
    signal: options.signal,
    parameters: scan.parameters,
    onRows: options.onRows,
  }
  return readRaw(scan.sql(options.names, asText), raw)
}

/**
 * The columns that hold something else than numbers further down, found in one pass: which one the engine complains of
 * first depends on its threads.
 */
export async function notNumbers(
  scan: Scan,
  { names, signal }: ReadScanOptions,
): Promise<ReadonlySet<string>> {
  const numbers = scan.columns.filter(({ name, type }) => type === 'number' && names.includes(name))
  const tests = numbers.map(({ name }) => {
    const quoted = quoteName(name)
    return `count(*) filter (where ${quoted} is not null and try_cast(${quoted} as DOUBLE) is null)`
  })
  const numberNames = numbers.map(({ name }) => name)
  const sql = `select ${tests.join(', ')} from (${scan.sql(numberNames, new Set(numberNames))})`
  const [counts = []] = await queryRows(sql, { subject: scan.subject, signal, parameters: scan.parameters })
  return new Set(numberNames.filter((_, i) => Number(counts[i]) > 0))
}

/** Whole numbers only, some beyond what float64 holds exactly: identifiers that would run together. */
function isUnsafe(column: Column | undefined): boolean {
  if (column?.type !== 'number') return false
  let unsafe = false
  for (const value of column.values) {
    if (Number.isNaN(value)) continue
    if (!Number.isInteger(value)) return false
    unsafe ||= !Number.isSafeInteger(value)
  }
  return unsafe
}
