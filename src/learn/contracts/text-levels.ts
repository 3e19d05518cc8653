// Levels of text columns: how often each occurs, and maps from text to number that are the same in memory and in a graph.
import { asNumbers, type Column, type StringColumn, stringColumn } from '../../data/index.js'
import { type GraphBuilder, lookup, type Value } from '../../engine/onnx/index.js'

/** How often each text of a column occurs; '' stands for missing, texts that do not occur are left out. */
export interface LevelCounts {
  /** In the order of code units, so that results do not depend on locale or row order; '' comes first. */
  readonly levels: readonly string[]
  readonly counts: Float64Array
  /** The position in `levels` of each row's text. */
  readonly ofRow: Int32Array
}

/** A column by its values' texts; numbers as they are written, booleans as 0 and 1. */
export function asTexts(column: Column): StringColumn {
  if (column.type === 'string') return column
  const values = asNumbers(column) ?? []
  const known = new Map<number, number>()
  const codes = new Int32Array(column.length)
  for (let row = 0; row < codes.length; row++) {
    const value = values[row]!
    let code = value === value ? known.get(value) : -1
    if (code === undefined) {
      code = known.size
      known.set(value, code)
    }
    codes[row] = code
  }
  return stringColumn(codes, Array.from(known.keys(), String))
}

/** Counts the levels of a column. Cost: O(n + levels · log levels). */
export function countLevels(column: StringColumn): LevelCounts {
  const { codes, dictionary } = column
  // One place more than the dictionary, for missing values.
  const byCode = new Float64Array(dictionary.length + 1)
  const missing = dictionary.length
  for (let row = 0; row < codes.length; row++) byCode[codes[row]! < 0 ? missing : codes[row]!]!++
  const textOf = (code: number): string => dictionary[code] ?? ''
  const levels = [
    ...new Set(Array.from(byCode.keys(), (code) => (byCode[code]! > 0 ? textOf(code) : undefined))),
  ]
    .filter((text) => text !== undefined)
    .sort(byCodeUnits)
  const position = new Map(levels.map((text, level) => [text, level]))
  const levelOfCode = Int32Array.from(byCode, (_, code) => position.get(textOf(code)) ?? -1)
  const counts = new Float64Array(levels.length)
  byCode.forEach((count, code) => {
    if (count > 0) counts[levelOfCode[code]!]! += count
  })
  return {
    levels,
    counts,
    ofRow: Int32Array.from(codes, (code) => levelOfCode[code < 0 ? missing : code]!),
  }
}

export const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A number for each known text; '' is the missing text. */
export interface TextMap {
  readonly keys: readonly string[]
  readonly values: Float64Array
  /** For texts that are not among the keys. */
  readonly absent: number
}

// Fitted state is frozen data; the index over its keys is made once per fitted column, not once per row predicted.
const indexes = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

/** The position of each key. */
export function indexOf(keys: readonly string[]): ReadonlyMap<string, number> {
  let index = indexes.get(keys)
  if (index === undefined) {
    index = new Map(keys.map((key, i) => [key, i]))
    indexes.set(keys, index)
  }
  return index
}

/** Each row's number: one lookup per distinct text, one pass over the rows. */
export function applyTextMap(column: StringColumn, map: TextMap): Float64Array {
  const index = indexOf(map.keys)
  const valueOf = (text: string): number => {
    const at = index.get(text)
    return at === undefined ? map.absent : map.values[at]!
  }
  const byCode = Float64Array.from(column.dictionary, valueOf)
  const missing = valueOf('')
  return Float64Array.from(column.codes, (code) => (code < 0 ? missing : byCode[code]!))
}

/** One text's number; null is missing. */
export function mapText(text: string | number | null, { keys, values, absent }: TextMap): number {
  const at = indexOf(keys).get(text === null ? '' : String(text))
  return at === undefined ? absent : values[at]!
}

/** The same in a graph: strings [N, 1] to float64 [N, 1]. */
export function textMapInGraph(graph: GraphBuilder, texts: Value, map: TextMap): Value {
  return lookup(graph, texts, { keys: map.keys, values: map.values, absent: map.absent })
}
