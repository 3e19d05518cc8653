// Columns: typed arrays with missing values in band, so that they go to kernels and graphs without a copy.

/** How a column is stored. What it means (a category, free text, an identifier) is its kind; see `inferKinds`. */
export type ColumnType = 'number' | 'boolean' | 'timestamp' | 'string'

/** Typed arrays that may back a number column; integers of few bytes save memory, NaN needs a float. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array

interface ColumnBase<Type extends ColumnType, Value> {
  readonly type: Type
  readonly length: number
  /** The value of one row, or null when missing. */
  at(row: number): Value | null
}

/** Numbers; NaN is missing. */
export interface NumberColumn extends ColumnBase<'number', number> {
  readonly values: NumberArray
}

/** Instants in milliseconds since 1970 UTC; NaN is missing. */
export interface TimestampColumn extends ColumnBase<'timestamp', Date> {
  readonly values: Float64Array
}

/** 0 false, 1 true, 255 missing. `labels` are the texts that were read as false and true, if it was text. */
export interface BooleanColumn extends ColumnBase<'boolean', boolean> {
  readonly values: Uint8Array
  readonly labels: readonly [string, string] | undefined
}

/** Text by dictionary: `dictionary[codes[row]]`; code −1 is missing. The dictionary has no duplicates. */
export interface StringColumn extends ColumnBase<'string', string> {
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
  /** Texts are as they were given, as rows and databases give them; false where the text of a file was cleaned. */
  readonly verbatim: boolean
}

export type Column = NumberColumn | TimestampColumn | BooleanColumn | StringColumn

/** The code of a missing boolean. */
export const missingBoolean = 255

export function numberColumn(values: NumberArray): NumberColumn {
  return {
    type: 'number',
    values,
    length: values.length,
    at: (row) => present(values[row]),
  }
}

export function timestampColumn(values: Float64Array): TimestampColumn {
  return {
    type: 'timestamp',
    values,
    length: values.length,
    at(row) {
      const value = present(values[row])
      return value === null ? null : new Date(value)
    },
  }
}

export function booleanColumn(values: Uint8Array, labels?: readonly [string, string]): BooleanColumn {
  return {
    type: 'boolean',
    values,
    labels,
    length: values.length,
    at(row) {
      const value = values[row]
      return value === undefined || value === missingBoolean ? null : value === 1
    },
  }
}

export function stringColumn(
  codes: Int32Array,
  dictionary: readonly string[],
  verbatim = true,
): StringColumn {
  return {
    type: 'string',
    codes,
    dictionary,
    verbatim,
    length: codes.length,
    at: (row) => dictionary[codes[row] ?? -1] ?? null,
  }
}

/** Dictionary-codes texts; null, undefined and the empty string are missing. */
export function encodeStrings(values: readonly (string | null | undefined)[], verbatim = true): StringColumn {
  const codes = new Int32Array(values.length)
  const known = new Map<string, number>()
  values.forEach((value, row) => {
    if (value === null || value === undefined || value === '') {
      codes[row] = -1
      return
    }
    let code = known.get(value)
    if (code === undefined) {
      code = known.size
      known.set(value, code)
    }
    codes[row] = code
  })
  return stringColumn(codes, [...known.keys()], verbatim)
}

function present(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value
}

/** The column's rows in the order of `rows` (indices may repeat). */
export function takeRows(column: Column, rows: ArrayLike<number>): Column {
  switch (column.type) {
    case 'number':
      return numberColumn(gather(column.values, rows))
    case 'timestamp':
      return timestampColumn(gather(column.values, rows))
    case 'boolean':
      return booleanColumn(gather(column.values, rows), column.labels)
    case 'string':
      return stringColumn(gather(column.codes, rows), column.dictionary, column.verbatim)
  }
}

function gather<A extends NumberArray>(values: A, rows: ArrayLike<number>): A {
  const result = new (values.constructor as new (length: number) => A)(rows.length)
  for (let i = 0; i < rows.length; i++) result[i] = values[rows[i]!]!
  return result
}

/** Whether each row is missing. */
export function isMissing(column: Column, row: number): boolean {
  switch (column.type) {
    case 'string':
      return column.codes[row]! < 0
    case 'boolean':
      return column.values[row] === missingBoolean
    default:
      return Number.isNaN(column.values[row]!)
  }
}

/** A column as numbers for kernels: booleans 0/1, timestamps in ms, missing NaN. Text has no number: undefined. */
export function asNumbers(column: Column): NumberArray | undefined {
  switch (column.type) {
    case 'number':
    case 'timestamp':
      return column.values
    case 'boolean':
      return Float64Array.from(column.values, (value) => (value === missingBoolean ? Number.NaN : value))
    case 'string':
      return undefined
  }
}
