// What both databases give to the rest of the store.
import type { Kysely, Transaction } from 'kysely'
import type { Dialect } from './migrations/index.js'
import type { Schema } from './schema.js'

/** Queries, inside or outside of a transaction. */
export type Queries = Kysely<Schema> | Transaction<Schema>

export type SqlValue = string | number | null

/** Many rows at once. */
export interface BulkInsert {
  readonly table: keyof Schema
  /** Column names with the types of their values. */
  readonly columns: Readonly<Record<string, 'text' | 'integer' | 'real'>>
  /** Rows × columns, row after row. */
  readonly values: readonly SqlValue[]
  /** What follows the values, such as `on conflict do nothing`: written by us, never by a user. */
  readonly suffix: string
}

/** The same from columns. */
export interface ColumnInsert extends Omit<BulkInsert, 'values'> {
  readonly rows: number
  /** For each column its values, or the one that all rows have. */
  readonly lists: readonly (ArrayLike<SqlValue> | number)[]
}

export interface Database {
  readonly dialect: Dialect
  readonly db: Kysely<Schema>
  /** A transaction that may write: it is alone from its first statement on where the database knows only one writer. */
  write<T>(work: (queries: Transaction<Schema>) => Promise<T>): Promise<T>
  /** Adds many rows, within a transaction. */
  bulkInsert(queries: Transaction<Schema>, insert: BulkInsert): Promise<void>
  insertColumns(queries: Transaction<Schema>, insert: ColumnInsert): Promise<void>
  /** The error in our words where the user can do something about it, else as it is. */
  explain(error: unknown): unknown
  close(): Promise<void>
}
