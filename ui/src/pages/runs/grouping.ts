// Rows as they stand below each other: runs, or groups of runs with a mean of each metric.
import type { RunRowData } from '../../../../src/app/http/api/page-types.js'
import { numericOf, type RunColumn, textOf } from './run-columns.js'

export interface RunItem {
  readonly type: 'run'
  readonly key: string
  readonly run: RunRowData
}

export interface GroupItem {
  readonly type: 'group'
  readonly key: string
  readonly value: string | undefined
  readonly runs: readonly RunRowData[]
  readonly open: boolean
}

export type Item = RunItem | GroupItem

const itemOf = (run: RunRowData): RunItem => ({ type: 'run', key: run.runId, run })

/** Groups come in the order of their first run, so that sorting runs sorts groups. */
export function itemsOf(
  runs: readonly RunRowData[],
  by: RunColumn | undefined,
  closed: ReadonlySet<string>,
): readonly Item[] {
  if (by === undefined) return runs.map(itemOf)
  const groups = new Map<string | undefined, RunRowData[]>()
  for (const run of runs) {
    const value = textOf(by, run)
    const group = groups.get(value)
    if (group === undefined) groups.set(value, [run])
    else group.push(run)
  }
  return [...groups].flatMap(([value, members]) => {
    const key = `group ${value ?? ''}`
    const open = !closed.has(key)
    return [{ type: 'group', key, value, runs: members, open } as const, ...(open ? members.map(itemOf) : [])]
  })
}

/** The mean of a column over a group; undefined where there is no number. */
export function meanOf(column: RunColumn, runs: readonly RunRowData[]): number | undefined {
  if (column.kind !== 'metrics') return undefined
  let sum = 0
  let count = 0
  for (const run of runs) {
    const value = numericOf(column, run)
    if (value === undefined || !Number.isFinite(value)) continue
    sum += value
    count++
  }
  return count === 0 ? undefined : sum / count
}
