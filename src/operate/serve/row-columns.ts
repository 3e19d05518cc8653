// Rows of a request as the inputs of a bundle's graph, read as `loadModel` reads them: a cell that cannot be read counts as
// missing, a column that is absent from all rows is refused.
import { nameOf, SchemaMismatchError, UsageError } from '../../base/index.js'
import {
  cellReader,
  type Column,
  conform,
  type ConformedRow,
  type Field,
  listNames,
  type Row,
  rowReader,
  table,
  type Table,
} from '../../data/index.js'
import type { Tensor } from '../../engine/onnx/index.js'
import { asTable, graphFeeds } from '../../learn/contracts/index.js'
import type { Tensors } from './tensor-rows.js'

/** Rows as a caller gives them. */
export type GivenRows = readonly Row[] | ReadonlyMap<string, Column>

/** Rows that were read. */
export interface ReadRows {
  readonly rows: number
  /** One tensor [rows, 1] for each column, as the graph wants it. */
  readonly inputs: Tensors
  /** For each row, the columns whose value could not be read, with the value. */
  unreadable(row: number): readonly (readonly [column: string, value: unknown])[]
}

/** Compiles the columns of a bundle into a reader of rows. */
export function rowsReader(fields: readonly Field[]): (given: GivenRows) => ReadRows {
  const quickly = quickReader(fields)
  const leniently = lenientReader(fields)
  return (given) => {
    if (!Array.isArray(given)) return readColumns(given as ReadonlyMap<string, Column>, fields)
    const rows = given as readonly Row[]
    if (rows.every((row) => typeof row === 'object' && row !== null) && rows.length > 0) {
      const read = quickly(rows) ?? leniently(rows)
      if (read !== undefined) return read
    }
    // No rows, or none that could be answered: whoever reads tables says what is wrong.
    const table = readTable(asTable(narrowed(rows, fields), fields), fields, (row, name) => rows[row]?.[name])
    // A table of objects without any key has no rows.
    if (table.rows !== rows.length) throw noValues(fields)
    return table
  }
}

/** Columns that nobody asked for, to name in a message. */
const mostUnasked = 100

/**
 * The rows with few of the columns that nobody asked for: rows of keys that all differ would be a table of millions of columns. The same rows where
 * there are few.
 */
function narrowed(rows: readonly Row[], fields: readonly Field[]): readonly Row[] {
  const asked = new Set(fields.map(({ name }) => name))
  const others = new Set<string>()
  for (const row of rows) {
    if (others.size > mostUnasked) break
    for (const name in row) if (!asked.has(name) && others.add(name).size > mostUnasked) break
  }
  if (others.size <= mostUnasked) return rows
  const kept = [...asked, ...others]
  return rows.map((row) => {
    if (typeof row !== 'object' || row === null) return row
    // Without a prototype: a column may be named `__proto__`.
    const few = Object.create(null) as Record<string, Row[string]>
    for (const name of kept) if (Object.hasOwn(row, name)) few[name] = row[name]
    return few
  })
}

function noValues(fields: readonly Field[]): SchemaMismatchError {
  const names = fields.map(({ name }) => name)
  return new SchemaMismatchError(
    `predictRows: the rows have no values; expected ${listNames(names)}. null is a missing value.`,
    { missing: names, unexpected: [], changed: [] },
  )
}

/** Reads rows without a slip; undefined where there is one. */
function quickReader(fields: readonly Field[]): (rows: readonly Row[]) => ReadRows | undefined {
  const readRow = rowReader(fields)
  return (rows) => {
    const read: ConformedRow[] = []
    for (const row of rows) {
      for (const { name } of fields) if (row[name] === undefined) return undefined
      try {
        read.push(readRow(row))
      } catch (error) {
        if (!SchemaMismatchError.is(error)) throw error
        return undefined
      }
    }
    return { rows: rows.length, inputs: tensorsOf(read, fields), unreadable: () => none }
  }
}

/**
 * Reads rows cell by cell: what is absent or cannot be read is missing. Undefined where a column is absent from all rows, or holds
 * nothing that can be read.
 */
function lenientReader(fields: readonly Field[]): (rows: readonly Row[]) => ReadRows | undefined {
  const readers = fields.map((field) => cellReader(field, () => undefined))
  return (rows) => {
    const unreadable = rows.map((): [string, unknown][] => [])
    const read = rows.map((): ConformedRow => [])
    for (const [i, { name, type }] of fields.entries()) {
      const missing = type === 'string' ? null : Number.NaN
      let [absent, unread, present] = [0, 0, 0]
      rows.forEach((row, at) => {
        const value = row[name]
        if (value === undefined) absent++
        const cell = value === undefined ? missing : readers[i]!(value)
        if (cell === undefined) {
          unread++
          unreadable[at]!.push([name, value])
        } else if (cell !== null && !Number.isNaN(cell)) present++
        read[at]!.push(cell === undefined ? missing : cell)
      })
      if (absent === rows.length || (unread > 0 && present === 0)) return undefined
    }
    return { rows: rows.length, inputs: tensorsOf(read, fields), unreadable: (row) => unreadable[row]! }
  }
}

const none: readonly never[] = []

function tensorsOf(rows: readonly ConformedRow[], fields: readonly Field[]): Tensors {
  // Without a prototype: a column may be named `__proto__`.
  const tensors = Object.create(null) as Record<string, Tensor>
  const dims = [rows.length, 1]
  for (let i = 0; i < fields.length; i++) {
    const { name, type } = fields[i]!
    if (type === 'string') {
      tensors[name] = { type: 'string', dims, data: rows.map((row) => (row[i] as string | null) ?? '') }
    } else {
      const data = new Float64Array(rows.length)
      for (let row = 0; row < rows.length; row++) data[row] = rows[row]![i] as number
      tensors[name] = { type: 'float64', dims, data }
    }
  }
  return tensors
}

function readColumns(columns: ReadonlyMap<string, Column>, fields: readonly Field[]): ReadRows {
  if (!(columns instanceof Map)) {
    throw new UsageError(
      `predictRows: expected an array of rows, or a map of columns by name; received ${nameOf(columns)}. Put a single row in an array.`,
      { argument: 'rows' },
    )
  }
  const given = table(columns)
  return readTable(given, fields, (row, name) => (given.has(name) ? given.col(name).at(row) : undefined))
}

function readTable(
  given: Table,
  fields: readonly Field[],
  cell: (row: number, column: string) => unknown,
): ReadRows {
  const doubtful = new Set<string>()
  const read = conform(given, fields, {
    onWarning: ({ code, column }) => {
      if (code === 'unreadable-cells' && column !== undefined) doubtful.add(column)
    },
  })
  return {
    rows: read.rowCount,
    inputs: graphFeeds(read, fields),
    unreadable: (row) =>
      [...doubtful]
        .filter((name) => read.col(name).at(row) === null && isGiven(cell(row, name)))
        .map((name) => [name, cell(row, name)] as const),
  }
}

const isGiven = (value: unknown): boolean =>
  value !== null && value !== undefined && value !== '' && !Number.isNaN(value)
