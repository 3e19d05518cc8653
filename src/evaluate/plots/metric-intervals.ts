// Metrics that lie between 0 and 1, with their bootstrap intervals.
import { intervalPlot } from './intervals.js'
import type { PlotSpec } from './spec.js'

/** One metric of the test part. */
export interface MetricRow {
  readonly label: string
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Draws metrics on one scale; give only such as share it. */
export function metricIntervalsPlot(rows: readonly MetricRow[]): PlotSpec {
  return intervalPlot(
    rows.map((row) => ({ ...row, tone: 'accent' })),
    {
      title: 'Value on the test part, 95% interval',
      description: `${rows.length} metrics on the test part with bootstrap intervals.`,
    },
  )
}
