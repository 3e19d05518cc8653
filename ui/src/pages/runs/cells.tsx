// What stands in the cells of the table of runs.
import type { RunRowData } from '../../../../src/app/http/api/page-types.js'
import { columnFormat, duration } from '../../base/format.js'
import { StatusBadge } from '../../parts/status-badge.js'
import { When, useNow } from '../../parts/when.js'
import { numericOf, type RunColumn, textOf } from './run-columns.js'
import { TrendCell } from './trend-cell.js'

/** How a column is written, worked out once from the rows that are there. */
export interface ColumnStyle {
  readonly numeric: boolean
  readonly format: (value: number) => string
}

/** Numbers that say how a column looks: those of the first rows say enough. */
const sampled = 300

export function columnStyle(column: RunColumn, runs: readonly RunRowData[]): ColumnStyle {
  if (column.kind === 'attributes') return { numeric: column.name === 'duration', format: String }
  if (column.kind === 'tags' || column.kind === 'trends') return { numeric: false, format: String }
  const values: number[] = []
  let texts = 0
  for (const run of runs.slice(0, sampled)) {
    const value = numericOf(column, run)
    if (value !== undefined) values.push(value)
    else if (textOf(column, run) !== undefined) texts++
  }
  const numeric = values.length > 0 && texts === 0
  // Parameters are shown as they were logged: 0.10 and 0.1 are what somebody wrote.
  return { numeric, format: column.kind === 'metrics' ? columnFormat(values) : String }
}

interface CellProps {
  readonly column: RunColumn
  readonly run: RunRowData
  readonly style: ColumnStyle
  readonly experimentName: (id: string) => string
}

export function Cell({ column, run, style, experimentName }: CellProps) {
  if (column.kind === 'trends') return <TrendCell runId={run.runId} metric={column.name} />
  if (column.kind === 'attributes')
    return <AttributeCell name={column.name} run={run} experimentName={experimentName} />
  const text = textOf(column, run)
  if (text === undefined) return <span className="none">–</span>
  const value = column.kind === 'metrics' ? numericOf(column, run) : undefined
  return <span title={text}>{value === undefined ? text : style.format(value)}</span>
}

interface AttributeProps {
  readonly name: string
  readonly run: RunRowData
  readonly experimentName: (id: string) => string
}

function AttributeCell({ name, run, experimentName }: AttributeProps) {
  if (name === 'status') return <StatusBadge status={run.status} />
  if (name === 'start_time') return <When time={run.startTime} />
  if (name === 'duration') return <Lasting run={run} />
  const text = name === 'experiment' ? experimentName(run.experimentId) : run.userId
  return text === '' ? <span className="none">–</span> : <span title={text}>{text}</span>
}

/** How long a run took, or has taken so far. */
export function Lasting({ run }: { readonly run: Pick<RunRowData, 'startTime' | 'endTime' | 'status'> }) {
  const now = useNow()
  if (run.endTime !== null) return <span>{duration(run.endTime - run.startTime)}</span>
  return run.status === 'RUNNING' ? (
    <span title="So far">{duration(Math.max(0, now - run.startTime))}</span>
  ) : (
    <span className="none">–</span>
  )
}
