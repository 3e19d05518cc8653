// CSV bodies: with a line of names, as pandas writes it; or without one, as SageMaker's own algorithms take it.
import { closestName, quote, SchemaMismatchError, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import { csvRecords } from '../body/csv.js'
import { columnNames } from '../rows/instances.js'
import { rowsOfLists } from '../rows/rows.js'

/** What `text/csv; header=…` says; undefined where it says nothing. @see RFC 4180 */
export type CsvHeader = 'present' | 'absent' | undefined

/**
 * Rows of a bundle. Where nothing says so, the first line is one of names when it has all columns of the model, and values when it has
 * as many cells as the model has columns.
 *
 * @throws {@link SchemaMismatchError} for a line of names that lacks columns; {@link ShapeError} for an uneven record
 */
export function rowsOfCsv(text: string, description: VersionDescription, header: CsvHeader): readonly Row[] {
  const names = columnNames(description)
  const [first, ...rest] = csvRecords(text)
  if (first === undefined)
    throw new UsageError('The CSV body is empty. Send at least one record.', { argument: 'body' })
  const missing = names.filter((name) => !first.includes(name))
  const isHeader = header === 'present' || (header === undefined && missing.length === 0)
  if (isHeader && missing.length === 0) return rowsOfLists(first, rest, 'CSV')
  const looksLikeNames =
    first.length === names.length && first.some((cell) => closestName(cell, names) !== undefined)
  if (!isHeader && first.length === names.length && (header === 'absent' || !looksLikeNames)) {
    return rowsOfLists(names, [first, ...rest], 'CSV')
  }
  throw new SchemaMismatchError(
    `The first line of the CSV lacks ${missing.map(quote).join(', ')}. Give a line of names, or records of ${names.length} cells in the order of the columns.`,
    { missing, unexpected: first.filter((name) => !names.includes(name)), changed: [] },
  )
}
