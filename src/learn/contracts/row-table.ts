// One row from a request as a table of one row, in the types of training: the hot path of predictRow.
import { nameOf, SchemaMismatchError, UsageError } from '../../base/index.js'
import {
  booleanColumn,
  type Column,
  conformRow,
  type Field,
  missingBoolean,
  numberColumn,
  type Row,
  stringColumn,
  type Table,
  table,
  timestampColumn,
} from '../../data/index.js'
import type { RowValue } from './core.js'

/**
 * A row in the order of the inputs: numbers with NaN for missing, text or null.
 *
 * @throws {@link SchemaMismatchError} for an absent column or a value that cannot be read;
 * {@link UsageError} for what is no row
 */
export function rowValues(row: Row, inputs: readonly Field[]): RowValue[] {
  if (typeof row !== 'object' || row === null) throw notOneRow(row)
  for (let i = 0; i < inputs.length; i++) if (row[inputs[i]!.name] === undefined) throw absent(row, inputs)
  return conformRow(row, inputs)
}

function notOneRow(row: unknown): UsageError {
  return new UsageError(
    `predictRow: expected one row, an object with a value for each column; received ${nameOf(row)}. Check where it comes from.`,
    { argument: 'row' },
  )
}

function absent(row: Row, inputs: readonly Field[]): SchemaMismatchError {
  const missing = inputs.filter(({ name }) => row[name] === undefined).map(({ name }) => name)
  return new SchemaMismatchError(
    `predictRow: the row has no ${missing.map((name) => `'${name}'`).join(', ')}. Give every column; null is a missing value.`,
    { missing, unexpected: [], changed: [] },
  )
}

/** The same as a table of one row, for models without a path for rows. */
export function rowTable(row: Row, inputs: readonly Field[]): Table {
  const values = rowValues(row, inputs)
  return table(new Map(inputs.map((field, i) => [field.name, columnOf(field, values[i]!)])))
}

function columnOf({ type, labels }: Field, value: number | string | null): Column {
  switch (type) {
    case 'string':
      return value === null
        ? stringColumn(Int32Array.of(-1), [])
        : stringColumn(Int32Array.of(0), [String(value)])
    case 'boolean':
      return booleanColumn(Uint8Array.of(Number.isNaN(value) ? missingBoolean : Number(value)), labels)
    case 'timestamp':
      return timestampColumn(Float64Array.of(Number(value)))
    default:
      return numberColumn(Float64Array.of(Number(value)))
  }
}
