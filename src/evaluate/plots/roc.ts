// ROC curves: what share of the positives is found for what share of false alarms.
import { amount, brief, guideLine, label, plotSpec, type PlotSpec, rowsOf, share } from './spec.js'
import { thinCurve } from './thin.js'

/** The ROC curve of one class against the rest. */
export interface RocSeries {
  /** The class that counts as positive. */
  readonly label: string
  /** Rising from 0 to 1, one per threshold. */
  readonly falsePositiveRate: readonly number[]
  readonly truePositiveRate: readonly number[]
  /** Area under the curve, 0 to 1. */
  readonly auc: number
}

/** Draws ROC curves with the diagonal of chance; at most six classes stay readable. */
export function rocPlot(series: readonly RocSeries[]): PlotSpec {
  const areas = series.map((s) => `${s.label} ${brief(s.auc)}`).join(', ')
  const rows = series.flatMap((s) =>
    thinCurve(s.falsePositiveRate, s.truePositiveRate).map((point, order) => ({
      ...point,
      order,
      label: s.label,
    })),
  )
  return plotSpec({
    description: `ROC curve: share of positives found against share of false alarms. Area under the curve: ${areas}.`,
    data: rowsOf(rows),
    layer: [guideLine([0, 0], [1, 1]), curveLayer(series.length > 1)],
    encoding: {
      x: share('x', 'False alarms (false positive rate)'),
      y: share('y', 'Found (true positive rate)'),
    },
  })
}

/** The curve itself, drawn in the order of its points, colored by class where there are several. */
export function curveLayer(isColored: boolean): object {
  const color = isColored ? { color: label('label') } : {}
  return { mark: 'line', encoding: { order: amount('order', ''), ...color } }
}
