// Text columns turned into number columns one to one by maps from text to number.
import { numberColumn, type StringColumn, table, type Table } from '../../data/index.js'
import { concat } from '../../engine/onnx/index.js'
import {
  applyTextMap,
  type SymbolicTable,
  tensorColumns,
  type TextMap,
  textMapInGraph,
} from '../contracts/index.js'

/** One map per column, in order; columns keep their names unless others are given. */
export function mapTexts(x: Table, maps: readonly TextMap[], names: readonly string[] = x.names): Table {
  return table(
    new Map(
      x.names.map((name, j) => [
        names[j]!,
        numberColumn(applyTextMap(x.col(name) as StringColumn, maps[j]!)),
      ]),
    ),
  )
}

/** The same in a graph. */
export function mapTextsInGraph(
  x: SymbolicTable,
  maps: readonly TextMap[],
  names: readonly string[] = x.names,
): SymbolicTable {
  const { graph } = x
  const numbers = x.names.map((name, j) => textMapInGraph(graph, x.single(name), maps[j]!))
  return tensorColumns(graph, concat(graph, numbers), names)
}
