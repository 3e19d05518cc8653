// Rows of a request as the inputs of a bundle's graph, read as `loadModel` reads them: a cell that cannot be read counts as
// missing, a column that is absent from all rows is refused.
import { nameOf, UsageError } from '../../base/index.js'
import {
  type Column,
  conform,
  type ConformedRow,
  type Field,
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
  const readRow = rowReader(fields)
  /** The quick way, for rows without a slip; undefined where there is one. */
  function readAll(rows: readonly Row[]): ConformedRow[] | undefined {
    const read: ConformedRow[] = []
    for (const row of rows) {
      if (typeof row !== 'object' || row === null) return undefined
      for (const { name } of fields) if (row[name] === undefined) return undefined
      try {
        read.push(readRow(row))
      } catch {
        // What is wrong, and whether it is only a cell, is found on the other way.
        return undefined
      }
    }
    return read
  }
  return (given) => {
    if (!Array.isArray(given)) return readColumns(given as ReadonlyMap<string, Column>, fields)
    const rows = given as readonly Row[]
    const read = rows.length === 0 ? undefined : readAll(rows)
    if (read === undefined) return readTable(asTable(rows, fields), fields, (row, name) => rows[row]?.[name])
    return { rows: rows.length, inputs: tensorsOf(read, fields), unreadable: () => none }
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
