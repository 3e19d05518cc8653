// What a profile says, as plain data.
import type { ColumnType } from '../column.js'
import type { ColumnKind } from '../infer/index.js'
import type { Correlation } from './correlations.js'
import type { DuplicateRows } from './duplicates.js'
import type { NumberSummary } from './number-summary.js'
import type { TopValue } from './top-values.js'

export interface ColumnProfile {
  readonly name: string
  readonly type: ColumnType
  readonly kind: ColumnKind
  /** Why it is of this kind. */
  readonly reason: string
  /** A number column that may be codes of categories. */
  readonly codes: boolean
  readonly rows: number
  readonly missing: number
  readonly distinct: number
  readonly top: readonly TopValue[]
  /** Of numbers; of timestamps in ms since 1970 UTC. */
  readonly numbers?: NumberSummary
}

/** The target's classes, most frequent first; for numbers, none. */
export interface TargetProfile {
  readonly name: string
  readonly missing: number
  readonly classes: readonly { readonly value: TopValue['value']; readonly count: number }[]
}

export interface Profile {
  readonly rowCount: number
  readonly columns: readonly ColumnProfile[]
  readonly duplicateRows: DuplicateRows
  readonly duplicateColumns: readonly (readonly string[])[]
  readonly correlations: readonly Correlation[]
  readonly target?: TargetProfile
  readonly alerts: readonly Alert[]
  /** What was looked at in part only, in sentences. */
  readonly notes: readonly string[]
}

export type AlertCode =
  | 'missing'
  | 'constant'
  | 'nearly-constant'
  | 'high-cardinality'
  | 'identifier'
  | 'duplicate-rows'
  | 'duplicate-columns'
  | 'imbalance'
  | 'target-missing'
  | 'skew'
  | 'outliers'
  | 'strong-correlation'

export interface Alert {
  readonly code: AlertCode
  /** Absent when it concerns the table. */
  readonly column?: string
  readonly message: string
  readonly evidence: Readonly<Record<string, unknown>>
}
