// Permutation importance: how much the score drops when one column is shuffled.
import { intervalPlot } from './intervals.js'
import type { PlotSpec } from './spec.js'

/** One column. */
export interface ImportanceRow {
  readonly column: string
  /** Mean drop of the score over the repeats, in units of the metric; more is more important. */
  readonly mean: number
  /** Standard deviation over the repeats. */
  readonly sd: number
}

/** Draws columns in the order given; a column whose drop is within its spread is gray. */
export function importancePlot(rows: readonly ImportanceRow[], metric: string): PlotSpec {
  const first = rows[0]
  return intervalPlot(
    rows.map(({ column, mean, sd }) => ({
      label: column,
      value: mean,
      low: mean - sd,
      high: mean + sd,
      // Two deviations: a drop that chance rarely makes.
      tone: mean > 2 * sd ? 'accent' : 'neutral',
    })),
    {
      title: `How much ${metric} suffers when shuffled`,
      description: `Permutation importance of ${rows.length} columns${first === undefined ? '' : `; the most important is ${first.column}`}.`,
      isBars: true,
    },
  )
}
