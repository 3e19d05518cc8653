// Residuals against predictions: a shape in the cloud is something the model has missed.
import { palette } from './theme.js'
import { amount, guideLine, plotSpec, type PlotSpec, rowsOf, shortZero } from './spec.js'
import { rounded, sampleRows } from './thin.js'

/** True and predicted values of the same rows, length n. */
export interface PredictedValues {
  readonly actual: readonly number[]
  readonly predicted: readonly number[]
}

/** A cloud: large numbers written short on the axes, dots that show where many lie. */
const dots = { type: 'point', size: 14, opacity: 0.35 }

const wide = {
  scale: { zero: false, nice: true },
  axis: { format: '~s', labelExpr: shortZero, tickCount: 5 },
}

/** @param unit - the target's name and unit, for the axes */
export function residualsPlot({ actual, predicted }: PredictedValues, unit: string): PlotSpec {
  const rows = [...sampleRows(actual.length)].map((i) => ({
    x: rounded(predicted[i]!),
    y: rounded(actual[i]! - predicted[i]!),
  }))
  const xs = rows.map((row) => row.x)
  return plotSpec({
    description: `Residual (true minus predicted ${unit}) against the prediction, ${rows.length} rows.`,
    data: rowsOf(rows),
    layer: [{ mark: dots }, guideLine([least(xs), 0], [greatest(xs), 0])],
    encoding: { x: amount('x', `Predicted ${unit}`, wide), y: amount('y', 'True − predicted', wide) },
  })
}

/** True values against predictions; the dashed line is a perfect prediction. */
export function actualVsPredictedPlot({ actual, predicted }: PredictedValues, unit: string): PlotSpec {
  const rows = [...sampleRows(actual.length)].map((i) => ({
    x: rounded(predicted[i]!),
    y: rounded(actual[i]!),
  }))
  const all = rows.flatMap(({ x, y }) => [x, y])
  const [low, high] = [least(all), greatest(all)]
  return plotSpec({
    description: `True ${unit} against predicted ${unit}, ${rows.length} rows; the dashed line is a perfect prediction.`,
    data: rowsOf(rows),
    layer: [{ mark: dots }, guideLine([low, low], [high, high])],
    encoding: { x: amount('x', `Predicted ${unit}`, wide), y: amount('y', `True ${unit}`, wide) },
  })
}

/** Residuals sorted against the quantiles of a normal distribution: a straight line when errors are normal. */
export function residualQuantilesPlot({ actual, predicted }: PredictedValues): PlotSpec {
  const residuals = actual.map((value, i) => value - predicted[i]!).sort((a, b) => a - b)
  const n = residuals.length
  // 200 quantiles show both tails; all rows would only thicken the middle.
  const shown = Math.min(n, 200)
  const rows = Array.from({ length: shown }, (_, j) => {
    const at = shown < 2 ? 0 : Math.round((j * (n - 1)) / (shown - 1))
    return { x: rounded(normalQuantile((at + 0.5) / n)), y: rounded(residuals[at]!) }
  })
  const middle = [quantile(residuals, 0.25), quantile(residuals, 0.75)] as const
  const slope = (middle[1] - middle[0]) / (2 * normalQuantile(0.75))
  const center = (middle[0] + middle[1]) / 2
  const edge = rows.at(-1)?.x ?? 0
  return plotSpec({
    description: `Quantiles of ${n} residuals against a normal distribution; points off the dashed line are heavy tails or skew.`,
    data: rowsOf(rows),
    layer: [
      { mark: { type: 'point', size: 16, opacity: 0.7 } },
      guideLine([-edge, center - slope * edge], [edge, center + slope * edge]),
    ],
    encoding: {
      x: amount('x', 'Normal quantile'),
      y: amount('y', 'Residual', {
        scale: { zero: false },
        axis: { format: '~s', labelExpr: shortZero, tickCount: 5 },
      }),
    },
  })
}

/** Counts of residuals in equal steps between the 1st and 99th percentile, the ends taking the rest. */
export function residualHistogramPlot({ actual, predicted }: PredictedValues): PlotSpec {
  const residuals = actual.map((value, i) => value - predicted[i]!).sort((a, b) => a - b)
  const [low, high] = [quantile(residuals, 0.01), quantile(residuals, 0.99)]
  // 36 bars of 10 pixels fill the plot.
  const bars = 36
  const step = high > low ? (high - low) / bars : 1
  const counts = Array.from({ length: bars }, () => 0)
  for (const residual of residuals)
    counts[Math.min(bars - 1, Math.max(0, Math.floor((residual - low) / step)))]! += 1
  const rows = counts.map((count, i) => ({
    from: rounded(low + i * step),
    to: rounded(low + (i + 1) * step),
    count,
  }))
  return plotSpec({
    description: `Histogram of ${residuals.length} residuals between ${low.toPrecision(3)} and ${high.toPrecision(3)}; the outermost bars hold what lies beyond.`,
    data: rowsOf(rows),
    mark: { type: 'bar', stroke: palette.paper, strokeWidth: 1 },
    encoding: {
      x: amount('from', 'True − predicted', {
        bin: 'binned',
        axis: { format: '~s', labelExpr: shortZero, tickCount: 6, grid: false },
        scale: { zero: false, nice: false },
      }),
      x2: { field: 'to' },
      y: amount('count', 'Rows', { axis: { format: '~s', tickCount: 4 } }),
    },
  })
}

const least = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity)
const greatest = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity)

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN

/** The quantile of the normal distribution (Acklam's rational approximation is not needed: bisection of erf is exact enough here). */
function normalQuantile(p: number): number {
  let [low, high] = [-8, 8]
  // 40 halvings of 16 leave 1.5e-11, far below a pixel.
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (normalBelow(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** The share of a normal distribution below z (Abramowitz & Stegun 1964, 26.2.17; absolute error below 7.5e-8). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  const tail =
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return z > 0 ? 1 - tail : tail
}
