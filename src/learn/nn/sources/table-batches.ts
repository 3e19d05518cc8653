// Batches from a table: columns of numbers as x, one column as y.
import {
  checkOptions,
  custom,
  DataError,
  names,
  oneOf,
  type OptionChecks,
  text,
  UsageError,
} from '../../../base/index.js'
import { type Column, type Table, toMatrix } from '../../../data/index.js'
import { array, type NDArray } from '../../../engine/graph/index.js'
import { classTarget, type Label, labelsOf, valueTarget } from '../../contracts/index.js'
import type { Batch } from './batch.js'
import { batchChecks, batches, type BatchOptions, requireBatchSize, type RowBatches } from './batches.js'

/** How a table becomes batches. */
export interface TableBatchOptions extends BatchOptions {
  /** The column to be predicted: classes become int32 [rows], numbers float32 [rows, 1]. @default none: batches of x alone */
  readonly target?: string
  /** What the target is. @default 'classes' for text and booleans, 'values' for numbers */
  readonly task?: 'classes' | 'values'
  /** The columns of x, in this order: numbers, booleans (0, 1) or timestamps (ms). @default all but the target */
  readonly columns?: readonly string[]
  /** The classes by code, such as those of the training part. @default those that occur, sorted */
  readonly classes?: readonly Label[]
}

/** Batches of the rows of a table: x is float32 [rows, columns]. */
export interface TableBatches extends RowBatches {
  /** The columns of x. */
  readonly columns: readonly string[]
  /** The classes by code; none for numbers. */
  readonly classes: readonly Label[]
}

/**
 * Batches of the rows of a table. Text and missing values have no number: prepare such tables first, with `autoPrepare({ for: 'linear' })`.
 *
 * @param options - see {@link TableBatchOptions}
 * @throws {@link UnknownColumnError} for a column that is not there
 * @throws {@link DataError} for text, missing or infinite values in x, for a target that is missing in rows or has an unknown class
 * @example
 * ```ts
 * const rows = [{ width: 1, kind: 'small' }, { width: 9, kind: 'large' }]
 * const source = tableBatches(fromRows(rows), { target: 'kind', batchSize: 2, shuffle: false })
 * source.classes // => ['large', 'small']
 * const [batch] = source(0)
 * batch.x.shape // => [2, 1]
 * batch.y.data // => Int32Array [1, 0]
 * ```
 */
export function tableBatches(table: Table, options: TableBatchOptions): TableBatches {
  checkOptions<TableBatchOptions>('tableBatches', options, tableChecks)
  requireBatchSize('tableBatches', options)
  const { target, task: _task, classes: _classes, ...others } = options
  const { columns = table.names.filter((name) => name !== target), ...rest } = others
  if (target !== undefined && columns.includes(target))
    throw new UsageError(
      `tableBatches: the target '${target}' is among the columns of x, from which a network would read it off. Leave it out of columns.`,
      { argument: 'columns' },
    )
  const { y, classes } = target === undefined ? { y: {}, classes: [] } : targetOf(table.col(target), options)
  const part = table.select(columns)
  const { data } = toMatrix(part, 'float32')
  checkNumbers(part, data as Float32Array)
  const x = array(data as Float32Array, { shape: [table.rowCount, columns.length] })
  return Object.assign(batches({ x, ...y } satisfies Batch, rest), { columns: [...columns], classes })
}

const tableChecks: OptionChecks<TableBatchOptions> = {
  ...batchChecks,
  target: text({ default: '' }),
  task: oneOf(['classes', 'values'], { default: 'values' }),
  columns: names({ default: [] }),
  classes: custom<unknown>({ default: [], expected: 'a list of classes', accepts: Array.isArray }),
}

function targetOf(
  column: Column,
  { task, classes }: TableBatchOptions,
): { readonly y: { readonly y: NDArray }; readonly classes: readonly Label[] } {
  const chosen =
    task ??
    (classes !== undefined || column.type === 'string' || column.type === 'boolean' ? 'classes' : 'values')
  if (chosen === 'values') {
    const values = Float32Array.from(valueTarget(column).values)
    return { y: { y: array(values, { shape: [values.length, 1] }) }, classes: [] }
  }
  if (classes === undefined) {
    const found = classTarget(column)
    return { y: { y: array(found.codes) }, classes: found.classes }
  }
  return { y: { y: array(codesOf(column, classes)) }, classes: [...classes] }
}

function codesOf(column: Column, classes: readonly Label[]): Int32Array {
  const codes = new Map<Label | null, number>(classes.map((label, code) => [label, code]))
  return Int32Array.from(labelsOf(column), (label, row) => {
    const code = codes.get(label)
    if (code !== undefined) return code
    throw new DataError(
      `tableBatches: the target at row ${row} is ${JSON.stringify(label)}, expected one of the classes ${JSON.stringify(classes)}. Drop that row, or add its class.`,
      { firstRow: row, classes },
    )
  })
}

function checkNumbers({ names }: Table, data: Float32Array): void {
  if (names.length === 0)
    throw new UsageError('tableBatches: there is no column for x. Name some: columns.', {
      argument: 'columns',
    })
  const bad = data.findIndex((value) => !Number.isFinite(value))
  if (bad < 0) return
  const [row, column] = [Math.floor(bad / names.length), names[bad % names.length]!]
  throw new DataError(
    `tableBatches: column '${column}' is ${Number.isNaN(data[bad]!) ? 'missing' : 'infinite'} at row ${row}, and a network would learn nothing but NaN from it. Fill it in first: (await autoPrepare({ for: 'linear' }).fit(table)).apply(table).`,
    { column, firstRow: row },
  )
}
