// The straight way from a file to the model matrix: chunks go into their rows as they arrive, and no table is built.
import { checkOptions, oneOf, type OptionChecks } from '../base/index.js'
import { asNumbers, type StringColumn } from './column.js'
import { isValid, numbersOf, queryChunks } from './duckdb/index.js'
import { inferText } from './infer/index.js'
import { notFinite } from './infinities.js'
import { type Matrix, type MatrixType, textColumn, toMatrix } from './matrix.js'
import {
  chosenNames,
  finishTable,
  readChecks,
  type ReadOptions,
  requireRows,
  type Warn,
  warner,
} from './read-table.js'
import {
  type ColumnBuilder,
  columnBuilder,
  type Growable,
  growable,
  isConversionError,
  notNumbers,
  openScan,
  readScan,
  type Scan,
  type ScanColumn,
} from './source/index.js'

export interface ReadMatrixOptions extends Omit<ReadOptions, 'fields' | 'verbatim'> {
  /** @default 'float32' */
  readonly type?: MatrixType | undefined
}

const { fields: _fields, verbatim: _verbatim, ...checksOfTables } = readChecks
const matrixChecks: OptionChecks<ReadMatrixOptions> = {
  ...checksOfTables,
  type: oneOf(['float32', 'float64'], { default: 'float32' }),
}

/** Behind the door of this name: doors.ts. */
export async function readMatrix(
  source: string | undefined,
  options: ReadMatrixOptions = {},
): Promise<Matrix> {
  checkOptions<ReadMatrixOptions>('readMatrix', options, matrixChecks)
  return matrixOf(await openScan(source, options), options)
}

/** Reads an opened source whole, and closes it. */
export async function matrixOf(scan: Scan, options: ReadMatrixOptions): Promise<Matrix> {
  const { type = 'float32', signal } = options
  try {
    const names = chosenNames(scan, options.columns)
    if (scan.whole !== undefined) {
      const { columns, rowCount } = await readScan(scan, { names, signal })
      requireRows(rowCount, scan)
      return toMatrix(finishTable(columns, { ...scan, warn: warner(options) }), type)
    }
    return await streamMatrix(scan, names, { ...options, type })
  } finally {
    await scan.close()
  }
}

async function streamMatrix(
  scan: Scan,
  names: readonly string[],
  options: ReadMatrixOptions & { readonly type: MatrixType },
): Promise<Matrix> {
  const columns = names.map((name) => scan.columns.find((column) => column.name === name)!)
  try {
    return await fill(scan, columns, options)
  } catch (error) {
    if (!isConversionError(error)) throw error
    const asText = await notNumbers(scan, { names, signal: options.signal })
    const again = columns.map((column) =>
      asText.has(column.name) ? { ...column, type: 'text' as const } : column,
    )
    return fill(scan, again, options)
  }
}

type Store = Growable<Float64Array | Float32Array>

interface Filling {
  readonly columns: readonly ScanColumn[]
  readonly store: Store
  /** Columns of text wait here until all of them is known. */
  readonly texts: ReadonlyMap<number, ColumnBuilder>
  /** Infinite numbers per column. */
  readonly infinite: Float64Array
}

async function fill(
  scan: Scan,
  columns: readonly ScanColumn[],
  { type, signal, onEvent }: ReadMatrixOptions & { readonly type: MatrixType },
): Promise<Matrix> {
  const width = columns.length
  const textual = columns.flatMap((column, j) => (column.type === 'text' ? [[j, column] as const] : []))
  const filling: Filling = {
    columns,
    store: growable(
      (length): Float64Array | Float32Array =>
        type === 'float32' ? new Float32Array(length) : new Float64Array(length),
      scan.estimatedRows * width,
    ),
    texts: new Map(textual.map(([j, column]) => [j, columnBuilder(column, scan.estimatedRows)])),
    infinite: new Float64Array(width),
  }
  const rows = await fillRows(scan, filling, signal)
  requireRows(rows, scan)
  const data = filling.store.view(rows * width)
  const warn = warner({ onEvent })
  for (const warning of scan.warnings) warn(warning)
  fillTexts(data, rows, { ...filling, decimalComma: scan.decimalComma, warn })
  columns.forEach(({ name }, j) => {
    if (filling.infinite[j]! > 0) warn(notFinite(name, filling.infinite[j]!))
  })
  return { data, rows, columns: width, names: columns.map(({ name }) => name) }
}

async function fillRows(
  scan: Scan,
  { columns, store, texts, infinite }: Filling,
  signal: AbortSignal | undefined,
): Promise<number> {
  const width = columns.length
  const names = columns.map(({ name }) => name)
  const sql = scan.sql(names, new Set(names.filter((_, j) => texts.has(j))))
  let rows = 0
  for await (const chunk of queryChunks(sql, {
    subject: scan.subject,
    signal,
    parameters: scan.parameters,
  })) {
    const count = chunk.rowCount
    const data = store.reserve((rows + count) * width)
    for (let j = 0; j < width; j++) {
      const text = texts.get(j)
      const target = { data, from: rows * width + j, width, count }
      if (text === undefined) infinite[j]! += copyNumbers(numbersOf(chunk, j), target)
      else text.append(chunk, j, rows)
    }
    rows += count
  }
  return rows
}

function fillTexts(
  data: Float64Array | Float32Array,
  rows: number,
  {
    columns,
    texts,
    infinite,
    decimalComma,
    warn,
  }: Filling & Pick<Scan, 'decimalComma'> & { readonly warn: Warn },
): void {
  // What the texts of an empty result would be cannot be told.
  if (rows === 0) return
  for (const [j, builder] of texts) {
    const { name } = columns[j]!
    const { column, warnings } = inferText(builder.finish(rows) as StringColumn, name, { decimalComma })
    for (const warning of warnings) warn(warning)
    const items = asNumbers(column) ?? textColumn(name)
    infinite[j]! += copyNumbers(
      { items, validity: undefined },
      { data, from: j, width: columns.length, count: rows },
    )
  }
}

interface Target {
  readonly data: Float64Array | Float32Array
  readonly from: number
  readonly width: number
  readonly count: number
}

/** Copies one column of a chunk to its places; tells how many infinite numbers became missing. */
function copyNumbers(
  { items, validity }: ReturnType<typeof numbersOf>,
  { data, from, width, count }: Target,
): number {
  let infinite = 0
  for (let row = 0, at = from; row < count; row++, at += width) {
    const value = items[row]!
    if (validity !== undefined && !isValid(validity, row)) data[at] = Number.NaN
    else if (value === Infinity || value === -Infinity) {
      data[at] = Number.NaN
      infinite++
    } else data[at] = value
  }
  return infinite
}
