// CSV bodies: with a line of names, as pandas writes it; or without one, as SageMaker's own algorithms take it.
import { closestName, quote, SchemaMismatchError, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import { csvCells, csvRecords } from '../body/csv.js'
import { listOfRows, listReader, type RowsWanted } from '../rows/rows.js'

/** What `text/csv; header=…` says; undefined where it says nothing. @see RFC 4180 */
export type CsvHeader = 'present' | 'absent' | undefined

/**
 * Rows of a bundle. Where nothing says so, the first line is one of names when it has all columns of the model, and values when it has
 * as many cells as the model has columns.
 *
 * @throws {@link SchemaMismatchError} for a line of names that lacks columns; {@link ShapeError} for an uneven record
 */
export function rowsOfCsv(text: string, wanted: RowsWanted, header: CsvHeader): readonly Row[] {
  const { columns } = wanted
  const [line, ...rest] = csvRecords(text)
  if (line === undefined)
    throw new UsageError('The CSV body is empty. Send at least one record.', { argument: 'body' })
  const first = csvCells(line)
  const rowsOf = (names: readonly string[], records: readonly string[]): readonly Row[] => {
    const read = listReader(names, columns, 'CSV')
    listOfRows(records, 'CSV', wanted)
    return records.map((record, i) => read(csvCells(record), i))
  }
  const given = new Set(first)
  const missing = columns.filter((name) => !given.has(name))
  const isHeader = header === 'present' || (header === undefined && missing.length === 0)
  if (isHeader && missing.length === 0) return rowsOf(first, rest)
  const looksLikeNames =
    first.length === columns.length && first.some((cell) => closestName(cell, columns) !== undefined)
  if (!isHeader && first.length === columns.length && (header === 'absent' || !looksLikeNames)) {
    return rowsOf(columns, [line, ...rest])
  }
  const known = new Set(columns)
  throw new SchemaMismatchError(
    `The first line of the CSV lacks ${missing.map(quote).join(', ')}. Give a line of names, or records of ${columns.length} cells in the order of the columns.`,
    { missing, unexpected: first.filter((name) => !known.has(name)).slice(0, mostNamed), changed: [] },
  )
}

/** Names that an error tells of. */
const mostNamed = 100
