// From JavaScript values to a column: the values' own types decide.
import { DataError, quote } from '../base/index.js'
import {
  booleanColumn,
  type Column,
  encodeStrings,
  missingBoolean,
  numberColumn,
  timestampColumn,
} from './column.js'
import { isNoValue, requirePlain } from './no-value.js'
import type { Cell } from './table.js'

/**
 * A column from values of one kind: numbers (or bigints), booleans, dates or texts; null, undefined, '', NaN and invalid
 * dates are missing. A column without any value is a number column.
 *
 * @throws {@link DataError} when kinds are mixed, but for numbers or booleans among texts, which become text; for objects,
 * arrays and bytes
 */
export function columnFromValues(values: readonly Cell[], name: string): Column {
  const kindsByRow = values.map((value, row) => kindOf(value, name, row))
  const kinds = new Set(kindsByRow.filter((kind) => kind !== 'missing'))
  const [kind] = kinds
  if (kind === undefined) return numberColumn(new Float64Array(values.length).fill(Number.NaN))
  if (kinds.size === 1) return columnOf(kind, values)
  if (kinds.size === 2 && kinds.has('string') && !kinds.has('date')) {
    return encodeStrings(values.map((value, row) => (kindsByRow[row] === 'missing' ? null : String(value))))
  }
  const first = kindsByRow.findIndex((other) => other !== 'missing' && other !== kind)
  throw new DataError(
    `Column '${name}' mixes ${[...kinds].join(' and ')} values; first at row ${first}: ${quote(values[first])}. Give one kind per column.`,
    { column: name, kinds: [...kinds], firstRow: first },
  )
}

type ValueKind = 'number' | 'boolean' | 'date' | 'string' | 'missing'

function kindOf(value: Cell, name: string, row: number): ValueKind {
  if (value === '' || isNoValue(value)) return 'missing'
  if (value instanceof Date) return 'date'
  if (typeof value === 'bigint' || typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  requirePlain(value, name, row)
  return 'string'
}

function columnOf(kind: ValueKind, values: readonly Cell[]): Column {
  switch (kind) {
    case 'boolean':
      return booleanColumn(
        Uint8Array.from(values, (value) => (typeof value === 'boolean' ? Number(value) : missingBoolean)),
      )
    case 'date':
      return timestampColumn(
        Float64Array.from(values, (value) => (value instanceof Date ? value.getTime() : Number.NaN)),
      )
    case 'string':
      return encodeStrings(values.map((value) => (typeof value === 'string' ? value : null)))
    default:
      return numberColumn(
        Float64Array.from(values, (value) =>
          typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN,
        ),
      )
  }
}
