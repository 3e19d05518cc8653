// What the own API takes: a row, rows, columns; for a plain graph, tensors by name.
import { nameOf, UsageError } from '../../../../base/index.js'
import type { Row } from '../../../../data/index.js'
import { isObject } from '../body/json.js'
import { rowsOfColumns, rowsOfRecords, type RowsWanted } from '../rows/rows.js'

export type PredictBody =
  | { readonly kind: 'row'; readonly rows: readonly [Row] }
  | { readonly kind: 'rows'; rows(wanted: RowsWanted): readonly Row[] }
  | { readonly kind: 'tensors'; readonly inputs: Readonly<Record<string, unknown>> }

/**
 * Tells the shapes apart: a cell is never a list or an object, so that a column may be called `rows`.
 *
 * @throws {@link UsageError} for what is none of them
 */
export function predictBody(value: unknown): PredictBody {
  if (Array.isArray(value)) return { kind: 'rows', rows: (wanted) => rowsOfRecords(value, 'body', wanted) }
  if (!isObject(value)) {
    throw new UsageError(
      `The body must be a row such as {"age": 31}, {"rows": [row, …]} or {"columns": {"age": [31, …]}}; received ${nameOf(value)}.`,
      { argument: 'body' },
    )
  }
  const { rows, columns, inputs } = value
  if (Array.isArray(rows)) return { kind: 'rows', rows: (wanted) => rowsOfRecords(rows, 'rows', wanted) }
  if (isObject(columns)) return { kind: 'rows', rows: (wanted) => rowsOfColumns(columns, 'columns', wanted) }
  if (isObject(inputs)) return { kind: 'tensors', inputs }
  return { kind: 'row', rows: [value as Row] }
}
