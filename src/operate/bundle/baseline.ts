// What the columns of training looked like: by it rows are told that are unlike them, in serving and in monitoring. Part of
// the manifest, a saved format; manifests of before have none.
import {
  asNumbers,
  type Column,
  type ColumnType,
  missingBoolean,
  type NumberSummary,
  sampleRows,
  summarizeNumbers,
  type Table,
} from '../../data/index.js'

/** Values of a column of text or of yes and no. */
export interface CategoryBaseline {
  /** Most frequent first; shares of the rows that have a value. */
  readonly values: readonly { readonly value: string; readonly share: number }[]
  readonly distinct: number
  /** Whether `values` has all that occurred; false for free text and for very many. */
  readonly complete: boolean
}

/** A column of the rows that were learned from. */
export interface ColumnBaseline {
  readonly name: string
  readonly type: ColumnType
  /** Share of rows without a value. */
  readonly missing: number
  /** Of numbers, and of times in ms since 1970 UTC; absent where no row has a value. */
  readonly numbers?: NumberSummary
  readonly categories?: CategoryBaseline
}

/** The rows that were learned from, column by column. */
export interface Baseline {
  readonly rows: number
  readonly columns: readonly ColumnBaseline[]
}

/** As many as the profile takes quantiles of. */
const quantileRows = 100_000
/** A thousand texts are some 20 kB of the manifest; beyond, those are kept that monitoring compares. */
const mostValues = 1000
const keptOfMany = 100

/** Describes the columns of a table. */
export function baselineOf(x: Table): Baseline {
  const sample = sampleRows(x.rowCount, quantileRows)
  return {
    rows: x.rowCount,
    columns: x.names.map((name) => columnBaseline(name, x.col(name), sample)),
  }
}

function columnBaseline(name: string, column: Column, sample: Int32Array): ColumnBaseline {
  const { type, length } = column
  if (column.type === 'string' || column.type === 'boolean') {
    const { categories, present } = categoriesOf(column)
    return { name, type, missing: shareOf(length - present, length), categories }
  }
  const values = asNumbers(column)!
  let present = 0
  for (let row = 0; row < length; row++) if (!Number.isNaN(values[row]!)) present++
  const numbers = summarizeNumbers(values, sample)
  return {
    name,
    type,
    missing: shareOf(length - present, length),
    ...(numbers === undefined ? {} : { numbers }),
  }
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

function categoriesOf(column: Column & { type: 'string' | 'boolean' }): {
  readonly categories: CategoryBaseline
  readonly present: number
} {
  const [codes, texts] =
    column.type === 'string'
      ? [column.codes, column.dictionary]
      : [
          Int32Array.from(column.values, (value) => (value === missingBoolean ? -1 : value)),
          column.labels ?? ['false', 'true'],
        ]
  const counts = new Float64Array(texts.length)
  let present = 0
  for (const code of codes) {
    if (code < 0) continue
    counts[code]!++
    present++
  }
  const occurring = texts
    .map((value, code) => ({ value, count: counts[code]! }))
    .filter(({ count }) => count > 0)
  // Names and free text: nearly every row has its own. They say nothing of a new row, and are nobody's to pass on.
  const isFreeText = column.type === 'string' && occurring.length > 20 && occurring.length > present / 2
  const complete = !isFreeText && occurring.length <= mostValues
  const kept = isFreeText
    ? []
    : occurring.toSorted((a, b) => b.count - a.count).slice(0, complete ? mostValues : keptOfMany)
  const values = kept.map(({ value, count }) => ({ value, share: count / present }))
  return { categories: { values, distinct: occurring.length, complete }, present }
}
