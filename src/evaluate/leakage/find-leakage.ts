// The leakage guard: all its detectors, and what to leave out.
import type { Table } from '../../data/index.js'
import type { Target } from '../../learn/contracts/index.js'
import { targetCopies } from './copies.js'
import { determiningColumns } from './determined.js'
import type { LeakageFinding } from './finding.js'
import { targetSums } from './sums.js'

/**
 * Looks for columns that give the target away: copies, sums that make it up, and columns that alone almost determine it.
 *
 * Copies and exact sums are marked to be dropped, unless nothing would be left; the rest is for a person to judge.
 *
 * @param x - the feature columns, without the target
 */
export function findLeakage(x: Table, target: Target): LeakageFinding[] {
  const copies = targetCopies(x, target)
  const rest = x.drop(...copies.flatMap((finding) => finding.columns))
  const sums = target.type === 'values' ? targetSums(rest, target) : []
  const certain = [...copies, ...sums]
  const named = new Set(certain.flatMap((finding) => finding.columns))
  const others = x.select(x.names.filter((name) => !named.has(name)))
  const findings = [...certain, ...determiningColumns(others, target)]
  // When the guard would leave nothing to learn from, the columns are what the user meant to learn from.
  return others.names.length > 0 ? findings : findings.map((finding) => ({ ...finding, drop: false }))
}

/** The columns that the guard leaves out, less those that the user keeps. */
export function columnsToDrop(findings: readonly LeakageFinding[], keep: readonly string[] = []): string[] {
  const drop = new Set(findings.flatMap((finding) => (finding.drop ? finding.columns : [])))
  return [...drop].filter((name) => !keep.includes(name))
}
