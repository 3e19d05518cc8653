// One row from a request as a table of one row, in the types of training: the hot path of predictRow.
import { SchemaMismatchError } from '../../base/index.js'
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

/** @throws {@link SchemaMismatchError} for an absent column or a value that cannot be read */
export function rowTable(row: Row, inputs: readonly Field[]): Table {
  const missing = inputs.filter(({ name }) => row[name] === undefined).map(({ name }) => name)
  if (missing.length > 0) {
    throw new SchemaMismatchError(
      `predictRow: the row has no ${missing.map((name) => `'${name}'`).join(', ')}. Give every column; null is a missing value.`,
      { missing, unexpected: [], changed: [] },
    )
  }
  const values = conformRow(row, inputs)
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
