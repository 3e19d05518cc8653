// What a source looks like to the reader: named columns of four plain kinds, and the SQL that yields them.
import type { Column } from '../column.js'
import type { SqlParameter } from '../duckdb/index.js'
import type { DataWarning } from '../infer/index.js'

/** How a column leaves the engine: as float64, 0/1, milliseconds since 1970 UTC, or text. */
export type ScanType = 'number' | 'boolean' | 'timestamp' | 'text'

export interface ScanColumn {
  readonly name: string
  readonly type: ScanType
  /** Whole numbers that may pass 2^53: such columns are read again as text. */
  readonly wide: boolean
  /** The type was seen from the first rows only; something else may stand further down. */
  readonly guessed: boolean
}

/** Columns as the engine types them: no inference yet. */
export interface RawColumns {
  readonly rowCount: number
  readonly columns: ReadonlyMap<string, Column>
}

/** A source, opened: nothing but its head has been read. */
export interface Scan {
  /** How messages call it. */
  readonly subject: string
  readonly columns: readonly ScanColumn[]
  /** A query of the user's, whose result may be empty; a file without rows was written wrongly. */
  readonly query: boolean
  /** The query for some columns in the given order; those of `asText` come as text. */
  sql(names: readonly string[], asText?: ReadonlySet<string>): string
  /** What the query's question marks stand for. */
  readonly parameters?: readonly SqlParameter[]
  /** A guess at the number of rows, so that memory is taken once. */
  readonly estimatedRows: number
  /** All rows, when opening has read them already. */
  readonly whole?: RawColumns
  readonly warnings: readonly DataWarning[]
  /** Text whose cells are separated by semicolons, as where the comma stands before decimals. */
  readonly decimalComma?: boolean | undefined
  /** Rows of JSON, which may leave out keys. */
  readonly sparse?: boolean | undefined
  /** Removes what was spooled. */
  close(): Promise<void>
}
