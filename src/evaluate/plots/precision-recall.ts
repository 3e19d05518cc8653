// Precision–recall curves: how pure the found rows are for what share of the positives.
import { curveLayer } from './roc.js'
import { brief, guideLine, plotSpec, type PlotSpec, rowsOf, share } from './spec.js'
import { thinCurve } from './thin.js'

/** The precision–recall curve of one class against the rest. */
export interface PrecisionRecallSeries {
  /** The class that counts as positive. */
  readonly label: string
  /** Share of the positives that is found, one per threshold, rising or falling. */
  readonly recall: readonly number[]
  readonly precision: readonly number[]
  readonly averagePrecision: number
}

/** @param positiveShare - how often the positive class occurs: the precision of guessing; drawn for one series */
export function precisionRecallPlot(
  series: readonly PrecisionRecallSeries[],
  positiveShare?: number,
): PlotSpec {
  const areas = series.map((s) => `${s.label} ${brief(s.averagePrecision)}`).join(', ')
  const rows = series.flatMap((s) =>
    thinCurve(s.recall, s.precision).map((point, order) => ({ ...point, order, label: s.label })),
  )
  const chance = positiveShare === undefined ? [] : [guideLine([0, positiveShare], [1, positiveShare])]
  return plotSpec({
    description: `Precision against recall. Average precision: ${areas}.`,
    data: rowsOf(rows),
    layer: [...chance, curveLayer(series.length > 1)],
    encoding: { x: share('x', 'Found (recall)'), y: share('y', 'Right among flagged (precision)') },
  })
}
