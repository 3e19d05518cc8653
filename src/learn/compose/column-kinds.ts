// What a column means to preparation, beyond how it is stored. Judged on the training rows.
import { type Column, isMissing, type StringColumn } from '../../data/index.js'

/** How preparation treats a column. */
export type PrepareKind =
  | 'number'
  | 'boolean'
  | 'timestamp'
  /** Text of few levels. */
  | 'category'
  /** Text of many levels. */
  | 'categories'
  /** Sentences. */
  | 'text'
  /** Names the row and says nothing of it. */
  | 'identifier'
  /** One value throughout. */
  | 'constant'

// Below this many rows all values may differ by chance.
const fewRows = 20
// A text column where so great a share of the rows differs, and most texts have several words, is read as sentences…
const distinctText = 0.5
const wordsInText = 3
// …and with fewer words it names the rows.
const distinctIdentifier = 0.95

/** Judges a column. @param maxLevels - the most levels of a `category` */
export function prepareKind(column: Column, maxLevels: number): PrepareKind {
  if (isConstant(column)) return 'constant'
  switch (column.type) {
    case 'string':
      return textKind(column, maxLevels)
    case 'number':
      return isRowNumber(column) ? 'identifier' : 'number'
    default:
      return column.type
  }
}

/** The same value, or missing, in every row. */
function isConstant(column: Column): boolean {
  const first = column.at(0)?.valueOf()
  for (let row = 1; row < column.length; row++) {
    if (column.at(row)?.valueOf() !== first) return false
  }
  return true
}

/** Whole numbers without gaps, each once: 1 … n in any order. */
function isRowNumber(column: Column): boolean {
  const n = column.length
  if (column.type !== 'number' || n < fewRows) return false
  let least = Infinity
  for (let row = 0; row < n; row++) {
    const value = column.values[row]!
    if (!Number.isInteger(value)) return false
    least = Math.min(least, value)
  }
  const seen = new Uint8Array(n)
  for (let row = 0; row < n; row++) {
    const at = column.values[row]! - least
    if (at >= n || seen[at] === 1) return false
    seen[at] = 1
  }
  return true
}

function textKind(column: StringColumn, maxLevels: number): PrepareKind {
  const used = new Set(column.codes.filter((code) => code >= 0))
  let present = 0
  for (let row = 0; row < column.length; row++) if (!isMissing(column, row)) present++
  if (used.size + (present < column.length ? 1 : 0) <= maxLevels) return 'category'
  const distinct = used.size / present
  if (present >= fewRows && distinct >= distinctText && meanWords(column, used) >= wordsInText) return 'text'
  return present >= fewRows && distinct >= distinctIdentifier ? 'identifier' : 'categories'
}

function meanWords(column: StringColumn, used: ReadonlySet<number>): number {
  let words = 0
  let texts = 0
  for (const code of used) {
    words += column.dictionary[code]!.split(/\s+/).length
    // A thousand texts tell.
    if (++texts === 1000) break
  }
  return words / texts
}
