// What a threshold trades: purity against reach.
import { palette } from './theme.js'
import { amount, brief, label, plotSpec, type PlotSpec, rowsOf, share } from './spec.js'
import { rounded, thinCurve } from './thin.js'

/** Rates at each threshold, all of one length. */
export interface ThresholdSeries {
  /** Probabilities, 0 to 1, rising or falling. */
  readonly threshold: readonly number[]
  readonly precision: readonly number[]
  readonly recall: readonly number[]
  readonly f1: readonly number[]
}

/** @param chosen - the threshold in use, drawn as a line */
export function thresholdPlot(series: ThresholdSeries, chosen?: number): PlotSpec {
  const curve = (name: string, values: readonly number[]): object[] =>
    thinCurve(series.threshold, values)
      .filter(({ y }) => Number.isFinite(y))
      .map((point) => ({ ...point, label: name }))
  const rows = [
    ...curve('Precision', series.precision),
    ...curve('Recall', series.recall),
    ...curve('F1', series.f1),
  ]
  const mark = chosen === undefined ? '' : ` The chosen threshold is ${brief(chosen)}.`
  return plotSpec({
    description: `Precision, recall and F1 by threshold.${mark}`,
    data: rowsOf(rows),
    layer: [
      { mark: 'line', encoding: { color: label('label') } },
      ...(chosen === undefined ? [] : chosenLine(chosen)),
    ],
    encoding: { x: share('x', 'Threshold on the probability'), y: share('y', 'Share') },
  })
}

function chosenLine(chosen: number): object[] {
  const data = rowsOf([{ x: rounded(chosen), text: `chosen ${brief(chosen)}` }])
  const isRight = chosen > 0.7
  return [
    {
      data,
      mark: { type: 'rule', color: palette.ink, strokeDash: [4, 4] },
      encoding: { x: amount('x', ''), y: { value: 0 }, y2: { value: 'height' } },
    },
    {
      data,
      mark: {
        type: 'text',
        align: isRight ? 'right' : 'left',
        dx: isRight ? -5 : 5,
        baseline: 'bottom',
        fontSize: 11,
      },
      encoding: { x: amount('x', ''), y: { value: 'height' }, text: { field: 'text', type: 'nominal' } },
    },
  ]
}
