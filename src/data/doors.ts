// What reads, writes and profiles. Behind these doors are the engine and most of this floor's code, which nothing else
// needs: they are loaded at the first call (docs/adr/0013-lazy-doors.md).
import { lazily } from '../base/index.js'
import type { StreamOptions } from './stream-tables.js'
import type { Table } from './table.js'

/**
 * Reads a whole source into a table.
 *
 * A source is a path or glob of CSV, TSV, Parquet or JSON (lines) files, also with gzip, or `-` for standard input; with
 * `sql` a query over files (`select … from 'sales.parquet'`), or over the source, which the query calls `source`.
 * Text columns are looked at as {@link inferText} says, but for those of `verbatim`; infinite numbers become missing with
 * a warning.
 * Rows keep the order of the file whatever the number of threads. A query may give no rows; a file without any is an error.
 *
 * @throws {@link NotFoundError}, {@link DataError} or {@link FormatError} with what to do
 */
export const readTable = lazily(async () => (await import('./read-table.js')).readTable)

/**
 * Reads a source of numbers into one row-major matrix: booleans (also yes and no) as 0/1, dates in ms, missing NaN,
 * infinite numbers missing with a warning.
 *
 * Memory beside the engine's: the matrix, and one batch of rows.
 *
 * @throws {@link DataError} for a column of text, and as {@link readTable}
 */
export const readMatrix = lazily(async () => (await import('./read-matrix.js')).readMatrix)

/**
 * Writes a table, or tables in turn, as `.csv`, `.tsv`, `.jsonl` or `.parquet`, or as CSV to standard output for `-`.
 *
 * A file is prepared beside its place and renamed when complete. Missing is an empty cell, or null. Dates are ISO in
 * UTC; booleans are written by their labels. What was written reads back equal with the fields of the table.
 *
 * @returns the number of rows
 * @throws {@link UsageError} for another ending; {@link StorageError} when the disk is full
 */
export const writeTable = lazily(async () => (await import('./write-table.js')).writeTable)

/**
 * Profiles a table: each column's values, duplicates, strong correlations, and alerts.
 *
 * Counts, ranges and moments are of all rows; quantiles and correlations of a fixed sample of large tables, which
 * `notes` says. Cost: a few passes per column; correlations of at most 250 number and 100 category columns.
 *
 * @throws {@link UnknownColumnError} when the target is not there
 */
export const profile = lazily(async () => (await import('./profile/profile.js')).profile)

/**
 * Yields a source as tables of at most `rows` rows, in order; memory does not grow with the source.
 *
 * With `fields` every table is read in that schema as {@link conform} says (text columns are then read as the file has
 * them); without, the first batch decides the types. A warning of one kind about one column is told once.
 *
 * @throws as {@link readTable}; {@link SchemaMismatchError} when the source does not fit `fields`
 */
export async function* streamTables(
  source: string | undefined,
  options: StreamOptions = {},
): AsyncGenerator<Table, void> {
  yield* (await import('./stream-tables.js')).streamTables(source, options)
}
