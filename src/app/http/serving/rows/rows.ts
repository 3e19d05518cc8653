// Rows of requests in the shapes in which protocols send them: objects, lists in the order of the columns, columns by name. Of columns
// that the model does not read few are kept, as there may be a hundred thousand of them in each row.
import type { FastifyRequest } from 'fastify'
import { nameOf, quote, ShapeError, UsageError } from '../../../../base/index.js'
import type { Cell, Row } from '../../../../data/index.js'
import type { VersionDescription } from '../../../../operate/serve/index.js'
import { refuseManyCells, type RequestLimits } from '../../limits/request-limits.js'
import { isObject } from '../body/json.js'
import { base64Text } from '../tensors/elements.js'

/** What becomes rows, or tensors of many rows. */
export interface RowsWanted {
  /** Names of the columns that the model reads, in its order; of a plain graph, those of its inputs. */
  readonly columns: readonly string[]
  readonly limits: RequestLimits
}

export const rowsWanted = (
  { columns, inputs }: VersionDescription,
  { server }: Pick<FastifyRequest, 'server'>,
): RowsWanted => ({ columns: (columns ?? inputs).map(({ name }) => name), limits: server.limits })

/** A list with an entry for each row. @throws {@link UsageError} for what is none; {@link LimitError} for too long a one */
export function listOfRows(
  value: unknown,
  where: string,
  { columns, limits }: RowsWanted,
): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new UsageError(
      `'${where}' must be a list with an entry for each row; received ${nameOf(value)}. Put a single row in a list.`,
      { argument: where },
    )
  }
  refuseManyCells(value.length, columns.length, limits)
  return value
}

/** Rows as objects, which stay as they are. @throws {@link UsageError} when it is no list of objects */
export function rowsOfRecords(value: unknown, where: string, wanted: RowsWanted): readonly Row[] {
  const rows = listOfRows(value, where, wanted)
  for (let i = 0; i < rows.length; i++) {
    if (!isObject(rows[i])) throw notARow(rows[i], `'${where}', row ${i}`)
  }
  return rows as readonly Row[]
}

export const notARow = (value: unknown, where: string): UsageError =>
  new UsageError(
    `${where} must be an object with a value for each column; received ${nameOf(value)}. null is a missing value.`,
    { argument: 'rows' },
  )

/** Columns that the model does not read and that are kept all the same: messages name them, and the log of requests has them. */
const mostOthers = 100

/** Names of columns with their places; of a name that stands twice, the later. */
export function keptColumns(
  given: readonly string[],
  columns: readonly string[],
): [name: string, at: number][] {
  const read = new Set(columns)
  const kept = new Map<string, number>()
  let others = 0
  for (const [at, name] of given.entries()) {
    if (read.has(name) || kept.has(name) || others++ < mostOthers) kept.set(name, at)
  }
  return [...kept]
}

/**
 * Compiles names of columns into a reader of rows that are lists of values in their order.
 *
 * @throws (the reader) {@link ShapeError} for a row of another length than there are names; {@link UsageError} for what is no list
 */
export function listReader(
  given: readonly string[],
  columns: readonly string[],
  where: string,
): (list: unknown, row: number) => Row {
  const kept = keptColumns(given, columns)
  return (list, row) => {
    if (!Array.isArray(list)) {
      throw new UsageError(`'${where}', row ${row} must be a list of values; received ${nameOf(list)}.`, {
        argument: where,
      })
    }
    if (list.length === given.length) return rowOf(kept, (at) => list[at] as Cell)
    throw new ShapeError(
      `'${where}', row ${row} has ${list.length} values; there are ${given.length} columns.`,
      { expected: given.length, received: list.length, where },
    )
  }
}

function rowOf(kept: readonly (readonly [name: string, at: number])[], cell: (at: number) => Cell): Row {
  // Without a prototype: a column may be named `__proto__`.
  const row = Object.create(null) as Record<string, Cell>
  for (const [name, at] of kept) row[name] = cell(at)
  return row
}

/** Rows of columns by name. @throws {@link ShapeError} for columns of unequal length; {@link UsageError} for what are none */
export function rowsOfColumns(
  columns: Readonly<Record<string, unknown>>,
  where: string,
  { columns: read, limits }: RowsWanted,
): readonly Row[] {
  const names = Object.keys(columns)
  const lists = names.map((name) => columnValues(columns[name], `'${where}', column ${quote(name)}`))
  const rows = lists[0]?.length ?? 0
  const uneven = lists.findIndex((list) => list.length !== rows)
  if (uneven >= 0) {
    throw new ShapeError(
      `'${where}': column ${quote(names[uneven]!)} has ${lists[uneven]!.length} values, ${quote(names[0]!)} has ${rows}. Give columns of one length.`,
      { expected: rows, received: lists[uneven]!.length, where },
    )
  }
  refuseManyCells(rows, read.length, limits)
  const kept = keptColumns(names, read)
  return Array.from({ length: rows }, (_, i) => rowOf(kept, (at) => cellOf(lists[at]![i])))
}

function columnValues(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new UsageError(`${where} must be a list of values; received ${nameOf(value)}.`, {
    argument: 'columns',
  })
}

/** A value, also in a list of its own, as a tensor [rows, 1] nests them, and text in Base64. */
export function cellOf(value: unknown): Cell {
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value
  return (typeof only === 'object' && only !== null ? (base64Text(only) ?? only) : only) as Cell
}

/**
 * Compiles columns into a reader of rows that are objects. Names of other columns are told only of rows that lack some: to list
 * those of each row would take as long as to read them all.
 */
export function objectReader(
  columns: readonly string[],
): (given: Readonly<Record<string, unknown>>) => Record<string, Cell> {
  const read = new Set(columns)
  let others = 0
  return (given) => {
    // Without a prototype: a column may be named `__proto__`.
    const row = Object.create(null) as Record<string, Cell>
    let found = 0
    for (const name of columns) {
      if (!Object.hasOwn(given, name)) continue
      row[name] = cellOf(given[name])
      found++
    }
    if (found === columns.length || others >= mostOthers) return row
    for (const name in given) {
      if (read.has(name)) continue
      row[name] = cellOf(given[name])
      if (++others >= mostOthers) break
    }
    return row
  }
}
