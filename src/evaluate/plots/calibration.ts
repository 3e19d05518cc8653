// Reliability: when the model says 70 %, does it happen in 70 % of cases?
import { palette } from './theme.js'
import { amount, brief, guideLine, plotSpec, type PlotSpec, rowsOf, share } from './spec.js'

/** Rows grouped by their predicted probability. */
export interface CalibrationBin {
  /** Mean predicted probability, 0 to 1. */
  readonly predicted: number
  /** Share of positives, 0 to 1. */
  readonly observed: number
  readonly count: number
}

/** @param ece - expected calibration error, 0 to 1 */
export function calibrationPlot(bins: readonly CalibrationBin[], ece: number): PlotSpec {
  const rows = bins
    .filter((bin) => bin.count > 0)
    .map((bin) => ({ x: bin.predicted, y: bin.observed, ...band(bin), count: bin.count }))
  return plotSpec({
    description: `Calibration: observed share of positives against predicted probability in ${rows.length} groups. Expected calibration error ${brief(ece)}.`,
    data: rowsOf(rows),
    layer: [
      guideLine([0, 0], [1, 1]),
      {
        mark: { type: 'rule', color: palette.accent, opacity: 0.5 },
        encoding: { y: amount('low', ''), y2: { field: 'high' } },
      },
      { mark: { type: 'line', strokeWidth: 1.5 } },
      {
        mark: 'point',
        encoding: { size: amount('count', '', { legend: null, scale: { range: [20, 140] } }) },
      },
    ],
    encoding: { x: share('x', 'Predicted probability'), y: share('y', 'Observed share') },
  })
}

/** The 95 % interval of a share (Wilson 1927): honest for small counts and near 0 and 1. */
function band({ observed, count }: CalibrationBin): { readonly low: number; readonly high: number } {
  const z = 1.96
  const center = (observed + (z * z) / (2 * count)) / (1 + (z * z) / count)
  const half =
    (z / (1 + (z * z) / count)) *
    Math.sqrt((observed * (1 - observed)) / count + (z * z) / (4 * count * count))
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) }
}
