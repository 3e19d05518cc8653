// Rows of requests in the shapes in which protocols send them: objects, lists in the order of the columns, columns by name.
import { nameOf, quote, ShapeError, UsageError } from '../../../../base/index.js'
import type { Cell, Row } from '../../../../data/index.js'
import { isObject } from '../body/json.js'

/** Rows as objects. @throws {@link UsageError} when it is no list of objects */
export function rowsOfRecords(value: unknown, where: string): readonly Row[] {
  if (!Array.isArray(value)) {
    throw new UsageError(
      `'${where}' must be a list of rows; received ${nameOf(value)}. Put a single row in a list.`,
      {
        argument: where,
      },
    )
  }
  for (let i = 0; i < value.length; i++) {
    if (!isObject(value[i])) throw notARow(value[i], `'${where}', row ${i}`)
  }
  return value as readonly Row[]
}

export const notARow = (value: unknown, where: string): UsageError =>
  new UsageError(
    `${where} must be an object with a value for each column; received ${nameOf(value)}. null is a missing value.`,
    { argument: 'rows' },
  )

/** Rows as lists of values. @throws {@link ShapeError} for a row of another length than there are names */
export function rowsOfLists(
  names: readonly string[],
  lists: readonly unknown[],
  where: string,
): readonly Row[] {
  return lists.map((list, i) => {
    if (!Array.isArray(list)) {
      throw new UsageError(`'${where}', row ${i} must be a list of values; received ${nameOf(list)}.`, {
        argument: where,
      })
    }
    if (list.length === names.length) return rowOf(names, list as readonly Cell[])
    throw new ShapeError(
      `'${where}', row ${i} has ${list.length} values; there are ${names.length} columns.`,
      {
        expected: names.length,
        received: list.length,
        where,
      },
    )
  })
}

/** One row; names and values are equally many. */
export function rowOf(names: readonly string[], values: readonly Cell[]): Row {
  // Without a prototype: a column may be named `__proto__`.
  const row = Object.create(null) as Record<string, Cell>
  for (let i = 0; i < names.length; i++) row[names[i]!] = values[i]
  return row
}

/** Rows of columns by name. @throws {@link ShapeError} for columns of unequal length; {@link UsageError} for what are none */
export function rowsOfColumns(columns: Readonly<Record<string, unknown>>, where: string): readonly Row[] {
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
  return Array.from({ length: rows }, (_, i) =>
    rowOf(
      names,
      lists.map((list) => list[i] as Cell),
    ),
  )
}

/** Values of a column; lists of one value each are taken too, as a tensor [rows, 1] nests them. */
function columnValues(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new UsageError(`${where} must be a list of values; received ${nameOf(value)}.`, {
      argument: 'columns',
    })
  }
  return value.map(onlyValue)
}

/** What a list of one value holds; anything else is itself. */
export const onlyValue = (value: unknown): unknown =>
  Array.isArray(value) && value.length === 1 ? (value as readonly unknown[])[0] : value
