// Columns that add up to the target, such as casual + registered riders to all riders.
import { asNumbers, type NumberArray, type Table } from '../../data/index.js'
import { leastSquares, matrix } from '../../engine/linalg/index.js'
import type { ValueTarget } from '../../learn/contracts/index.js'
import type { LeakageFinding } from './finding.js'

/** Beyond this many number columns the search by least squares costs more than it finds. */
const maxColumns = 200
/** Rows used to find the coefficients; all rows then confirm them. */
const maxRows = 2000

interface NumberSource {
  readonly name: string
  readonly values: NumberArray
}

/**
 * Finds a set of columns whose sum (with signs) is the target in every row.
 *
 * Least squares on a sample of rows; when the coefficients are 0, 1 and −1, all rows are checked.
 */
export function targetSums(x: Table, { values }: ValueTarget): LeakageFinding[] {
  const sources = numberSources(x)
  if (sources.length < 2 || sources.length > maxColumns || values.length < 3 * sources.length + 10) return []
  const rows = completeRows(sources, values.length)
  // Fewer equations than three per unknown can be met by chance.
  if (rows.length < 3 * sources.length) return []
  const signs = signsOf(sources, values, rows)
  if (signs === undefined) return []
  const parts = sources.flatMap((source, j) => (signs[j] === 0 ? [] : [{ ...source, sign: signs[j]! }]))
  if (parts.length < 2 || !holdsEverywhere(parts, values)) return []
  const formula = parts.map((part, i) => `${part.sign < 0 ? '− ' : i > 0 ? '+ ' : ''}${part.name}`).join(' ')
  return [
    {
      code: 'target-sum',
      columns: parts.map((part) => part.name),
      message: `The target is ${formula} in all ${values.length} rows: these columns are parts of it.`,
      evidence: { relation: formula, rows: values.length },
      drop: true,
    },
  ]
}

/** Columns of numbers that vary, each only once. */
function numberSources(x: Table): NumberSource[] {
  const sources: NumberSource[] = []
  for (const name of x.names) {
    const column = x.col(name)
    const values = column.type === 'number' ? asNumbers(column) : undefined
    if (values === undefined || values.every((value) => value === values[0])) continue
    if (!sources.some((known) => sameNumbers(known.values, values))) sources.push({ name, values })
    if (sources.length > maxColumns) break
  }
  return sources
}

function sameNumbers(a: NumberArray, b: NumberArray): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Rows without a missing value, evenly spread. */
function completeRows(sources: readonly NumberSource[], count: number): number[] {
  const step = Math.max(1, Math.floor(count / maxRows))
  const rows: number[] = []
  for (let row = 0; row < count && rows.length < maxRows; row += step) {
    if (sources.every(({ values }) => Number.isFinite(values[row]!))) rows.push(row)
  }
  return rows
}

function signsOf(
  sources: readonly NumberSource[],
  target: Float64Array,
  rows: readonly number[],
): number[] | undefined {
  // Scaled columns keep the rank decision fair between small and large ones.
  const scales = sources.map(
    ({ values }) => rows.reduce((most, row) => Math.max(most, Math.abs(values[row]!)), 0) || 1,
  )
  const a = matrix(
    rows.length,
    sources.length,
    rows.flatMap((row) => sources.map(({ values }, j) => values[row]! / scales[j]!)),
  )
  const { x } = leastSquares(
    a,
    Float64Array.from(rows, (row) => target[row]!),
  )
  const signs = sources.map((_, j) => Math.round(x[j]! / scales[j]!))
  // 1e-6: what float64 least squares loses on well-scaled columns, with room.
  const plain = signs.every((sign, j) => Math.abs(sign) <= 1 && Math.abs(x[j]! / scales[j]! - sign) < 1e-6)
  return plain ? signs : undefined
}

function holdsEverywhere(
  parts: readonly (NumberSource & { readonly sign: number })[],
  target: Float64Array,
): boolean {
  let scale = 0
  for (const value of target) scale = Math.max(scale, Math.abs(value))
  return target.every((value, row) => {
    const sum = parts.reduce((total, part) => total + part.sign * part.values[row]!, 0)
    return Number.isNaN(sum) || Math.abs(sum - value) <= 1e-9 * scale
  })
}
