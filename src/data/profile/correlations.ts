// Pairs of columns that say the same: Pearson's r for numbers, Cramér's V for categories.
import { asNumbers, type Column } from '../column.js'
import type { Table } from '../table.js'

/** Columns as codes 0…levels − 1, −1 missing. */
interface Codes {
  readonly name: string
  readonly codes: Int32Array
  readonly levels: number
}

export interface Correlation {
  readonly columns: readonly [string, string]
  readonly measure: 'pearson' | 'cramers-v'
  /** r in [−1, 1], or V in [0, 1]. */
  readonly value: number
}

// 250 columns are 31,125 pairs; times 5,000 rows that is a second of work at most.
const numberColumns = 250
const categoryColumns = 100
const mostLevels = 50
// Fewer common rows than this make strong correlations by chance.
const fewestRows = 20

export interface Correlations {
  readonly strong: readonly Correlation[]
  /** Columns that were not compared because there are too many. */
  readonly left: number
}

/**
 * Pairs with |r| or V of at least `threshold` on the given rows (of each pair those where both have values), strongest
 * first. Of very many columns only the first are compared; `left` says how many were not.
 *
 * V is corrected for bias (Bergsma 2013), as plain V grows with the number of levels.
 */
export function strongCorrelations(
  table: Table,
  { rows, threshold = 0.95 }: { readonly rows: Int32Array; readonly threshold?: number },
): Correlations {
  const numbers = table.names.flatMap((name) => {
    const values = asNumbers(table.col(name))
    return values === undefined || table.col(name).type === 'boolean' ? [] : [{ name, values }]
  })
  const categories = table.names.flatMap((name) => codesOf(name, table.col(name), rows))
  const strong = [
    ...numberPairs(numbers.slice(0, numberColumns), rows, threshold),
    ...categoryPairs(categories.slice(0, categoryColumns), threshold),
  ]
  const left = Math.max(0, numbers.length - numberColumns) + Math.max(0, categories.length - categoryColumns)
  return { strong: strong.sort((a, b) => Math.abs(b.value) - Math.abs(a.value)), left }
}

interface Named {
  readonly name: string
  readonly values: ArrayLike<number>
}

function* numberPairs(
  columns: readonly Named[],
  rows: Int32Array,
  threshold: number,
): Generator<Correlation> {
  const standard = columns.map(({ values }) => standardize(Float64Array.from(rows, (row) => values[row]!)))
  for (let a = 0; a < columns.length; a++) {
    for (let b = a + 1; b < columns.length; b++) {
      const r = pearson(standard[a]!, standard[b]!)
      if (Math.abs(r) >= threshold) yield pair(columns[a]!.name, columns[b]!.name, 'pearson', r)
    }
  }
}

const pair = (a: string, b: string, measure: Correlation['measure'], value: number): Correlation => ({
  columns: [a, b],
  measure,
  value: Math.max(-1, Math.min(1, value)),
})

interface Standard {
  /** Mean 0, sum of squares 1; NaN missing. */
  readonly values: Float64Array
  readonly complete: boolean
}

function standardize(values: Float64Array): Standard {
  let [sum, count] = [0, 0]
  for (const value of values) {
    if (Number.isNaN(value)) continue
    sum += value
    count++
  }
  const mean = sum / count
  let squares = 0
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2
  const scale = 1 / Math.sqrt(squares)
  return { values: values.map((value) => (value - mean) * scale), complete: count === values.length }
}

function pearson(a: Standard, b: Standard): number {
  if (!a.complete || !b.complete) return pairwise(a.values, b.values)
  if (a.values.length < fewestRows) return 0
  let dot = 0
  for (let i = 0; i < a.values.length; i++) dot += a.values[i]! * b.values[i]!
  return Number.isFinite(dot) ? dot : 0
}

/** Over the rows where both have values; the inputs are near mean 0, so one pass does not cancel. */
function pairwise(a: Float64Array, b: Float64Array): number {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!
    const y = b[i]!
    if (Number.isNaN(x + y)) continue
    n++
    sa += x
    sb += y
    saa += x * x
    sbb += y * y
    sab += x * y
  }
  if (n < fewestRows) return 0
  const r = (sab - (sa * sb) / n) / Math.sqrt((saa - (sa * sa) / n) * (sbb - (sb * sb) / n))
  return Number.isFinite(r) ? r : 0
}

function codesOf(name: string, column: Column, rows: Int32Array): Codes[] {
  if (column.type === 'boolean') {
    const codes = Int32Array.from(rows, (row) => (column.values[row]! > 1 ? -1 : column.values[row]!))
    return [{ name, codes, levels: 2 }]
  }
  if (column.type !== 'string') return []
  const known = new Map<number, number>()
  const codes = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]!]!
    if (code >= 0 && !known.has(code)) known.set(code, known.size)
    if (known.size > mostLevels) return []
    codes[i] = code < 0 ? -1 : known.get(code)!
  }
  return known.size < 2 ? [] : [{ name, codes, levels: known.size }]
}

function* categoryPairs(columns: readonly Codes[], threshold: number): Generator<Correlation> {
  for (let a = 0; a < columns.length; a++) {
    for (let b = a + 1; b < columns.length; b++) {
      const v = cramersV(columns[a]!, columns[b]!)
      if (v >= threshold) yield pair(columns[a]!.name, columns[b]!.name, 'cramers-v', v)
    }
  }
}

/** @see Bergsma 2013, doi:10.1016/j.jkss.2012.10.002 */
function cramersV(a: Codes, b: Codes): number {
  const counts = new Float64Array(a.levels * b.levels)
  const rowsOf = new Float64Array(a.levels)
  const columnsOf = new Float64Array(b.levels)
  let n = 0
  for (let i = 0; i < a.codes.length; i++) {
    const [x, y] = [a.codes[i]!, b.codes[i]!]
    if (x < 0 || y < 0) continue
    counts[x * b.levels + y]!++
    rowsOf[x]!++
    columnsOf[y]!++
    n++
  }
  if (n < fewestRows) return 0
  let chi = -1
  for (let x = 0; x < a.levels; x++) {
    for (let y = 0; y < b.levels; y++) {
      const expected = rowsOf[x]! * columnsOf[y]!
      if (expected > 0) chi += counts[x * b.levels + y]! ** 2 / expected
    }
  }
  const r = rowsOf.filter((count) => count > 0).length
  const k = columnsOf.filter((count) => count > 0).length
  const correction = (levels: number): number => levels - (levels - 1) ** 2 / (n - 1)
  const least = Math.min(correction(r), correction(k)) - 1
  return least <= 0 ? 0 : Math.sqrt(Math.max(0, chi - ((r - 1) * (k - 1)) / (n - 1)) / least)
}
