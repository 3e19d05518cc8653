// Which values are missing: in memory and in a graph, where text is missing when empty.
import { type Column, isMissing, type NumberColumn, missingBoolean, numberColumn } from '../../data/index.js'
import { cast, equal, isNaN, lookupIndex } from '../../engine/onnx/index.js'
import { joinColumns, type SymbolicTable, tensorColumns } from '../contracts/index.js'

/** Whether any value of a column is missing. */
export function hasMissing(column: Column): boolean {
  switch (column.type) {
    case 'string':
      return column.codes.includes(-1) || column.dictionary.includes('')
    case 'boolean':
      return column.values.includes(missingBoolean)
    default:
      // Only floats hold NaN, and `includes` finds it.
      return column.values.includes(Number.NaN)
  }
}

/** 1 where the value is missing, otherwise 0. */
export function indicatorColumn(column: Column): NumberColumn {
  const flags = new Uint8Array(column.length)
  const empty = column.type === 'string' ? column.dictionary.indexOf('') : -1
  for (let row = 0; row < flags.length; row++) {
    if (isMissing(column, row) || (column.type === 'string' && column.codes[row] === empty)) flags[row] = 1
  }
  return numberColumn(flags)
}

/** Indicators of all columns of a table, under the given names. */
export function indicatorsInGraph(x: SymbolicTable, names: readonly string[]): SymbolicTable {
  const { graph } = x
  const parts = (['float64', 'string'] as const).flatMap((type) => {
    const columns = x.columns.flatMap((column, j) => (column.type === type ? [j] : []))
    if (columns.length === 0) return []
    const values = x.select(columns.map((j) => x.names[j]!)).stack()
    const missing =
      type === 'float64' ? isNaN(graph, values) : equal(graph, lookupIndex(graph, values, { keys: [''] }), 0)
    return [
      tensorColumns(
        graph,
        cast(graph, missing, 'float64'),
        columns.map((j) => names[j]!),
      ),
    ]
  })
  return joinColumns(graph, parts).select(names)
}
