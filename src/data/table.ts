// The table: named columns of one length, immutable. Verbs that are more than a selection live in files of their own.
import {
  checkOptions,
  closestName,
  DataError,
  nameOf,
  ShapeError,
  UnknownColumnError,
  UsageError,
} from '../base/index.js'
import { type Column, type ColumnType, takeRows } from './column.js'
import { columnFromValues } from './column-from-values.js'

/** A row as users hold it: an object from a database or a request. */
export type Row = Readonly<Record<string, Cell>>
export type Cell = string | number | boolean | Date | bigint | null | undefined

/** What a model must know of a column to read it again. */
export interface Field {
  readonly name: string
  readonly type: ColumnType
  /** For booleans that were read from text: the texts for false and true. */
  readonly labels?: readonly [string, string]
  /** For timestamps that were read from text: the name of the format. */
  readonly format?: string
  /**
   * For texts that came as values, not from a file: they are read as given. Without it outer white space is cut, and words
   * such as `NA` are missing.
   */
  readonly verbatim?: true
}

/** Named columns of one length. */
export interface Table {
  readonly rowCount: number
  readonly names: readonly string[]
  readonly fields: readonly Field[]
  /** @throws {@link UnknownColumnError} naming the closest column */
  col(name: string): Column
  has(name: string): boolean
  /** Only these columns, in this order. */
  select(names: readonly string[]): Table
  /** All columns but these. */
  drop(...names: readonly string[]): Table
  /** With a column added, or replaced where the name exists. */
  with(name: string, column: Column): Table
  /** The given rows, in the given order. */
  take(rows: ArrayLike<number>): Table
  /** Rows `start` to `end` (excluded). */
  slice(start: number, end?: number): Table
  row(index: number): Record<string, string | number | boolean | Date | null>
  toRows(): Record<string, string | number | boolean | Date | null>[]
  /** Functions of tables, applied in turn. */
  pipe<T>(verb: (table: Table) => T): T
}

/**
 * Makes a table from named columns.
 *
 * @throws {@link ShapeError} when the columns differ in length
 * @example
 * ```ts
 * table({ age: numberColumn(Float64Array.of(31, 42)) }).rowCount // => 2
 * ```
 */
export function table(
  columns: Readonly<Record<string, Column>> | ReadonlyMap<string, Column>,
  formats: Readonly<Record<string, string>> = {},
): Table {
  const byName = new Map(columns instanceof Map ? columns : Object.entries(columns))
  const rowCount = byName.values().next().value?.length ?? 0
  for (const [name, column] of byName) {
    if (column.length !== rowCount) {
      throw new ShapeError(
        `table: column '${name}' has ${column.length} rows, expected ${rowCount} as in the first column. Give columns of one length.`,
        { expected: rowCount, received: column.length, where: name },
      )
    }
  }
  return build(byName, rowCount, formats)
}

function build(
  columns: ReadonlyMap<string, Column>,
  rowCount: number,
  formats: Readonly<Record<string, string>>,
): Table {
  const names = [...columns.keys()]
  const col = (name: string): Column => columns.get(name) ?? unknownColumn(name, names)
  const pick = (wanted: readonly string[]): Table =>
    build(new Map(wanted.map((name) => [name, col(name)])), rowCount, formats)
  const self: Table = {
    rowCount,
    names,
    get fields() {
      return names.map((name) => fieldOf(name, col(name), formats[name]))
    },
    col,
    has: (name) => columns.has(name),
    select: pick,
    drop(...unwanted) {
      for (const name of unwanted) col(name)
      return pick(names.filter((name) => !unwanted.includes(name)))
    },
    with: (name, column) => table(new Map([...columns, [name, column]]), formats),
    take: (rows) =>
      build(new Map(names.map((name) => [name, takeRows(col(name), rows)])), rows.length, formats),
    slice(start, end = rowCount) {
      const length = Math.max(0, Math.min(end, rowCount) - start)
      return self.take(Int32Array.from({ length }, (_, i) => start + i))
    },
    row: (index) => Object.fromEntries(names.map((name) => [name, col(name).at(index)])),
    toRows: () => Array.from({ length: rowCount }, (_, index) => self.row(index)),
    pipe: (verb) => verb(self),
  }
  return self
}

function fieldOf(name: string, column: Column, format: string | undefined): Field {
  return {
    name,
    type: column.type,
    ...(column.type === 'boolean' && column.labels !== undefined ? { labels: column.labels } : {}),
    ...(format !== undefined ? { format } : {}),
    ...(column.type === 'string' && column.verbatim ? { verbatim: true } : {}),
  }
}

function unknownColumn(name: string, available: readonly string[]): never {
  const closest = closestName(name, available)
  const advice =
    closest === undefined ? `The table has ${listNames(available)}.` : `Did you mean '${closest}'?`
  throw new UnknownColumnError(`There is no column '${name}'. ${advice}`, { name, available, closest })
}

/** Names for a message: the first eight, then how many more. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 8).map((name) => `'${name}'`)
  return names.length > 8 ? `${shown.join(', ')} and ${names.length - 8} more` : shown.join(', ')
}

/**
 * Makes a table from rows, as a database or a request gives them; the columns are all names that occur, or those of
 * `columns` that do.
 *
 * @param rows - objects of any type: an interface will do
 * @throws {@link DataError} when a column mixes kinds of values that do not belong together, or holds objects or arrays
 * @example
 * ```ts
 * fromRows([{ age: 31, city: 'Oslo' }, { age: null, city: 'Bern' }]).col('age').at(1) // => null
 * ```
 */
export function fromRows(
  rows: readonly object[],
  options: { readonly columns?: readonly string[] | undefined } = {},
): Table {
  checkOptions('fromRows', options, { columns: { expected: 'a list of names', accepts: Array.isArray } })
  if (!Array.isArray(rows)) {
    throw new UsageError(
      `fromRows: expected an array of rows; received ${nameOf(rows)}. Check where it comes from.`,
      { argument: 'rows' },
    )
  }
  const names = new Set<string>()
  for (const [index, row] of (rows as readonly Row[]).entries()) {
    if (typeof row !== 'object' || row === null) {
      throw new DataError(
        `fromRows: expected an array of objects; received ${nameOf(row)} at row ${index}. Give each row as an object of values by column.`,
        { firstRow: index },
      )
    }
    for (const name of Object.keys(row)) names.add(name)
  }
  const chosen = options.columns?.filter((name) => names.has(name)) ?? [...names]
  return table(
    new Map(
      chosen.map((name) => [
        name,
        columnFromValues(
          (rows as readonly Row[]).map((row) => row[name]),
          name,
        ),
      ]),
    ),
  )
}
