// Chunks into columns, as the engine types them: no inference yet.
import {
  booleanColumn,
  type Column,
  missingBoolean,
  numberColumn,
  stringColumn,
  timestampColumn,
} from '../column.js'
import {
  type Chunk,
  isValid,
  numbersOf,
  queryChunks,
  type SqlParameter,
  stringCoder,
  textsOf,
} from '../duckdb/index.js'
import { growable } from './growable.js'
import type { RawColumns, ScanColumn } from './scan.js'

export interface RawOptions {
  readonly columns: readonly ScanColumn[]
  readonly subject: string
  readonly estimatedRows: number
  readonly signal?: AbortSignal | undefined
  readonly parameters?: readonly SqlParameter[] | undefined
  /** Told the number of rows read so far. */
  readonly onRows?: ((rows: number) => void) | undefined
}

/** Runs a query whose columns come in the order and types of `columns`, and keeps all rows. */
export async function readRaw(sql: string, options: RawOptions): Promise<RawColumns> {
  const { subject, signal, parameters, onRows } = options
  const builders = options.columns.map((column) => columnBuilder(column, options.estimatedRows))
  let rows = 0
  for await (const chunk of queryChunks(sql, { subject, signal, parameters })) {
    builders.forEach((builder, column) => builder.append(chunk, column, rows))
    rows += chunk.rowCount
    onRows?.(rows)
  }
  return {
    rowCount: rows,
    columns: new Map(options.columns.map(({ name }, i) => [name, builders[i]!.finish(rows)])),
  }
}

/** Collects one column. */
export interface ColumnBuilder {
  append(chunk: Chunk, column: number, at: number): void
  finish(rows: number): Column
}

export function columnBuilder({ type }: ScanColumn, estimate: number): ColumnBuilder {
  switch (type) {
    case 'text':
      return textBuilder(estimate)
    case 'boolean':
      return booleanBuilder(estimate)
    default:
      return numberBuilder(type, estimate)
  }
}

function numberBuilder(type: 'number' | 'timestamp', estimate: number): ColumnBuilder {
  const store = growable((length) => new Float64Array(length), estimate)
  return {
    append(chunk, column, at) {
      const rows = chunk.rowCount
      const { items, validity } = numbersOf(chunk, column)
      const values = store.reserve(at + rows)
      if (validity === undefined) for (let row = 0; row < rows; row++) values[at + row] = items[row]!
      else
        for (let row = 0; row < rows; row++)
          values[at + row] = isValid(validity, row) ? items[row]! : Number.NaN
    },
    finish: (rows) => (type === 'number' ? numberColumn : timestampColumn)(store.finish(rows)),
  }
}

function booleanBuilder(estimate: number): ColumnBuilder {
  const store = growable((length) => new Uint8Array(length), estimate)
  return {
    append(chunk, column, at) {
      const rows = chunk.rowCount
      const { items, validity } = numbersOf(chunk, column)
      const values = store.reserve(at + rows)
      for (let row = 0; row < rows; row++) {
        values[at + row] = validity === undefined || isValid(validity, row) ? items[row]! : missingBoolean
      }
    },
    finish: (rows) => booleanColumn(store.finish(rows)),
  }
}

function textBuilder(estimate: number): ColumnBuilder {
  const store = growable((length) => new Int32Array(length), estimate)
  const coder = stringCoder()
  return {
    append(chunk, column, at) {
      const codes = store.reserve(at + chunk.rowCount)
      coder.code(textsOf(chunk, column), chunk.rowCount, { codes, at })
    },
    finish: (rows) => stringColumn(store.finish(rows), coder.dictionary),
  }
}
