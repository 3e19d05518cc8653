// Columns that alone almost determine the target. Some are leaks and some are merely excellent: these are only reported.
import { asNumbers, type Column, type Table } from '../../data/index.js'
import { takeTarget, type Target } from '../../learn/contracts/index.js'
import type { LeakageFinding } from './finding.js'

/** The share of what can be known from which a single column is suspicious. */
const suspicious = 0.99

/**
 * Finds columns that alone explain at least 99 % of the target: of its variance, or of its class impurity (Gini).
 *
 * Numbers are cut into up to 64 ranges of equal count. Groups of fewer than five rows are counted as unexplained, so
 * that identifiers do not pass for knowledge. Of long tables evenly spaced rows are looked at.
 */
export function determiningColumns(all: Table, allTarget: Target): LeakageFinding[] {
  const { x, target } = sampled(all, allTarget)
  return x.names.flatMap((name) => {
    const explained = explainedShare(groupCodes(x.col(name)), target)
    if (explained < suspicious) return []
    const percent = Math.floor(explained * 1000) / 10
    return [
      {
        code: 'target-determined' as const,
        columns: [name],
        message: `Column '${name}' alone explains ${percent} % of the target. Is it known before the target is? If not, drop it.`,
        evidence: { explained },
        drop: false,
      },
    ]
  })
}

/** A share of 99 % is certain to a tenth of a percent from so many rows. */
const sampleRows = 50_000

function sampled(x: Table, target: Target): { readonly x: Table; readonly target: Target } {
  const { rowCount } = x
  if (rowCount <= sampleRows) return { x, target }
  const rows = Int32Array.from({ length: sampleRows }, (_, i) => Math.floor((i * rowCount) / sampleRows))
  return { x: x.take(rows), target: takeTarget(target, rows) }
}

function groupCodes(column: Column): Int32Array {
  if (column.type === 'string') return column.codes
  const values = asNumbers(column)!
  const order = Int32Array.from(values, (_, row) => row).filter((row) => !Number.isNaN(values[row]!))
  order.sort((a, b) => values[a]! - values[b]!)
  const codes = new Int32Array(values.length).fill(-1)
  // 64 ranges tell a step from a slope; five rows are the least that counts.
  const size = Math.max(5, order.length / 64)
  let code = -1
  let start = 0
  order.forEach((row, at) => {
    const tied = at > 0 && values[row] === values[order[at - 1]!]
    if (code < 0 || (at - start >= size && !tied)) {
      code++
      start = at
    }
    codes[row] = code
  })
  return codes
}

function explainedShare(groups: Int32Array, target: Target): number {
  const members = new Map<number, number[]>()
  groups.forEach((group, row) => {
    const rows = members.get(group)
    if (rows === undefined) members.set(group, [row])
    else rows.push(row)
  })
  const spread =
    target.type === 'classes' ? giniOf(target.codes, target.classes.length) : varianceOf(target.values)
  const all = groups.map((_, row) => row)
  const total = spread(all)
  if (total === 0) return 0
  let left = 0
  for (const rows of members.values())
    left += rows.length < 5 ? (total * rows.length) / all.length : spread(rows)
  return 1 - left / total
}

/** Σ over classes of n·p(1 − p). */
const giniOf =
  (codes: Int32Array, k: number) =>
  (rows: ArrayLike<number>): number => {
    const counts = new Float64Array(k)
    for (let i = 0; i < rows.length; i++) counts[codes[rows[i]!]!]!++
    return counts.reduce((sum, count) => sum + count * (1 - count / rows.length), 0)
  }

/** Σ (y − mean)². */
const varianceOf =
  (values: Float64Array) =>
  (rows: ArrayLike<number>): number => {
    let mean = 0
    for (let i = 0; i < rows.length; i++) mean += values[rows[i]!]! / rows.length
    let sum = 0
    for (let i = 0; i < rows.length; i++) sum += (values[rows[i]!]! - mean) ** 2
    return sum
  }
