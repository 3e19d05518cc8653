// Scores on training and validation rows: against the number of rows, and against boosting rounds.
import { palette } from './theme.js'
import { amount, brief, label, plotSpec, type PlotSpec, rowsOf } from './spec.js'
import { rounded, thinCurve } from './thin.js'

/** Scores for one number of training rows. */
export interface LearningCurvePoint {
  readonly rows: number
  readonly train: number
  readonly validation: number
  /** Spread of the validation score, where it was measured more than once. */
  readonly low?: number | undefined
  readonly high?: number | undefined
}

const seriesColor = (): object =>
  label('label', { scale: { domain: ['Validation', 'Training'], range: [palette.accent, palette.neutral] } })

/** Score against training rows: whether more data would help. */
export function learningCurvePlot(points: readonly LearningCurvePoint[], metric: string): PlotSpec {
  const rows = points.flatMap(({ rows: x, train, validation, low, high }) => [
    { x, y: rounded(train), label: 'Training' },
    { x, y: rounded(validation), label: 'Validation', low: low ?? validation, high: high ?? validation },
  ])
  const last = points.at(-1)
  return plotSpec({
    description: `Learning curve: ${metric} on training and validation rows against the number of training rows${last === undefined ? '' : `; with all ${last.rows} rows ${brief(last.train)} and ${brief(last.validation)}`}.`,
    data: rowsOf(rows),
    layer: [
      {
        transform: [{ filter: "datum.label === 'Validation'" }],
        mark: { type: 'area', color: palette.accent, opacity: 0.12 },
        encoding: { y: amount('low', metric, { scale: { zero: false } }), y2: { field: 'high' } },
      },
      { mark: 'line', encoding: { y: amount('y', metric), color: seriesColor() } },
      { mark: { type: 'point', size: 40 }, encoding: { y: amount('y', metric), color: seriesColor() } },
    ],
    encoding: { x: amount('x', 'Training rows', { axis: { format: ',d', tickCount: 5 } }) },
  })
}

/** Loss after each boosting round, both of one length. */
export interface BoostingSeries {
  /** Rising from 1, or a thinned part. */
  readonly iteration: readonly number[]
  readonly train: readonly number[]
  readonly validation: readonly number[]
  /** The round that was kept. */
  readonly best: number
}

/** Loss against boosting rounds, with the round at which training stopped counting. */
export function boostingCurvePlot(series: BoostingSeries, loss: string): PlotSpec {
  const curve = (name: string, values: readonly number[]): object[] =>
    thinCurve(series.iteration, values).map((point) => ({ ...point, label: name }))
  return plotSpec({
    description: `${loss} on training and validation rows after each boosting round; round ${series.best} was kept.`,
    data: rowsOf([...curve('Training', series.train), ...curve('Validation', series.validation)]),
    layer: [
      { mark: 'line', encoding: { color: seriesColor() } },
      {
        data: rowsOf([{ x: series.best }]),
        mark: { type: 'rule', color: palette.ink, strokeDash: [4, 4] },
        encoding: { x: amount('x', ''), y: { value: 0 }, y2: { value: 'height' } },
      },
    ],
    encoding: {
      x: amount('x', 'Boosting rounds', { axis: { format: ',d', tickCount: 6 } }),
      y: amount('y', loss, { scale: { zero: false }, axis: { tickCount: 5 } }),
    },
  })
}
