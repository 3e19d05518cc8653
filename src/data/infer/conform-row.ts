// One row from a request in the types of a schema: the hot path of serving, a few microseconds.
import { closestName, quote, SchemaMismatchError } from '../../base/index.js'
import { isNoValue, requirePlain } from '../no-value.js'
import { type Cell, type Field, listNames, type Row } from '../table.js'
import { readGiven, textOf, textReader } from './cell-reader.js'
import { isMissingText } from './missing-tokens.js'

/** A row in the order of the fields: number, boolean (0/1) and timestamp (ms) as numbers with NaN; text or null. */
export type ConformedRow = (number | string | null)[]

/**
 * Compiles a schema into a reader of rows; names that are not in the schema are ignored, absent ones are missing.
 *
 * @throws (the reader) {@link SchemaMismatchError} for a value that cannot be read, or when no name of the schema occurs;
 * {@link DataError} for an object, array or bytes
 * @example
 * ```ts
 * rowReader([{ name: 'age', type: 'number' }])({ age: '31' }) // => [31]
 * ```
 */
export function rowReader(fields: readonly Field[]): (row: Row) => ConformedRow {
  const names = fields.map(({ name }) => name)
  const readers = fields.map((field) => cellReader(field, unreadable))
  return (row) => {
    const conformed: ConformedRow = Array.from({ length: names.length })
    let present = 0
    for (let i = 0; i < names.length; i++) {
      const value = row[names[i]!]
      if (value !== undefined) present++
      conformed[i] = readers[i]!(value)
    }
    if (present === 0) throw noneKnown(row, names)
    return conformed
  }
}

const compiled = new WeakMap<readonly Field[], (row: Row) => ConformedRow>()

/** One row by a schema; the compiled reader is remembered with the array of fields. */
export function conformRow(row: Row, fields: readonly Field[]): ConformedRow {
  let reader = compiled.get(fields)
  if (reader === undefined) {
    reader = rowReader(fields)
    compiled.set(fields, reader)
  }
  return reader(row)
}

/**
 * Compiles a field into a reader of its cells.
 *
 * @param otherwise - what becomes of a value that cannot be read
 * @throws (the reader) {@link DataError} for an object, array or bytes
 */
export function cellReader<Other>(
  field: Field,
  otherwise: (field: Field, value: Cell) => Other,
): (value: Cell) => number | string | null | Other {
  if (field.type === 'string') {
    return (value) => {
      if (typeof value !== 'string' && !isNoValue(value)) requirePlain(value, field.name)
      return textOf(value, field)
    }
  }
  const read = textReader(field)
  return (value) => {
    if (typeof value === 'number' && field.type === 'number')
      return Number.isFinite(value) ? value : Number.NaN
    if (value === null || value === undefined || isNoValue(value)) return Number.NaN
    if (typeof value === 'string') {
      if (isMissingText(value)) return Number.NaN
      return read(value.trim()) ?? otherwise(field, value)
    }
    requirePlain(value, field.name)
    return readGiven(typeof value === 'bigint' ? Number(value) : value, field.type) ?? otherwise(field, value)
  }
}

function unreadable({ name, type, labels }: Field, value: Cell): never {
  throw new SchemaMismatchError(
    `Field '${name}' must be ${labels === undefined ? `a ${type}` : labels.map((label) => quote(label)).join(' or ')}, as the model was fitted on; received ${quote(String(value))}. Correct it, or give null when it is not known.`,
    { missing: [], unexpected: [], changed: [name] },
  )
}

function noneKnown(row: Row, names: readonly string[]): SchemaMismatchError {
  const given = Object.keys(row)
  const closest = given.flatMap((name) => closestName(name, names) ?? [])[0]
  return new SchemaMismatchError(
    `The row has none of the model's fields; expected ${listNames(names)}, received ${given.length === 0 ? 'no fields' : listNames(given)}.${closest === undefined ? ' Name them as the model does.' : ` Did you mean '${closest}'?`}`,
    { missing: names, unexpected: given, changed: [] },
  )
}
