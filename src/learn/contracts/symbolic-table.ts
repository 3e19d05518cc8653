// The table as it stands in a graph: named columns that know in which tensor they lie, stacked only when asked.
import { DataError, InternalError } from '../../base/index.js'
import type { Field } from '../../data/index.js'
import type { GraphBuilder, Value } from '../../engine/onnx/index.js'

/** One column: `tensor[:, index]`. Numbers, booleans and timestamps are float64; strings are strings. */
export interface SymbolicColumn {
  readonly name: string
  readonly type: 'float64' | 'string'
  readonly tensor: Value
  readonly index: number
  /** The number of columns that the tensor has. */
  readonly width: number
}

/** Named columns in a graph under construction. */
export interface SymbolicTable {
  readonly graph: GraphBuilder
  readonly columns: readonly SymbolicColumn[]
  readonly names: readonly string[]
  col(name: string): SymbolicColumn
  select(names: readonly string[]): SymbolicTable
  /** All columns side by side as one tensor [N, k]; they must be of one type. */
  stack(): Value
  /** One column as a tensor [N, 1]. */
  single(name: string): Value
}

export function symbolicTable(graph: GraphBuilder, columns: readonly SymbolicColumn[]): SymbolicTable {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const col = (name: string): SymbolicColumn => {
    const column = byName.get(name)
    if (column === undefined) throw new InternalError(`Column '${name}' is not in the graph.`, { name })
    return column
  }
  const select = (names: readonly string[]): SymbolicTable => symbolicTable(graph, names.map(col))
  return {
    graph,
    columns,
    names: columns.map((column) => column.name),
    col,
    select,
    stack: () => stackColumns(graph, columns),
    single: (name) => stackColumns(graph, [col(name)]),
  }
}

/** The columns of a tensor [N, k], named. */
export function tensorColumns(
  graph: GraphBuilder,
  tensor: Value,
  names: readonly string[],
  type: 'float64' | 'string' = 'float64',
): SymbolicTable {
  const width = names.length
  return symbolicTable(
    graph,
    names.map((name, index) => ({ name, type, tensor, index, width })),
  )
}

/** The columns of several tables side by side. */
export function joinColumns(graph: GraphBuilder, tables: readonly SymbolicTable[]): SymbolicTable {
  return symbolicTable(
    graph,
    tables.flatMap((table) => table.columns),
  )
}

/** Graph inputs for raw columns, each [N, 1]: numbers, booleans and timestamps as float64 with NaN for missing, text as strings with '' for missing. */
export function graphInputs(graph: GraphBuilder, fields: readonly Field[]): SymbolicTable {
  return symbolicTable(
    graph,
    fields.map((field) => {
      const type = field.type === 'string' ? 'string' : 'float64'
      return { name: field.name, type, tensor: graph.input(field.name, type, ['N', 1]), index: 0, width: 1 }
    }),
  )
}

/** Runs of columns that lie in one tensor, so that each run costs at most one Gather. */
function runs(columns: readonly SymbolicColumn[]): SymbolicColumn[][] {
  const result: SymbolicColumn[][] = []
  for (const column of columns) {
    const last = result.at(-1)
    if (last?.[0]?.tensor === column.tensor) last.push(column)
    else result.push([column])
  }
  return result
}

function stackColumns(graph: GraphBuilder, columns: readonly SymbolicColumn[]): Value {
  const type = columns[0]?.type
  if (type === undefined) throw new DataError('The graph has no columns left to stack: all were dropped.', {})
  if (columns.some((column) => column.type !== type)) {
    throw new InternalError('Text and number columns cannot be stacked in one tensor.', {
      columns: columns.map((column) => column.name),
    })
  }
  const parts = runs(columns).map((run) => takeColumns(graph, run))
  return parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { axis: 1 })
}

function takeColumns(graph: GraphBuilder, run: readonly SymbolicColumn[]): Value {
  const first = run[0]!
  const whole = run.length === first.width && run.every((column, i) => column.index === i)
  if (whole) return first.tensor
  const indices = graph.initializer('columns', {
    type: 'int64',
    dims: [run.length],
    data: BigInt64Array.from(run, (column) => BigInt(column.index)),
  })
  return graph.node('Gather', [first.tensor, indices], { axis: 1 })
}
