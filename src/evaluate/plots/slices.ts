// The parts of the data where the model does worst.
import { intervalPlot } from './intervals.js'
import type { PlotSpec } from './spec.js'

/** The rows that share a value or a range of one column. */
export interface SliceRow {
  /** Column and value, such as `Contract = Two year`. */
  readonly label: string
  readonly score: number
  readonly low: number
  readonly high: number
  /** The interval lies wholly on the bad side of the overall score. */
  readonly isWorse: boolean
}

/** @param overall - the score on all rows, drawn as a dashed line */
export function slicesPlot(rows: readonly SliceRow[], metric: string, overall: number): PlotSpec {
  return intervalPlot(
    rows.map(({ label, score, low, high, isWorse }) => ({
      label,
      value: score,
      low,
      high,
      tone: isWorse ? 'warning' : 'neutral',
    })),
    {
      title: metric,
      description: `${metric} in the ${rows.length} worst slices with intervals, against all rows (dashed line).`,
      reference: overall,
      labelWidth: 230,
    },
  )
}
