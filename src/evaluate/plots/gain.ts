// Cumulative gain: how many positives are reached by taking the rows with the highest scores first.
import { curveLayer } from './roc.js'
import { guideLine, plotSpec, type PlotSpec, rowsOf, share } from './spec.js'
import { thinCurve } from './thin.js'

/** Rows taken from the highest score down. */
export interface GainSeries {
  /** Share of all rows taken, rising from 0 to 1. */
  readonly share: readonly number[]
  /** Share of all positives among them, rising from 0 to 1. */
  readonly gain: readonly number[]
}

/** Draws the gain with the diagonal of a random order; lift is their ratio. */
export function gainPlot({ share: taken, gain }: GainSeries): PlotSpec {
  const fifth = gainAt({ share: taken, gain }, 0.2)
  return plotSpec({
    description: `Cumulative gain: the 20% of rows with the highest scores hold ${Math.round(fifth * 100)}% of the positives.`,
    data: rowsOf(thinCurve(taken, gain).map((point, order) => ({ ...point, order }))),
    layer: [guideLine([0, 0], [1, 1]), curveLayer(false)],
    encoding: { x: share('x', 'Rows taken, highest score first'), y: share('y', 'Positives reached') },
  })
}

/** The share of positives among the first `portion` of rows, 0 to 1, by straight lines between the points. */
export function gainAt({ share: taken, gain }: GainSeries, portion: number): number {
  const after = taken.findIndex((value) => value >= portion)
  if (after <= 0) return gain[Math.max(after, 0)] ?? Number.NaN
  const [x0, x1] = [taken[after - 1]!, taken[after]!]
  const [y0, y1] = [gain[after - 1]!, gain[after]!]
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (portion - x0)) / (x1 - x0)
}
