// Columns of numbers as the scalers and imputers see them: one pass per column in memory, one tensor for all in a graph.
import { InternalError } from '../../base/index.js'
import {
  asNumbers,
  type Column,
  type ColumnType,
  type NumberArray,
  numberColumn,
  table,
  type Table,
} from '../../data/index.js'
import { type GraphBuilder, tensor, type Value } from '../../engine/onnx/index.js'

/** The types of columns that are numbers to a transformer: booleans are 0 and 1, timestamps milliseconds. */
export const numberTypes: readonly ColumnType[] = ['number', 'boolean', 'timestamp']

/** The numbers of a column that is known not to be text; NaN is missing. */
export function numbersOf(column: Column): NumberArray {
  const values = asNumbers(column)
  if (values === undefined) throw new InternalError('A text column was taken for numbers.')
  return values
}

/** The numbers of every column, in order. */
export const allNumbers = (x: Table): NumberArray[] => x.names.map((name) => numbersOf(x.col(name)))

/** A table of the same names, each column's numbers mapped as a whole. */
export function mapNumbers(x: Table, map: (values: NumberArray, j: number) => NumberArray): Table {
  return table(new Map(x.names.map((name, j) => [name, numberColumn(map(numbersOf(x.col(name)), j))])))
}

/** The same function of every number. */
export function mapEach(values: NumberArray, map: (value: number) => number): Float64Array {
  const mapped = new Float64Array(values.length)
  for (let row = 0; row < mapped.length; row++) mapped[row] = map(values[row]!)
  return mapped
}

/** The numbers that are not missing, as a new array. */
export function presentNumbers(values: NumberArray): Float64Array {
  const present = new Float64Array(values.length)
  let count = 0
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    if (value === value) present[count++] = value
  }
  return count === present.length ? present : present.slice(0, count)
}

/** One number per column as a constant of the graph, [1, p]. */
export function rowConstant(graph: GraphBuilder, values: ArrayLike<number>): Value {
  return graph.initializer('row', tensor('float64', Float64Array.from(values), [1, values.length]))
}
