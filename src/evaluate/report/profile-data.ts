// What the page needs to know about a table: plain JSON, filled from the data profile.
import type { ColumnCounts } from '../plots/index.js'

/** A table, column by column. */
export interface DataProfile {
  /** As the user named it. */
  readonly source: string
  readonly rows: number
  /** Rows that repeat an earlier one. */
  readonly duplicateRows?: number | undefined
  /** Seconds it took, where it is worth saying. */
  readonly seconds?: number | undefined
  /** In the order of the source; the page shows the first and counts the rest. */
  readonly columns: readonly ColumnSummary[]
  /** Correlation of numeric columns, the strongest related ones first; the page shows the first 15. */
  readonly correlation?:
    | {
        readonly names: readonly string[]
        /** values[i][j], symmetric, −1 to 1; null where it is undefined. */
        readonly values: readonly (readonly (number | null)[])[]
      }
    | undefined
}

/** One column. */
export interface ColumnSummary {
  readonly name: string
  /** As a person would say (`number`, `category`, `text`, `yes/no`, `date`, `identifier`). */
  readonly kind: string
  /** What it is for, where it is not a plain feature. */
  readonly role?: 'target' | 'left out' | undefined
  /** Rows without a value. */
  readonly missing: number
  /** Distinct values, missing ones not counted. */
  readonly distinct: number
  /** Of numbers: smallest, middle and largest value, mean and standard deviation. */
  readonly numbers?:
    | {
        readonly min: number
        readonly median: number
        readonly max: number
        readonly mean: number
        readonly deviation: number
      }
    | undefined
  /** Of dates: the first and the last as text. */
  readonly span?: { readonly first: string; readonly last: string } | undefined
  /** Counts of ranges or of the commonest values (at most about 20). */
  readonly counts?: ColumnCounts | undefined
  /** A few values as they stand in the source. */
  readonly examples: readonly string[]
}
