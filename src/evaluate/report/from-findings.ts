// What the profile and the leakage guard found, in the words of the page.
import type { Alert, ColumnKind, ColumnProfile, Profile } from '../../data/index.js'
import type { LeakageFinding } from '../leakage/index.js'
import type { ColumnSummary, DataProfile } from './profile-data.js'
import type { ReportAlert } from './report-data.js'

/** What a profile does not know of itself. */
export interface ProfileFrame {
  /** As the user named it. */
  readonly source: string
  /** Columns that the model may not read. @default none */
  readonly leftOut?: readonly string[] | undefined
}

/** As many bars as a cell of the table holds. */
const BARS = 8

/** The profile of a table as the page shows it. */
export function profileData(profile: Profile, { source, leftOut = [] }: ProfileFrame): DataProfile {
  const hidden = new Set(leftOut)
  const roleOf = (name: string): ColumnSummary['role'] =>
    name === profile.target?.name ? 'target' : hidden.has(name) ? 'left out' : undefined
  return {
    source,
    rows: profile.rowCount,
    duplicateRows: profile.duplicateRows.count,
    columns: profile.columns.map((column) => columnSummary(column, roleOf(column.name))),
  }
}

const KINDS: Readonly<Record<ColumnKind, string>> = {
  number: 'number',
  boolean: 'yes/no',
  timestamp: 'date',
  category: 'category',
  text: 'text',
  identifier: 'identifier',
  constant: 'constant',
}

function columnSummary(column: ColumnProfile, role: ColumnSummary['role']): ColumnSummary {
  const { name, kind, missing, distinct, numbers, top } = column
  const head = {
    name,
    kind: KINDS[kind],
    role,
    missing,
    distinct,
    examples: top.map(({ value }) => String(value)),
  }
  if (numbers === undefined || kind === 'boolean') {
    const shown = kind === 'identifier' || kind === 'text' ? [] : top.slice(0, BARS)
    if (shown.length === 0) return head
    return {
      ...head,
      counts: {
        type: 'values',
        values: shown.map(({ value }) => String(value)),
        counts: shown.map(({ count }) => count),
      },
    }
  }
  const { min, max, mean, standardDeviation, quantiles, histogram } = numbers
  const counts = { type: 'ranges', ...histogram } as const
  if (kind === 'timestamp') return { ...head, counts, span: { first: dayOf(min), last: dayOf(max) } }
  return {
    ...head,
    counts,
    numbers: { min, median: quantiles['0.5'], max, mean, deviation: standardDeviation },
  }
}

/** The day of a time in milliseconds; the number itself where it is outside of all calendars. */
const dayOf = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().slice(0, 10) : String(ms)

/** Findings that change what can be learned; the others are good to know. */
const WARNINGS = new Set<Alert['code']>([
  'missing',
  'duplicate-rows',
  'imbalance',
  'target-missing',
  'strong-correlation',
])

/** Alerts of the profile; their messages hold the evidence. */
export const profileAlerts = (alerts: readonly Alert[]): ReportAlert[] =>
  alerts.map(({ code, column, message }) => ({
    code,
    column,
    message,
    severity: WARNINGS.has(code) ? 'warning' : 'note',
  }))

/** What a profile says of a certain leak. */
const trainLeavesOut = 'train would leave it out'

/**
 * Findings of the leakage guard.
 *
 * @param leftOut - the columns that were left out because of them; undefined where nothing was learned
 */
export function leakageAlerts(
  findings: readonly LeakageFinding[],
  leftOut: readonly string[] | undefined,
): ReportAlert[] {
  const hidden = new Set(leftOut)
  const treatmentOf = ({ columns, drop }: LeakageFinding): string | undefined => {
    if (columns.length === 0) return undefined
    if (leftOut === undefined) return drop ? trainLeavesOut : undefined
    return columns.every((name) => hidden.has(name)) ? 'left out' : 'kept'
  }
  return findings.map((finding) => {
    const { code, columns, message, drop } = finding
    return {
      code,
      column: columns.length === 1 ? columns[0] : undefined,
      message,
      severity: drop ? 'serious' : 'warning',
      treatment: treatmentOf(finding),
    }
  })
}
