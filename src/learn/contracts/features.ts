// What users may give as `x`: a table, rows from a database, or a matrix.
import { DataError, nameOf, SchemaMismatchError, UsageError } from '../../base/index.js'
import {
  conform,
  encodeStrings,
  type Field,
  fromRows,
  listNames,
  type Matrix,
  numberColumn,
  table,
  type Table,
} from '../../data/index.js'

/** Rows are any objects: interfaces have no index signature, so `Row` would refuse them. */
export type Features = Table | readonly object[] | Matrix

function isTable(x: Features): x is Table {
  return 'rowCount' in x && 'col' in x
}

/**
 * Any features as a table. Of rows only the columns that are wanted are looked at, unless one of them is missing.
 *
 * @throws {@link UsageError} for anything else than rows, a table or a matrix
 */
export function asTable(x: Features, wanted: readonly Field[] = []): Table {
  const given = tableOf(x, wanted)
  // An empty array says nothing of columns: it has those that are asked for.
  return given.rowCount === 0 && given.names.length === 0 ? withoutRows(wanted) : given
}

const withoutRows = (fields: readonly Field[]): Table =>
  conform(table(new Map(fields.map(({ name }) => [name, encodeStrings([])]))), fields)

function tableOf(x: Features, wanted: readonly Field[]): Table {
  requireFeatures(x)
  if (Array.isArray(x)) return tableOfRows(x as readonly object[], wanted)
  if (isTable(x as Features)) return x as Table
  const { data, rows, columns, names } = x as Matrix
  return table(new Map(names.map((name, j) => [name, numberColumn(strided(data, { rows, columns, j }))])))
}

function requireFeatures(x: unknown): asserts x is Features {
  if (Array.isArray(x) || (isObject(x) && (('rowCount' in x && 'col' in x) || ('data' in x && 'names' in x))))
    return
  const advice =
    typeof x === 'string'
      ? 'Read a file first: await readTable(path).'
      : x instanceof Promise
        ? 'Wait for it: await.'
        : isObject(x)
          ? 'Put a single row in an array: [row]; predictRow takes it as it is.'
          : 'Check where it comes from.'
  throw new UsageError(
    `x: expected an array of rows, a table or a matrix; received ${nameOf(x)}. ${advice}`,
    { argument: 'x' },
  )
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function tableOfRows(rows: readonly object[], wanted: readonly Field[]): Table {
  const columns = wanted.map(({ name }) => name)
  // The message about a missing column says what is there instead.
  const whole = columns.every((name) => rows.some((row) => isObject(row) && Object.hasOwn(row, name)))
  return fromRows(rows, whole && columns.length > 0 ? { columns } : {})
}

function strided(
  data: Float32Array | Float64Array,
  { rows, columns, j }: { rows: number; columns: number; j: number },
): Float64Array {
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) values[row] = data[row * columns + j]!
  return values
}

/**
 * The columns that a model was fitted on, found by name in any order; extra columns are left out.
 *
 * @throws {@link SchemaMismatchError} listing what is missing or of another type
 */
export function selectInputs(x: Table, inputs: readonly Field[], owner: string): Table {
  const missing = inputs.filter((field) => !x.has(field.name)).map((field) => field.name)
  const changed = inputs
    .filter((field) => x.has(field.name) && !compatible(x.col(field.name).type, field.type))
    .map((field) => ({ name: field.name, expected: field.type, received: x.col(field.name).type }))
  if (missing.length === 0 && changed.length === 0) return x.select(inputs.map((field) => field.name))
  const known = new Set(inputs.map((field) => field.name))
  const unexpected = x.names.filter((name) => !known.has(name))
  const parts = [
    missing.length > 0 ? `missing ${listNames(missing)}` : '',
    ...changed.map(({ name, expected, received }) => `'${name}' is ${received}, expected ${expected}`),
  ].filter((part) => part !== '')
  throw new SchemaMismatchError(
    `${owner}: the columns differ from those it was fitted on: ${parts.join('; ')}. Give columns of the same names and types.`,
    { missing, unexpected, changed },
  )
}

/**
 * The fitted columns of data that may be written otherwise: numbers or booleans as text, categories as numbers, padded
 * text. Every column is read as it was in training, as single rows and bundles read it.
 *
 * @throws {@link SchemaMismatchError} when a column is missing or cannot be read
 */
export function fittedColumns(x: Table, inputs: readonly Field[], owner: string): Table {
  const known = inputs.map((field) => field.name)
  // What is missing gets the sentence of selectInputs, which names the model.
  if (known.some((name) => !x.has(name))) return selectInputs(x, inputs, owner)
  return conform(x.select(known), inputs)
}

/** Booleans and timestamps are numbers to a kernel. Text is not. */
function compatible(received: string, expected: string): boolean {
  return received === expected || (received !== 'string' && expected !== 'string')
}

/** @throws {@link DataError} when a number is infinite */
export function checkFinite(x: Table, owner: string): void {
  for (const name of x.names) {
    const column = x.col(name)
    if (column.type !== 'number') continue
    const values = column.values
    for (let row = 0; row < values.length; row++) {
      if (Math.abs(values[row]!) === Infinity) {
        throw new DataError(
          `${owner}: column '${name}' is infinite at row ${row}. Replace infinities by missing values, or clip them.`,
          { column: name, firstRow: row },
        )
      }
    }
  }
}
