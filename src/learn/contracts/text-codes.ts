// Text columns as codes, for learners that have a use of their own for categories.
import { numberColumn, type StringColumn, type Table } from '../../data/index.js'
import type { RowValue } from './core.js'
import { type SymbolicTable, symbolicTable, tensorColumns } from './symbolic-table.js'
import { applyTextMap, countLevels, mapText, type TextMap, textMapInGraph } from './text-levels.js'

/** The codes of each input, in order; null for columns that are no text. */
export type TextCodes = readonly (TextMap | null)[]

// A level of one row says nothing that holds for another: it shares the code of texts that training did not have.
const leastRows = 2

/** Codes from 1 by the order of code units, missing text among them; 0 for rare and unknown texts. */
export function fitCodes(x: Table): TextCodes {
  return x.names.map((name) => {
    const column = x.col(name)
    if (column.type !== 'string') return null
    const { levels, counts } = countLevels(column)
    const keys = levels.filter((_, level) => counts[level]! >= leastRows)
    return { keys, values: Float64Array.from(keys, (_, i) => i + 1), absent: 0 }
  })
}

/** How many codes each column has; 0 for numbers. */
export const countCodes = (codes: TextCodes): number[] =>
  codes.map((map) => (map === null ? 0 : map.keys.length + 1))

/** The table with codes for texts. */
export const encodeTexts = (x: Table, codes: TextCodes): Table =>
  x.names.reduce((table, name, j) => {
    const map = codes[j] ?? null
    return map === null
      ? table
      : table.with(name, numberColumn(applyTextMap(x.col(name) as StringColumn, map)))
  }, x)

/** One value of column j. */
export const encodeValue = (value: RowValue, map: TextMap | null): number =>
  map === null ? Number(value) : mapText(value, map)

/** The same in a graph. */
export function encodeTextsInGraph(x: SymbolicTable, codes: TextCodes): SymbolicTable {
  const { graph } = x
  return symbolicTable(
    graph,
    x.columns.map((column, j) => {
      const map = codes[j] ?? null
      if (map === null) return column
      const numbers = textMapInGraph(graph, x.single(column.name), map)
      return tensorColumns(graph, numbers, [column.name]).columns[0]!
    }),
  )
}
