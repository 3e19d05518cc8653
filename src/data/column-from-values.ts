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
import { isNoValue } from './no-value.js'
import type { Cell } from './table.js'

/**
 * A column from values of one kind: numbers (or bigints), booleans, dates or texts; null and undefined are missing.
 * A column without any value is a number column.
 *
 * @throws {@link DataError} when kinds are mixed; numbers among texts become text
 */
export function columnFromValues(values: readonly Cell[], name: string): Column {
  const kinds = new Set(values.map(kindOf).filter((kind) => kind !== 'missing'))
  if (kinds.size === 0) return numberColumn(new Float64Array(values.length).fill(Number.NaN))
  if (kinds.size === 1) return columnOf([...kinds][0]!, values)
  if (kinds.size === 2 && kinds.has('string') && !kinds.has('date')) {
    return encodeStrings(values.map((value) => (kindOf(value) === 'missing' ? null : String(value))))
  }
  const first = values.findIndex((value) => !['missing', kindOf(values[0])].includes(kindOf(value)))
  throw new DataError(
    `Column '${name}' mixes ${[...kinds].join(' and ')} values; first at row ${first}: ${quote(values[first])}. Give one kind per column.`,
    { column: name, kinds: [...kinds], firstRow: first },
  )
}

type ValueKind = 'number' | 'boolean' | 'date' | 'string' | 'missing'

function kindOf(value: Cell): ValueKind {
  if (value === '' || isNoValue(value)) return 'missing'
  if (value instanceof Date) return 'date'
  if (typeof value === 'bigint' || typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'string'
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
      return encodeStrings(values as readonly (string | null | undefined)[])
    default:
      return numberColumn(
        Float64Array.from(values, (value) =>
          typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN,
        ),
      )
  }
}
