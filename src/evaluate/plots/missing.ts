// How much of each column is missing.
import { palette, rowsHeight } from './theme.js'
import { amount, label, plotSpec, type PlotSpec, rowsOf } from './spec.js'

/** One column with missing values. */
export interface MissingRow {
  readonly column: string
  /** Share of rows without a value, 0 to 1. */
  readonly share: number
}

/** Draws the share of missing rows per column, in the order given. */
export function missingPlot(rows: readonly MissingRow[]): PlotSpec {
  const values = rows.map(({ column, share }) => ({ column, share, text: percent(share) }))
  return plotSpec({
    description: `Share of missing values in ${rows.length} columns: ${values
      .slice(0, 5)
      .map(({ column, text }) => `${column} ${text}`)
      .join(', ')}.`,
    height: rowsHeight(rows.length),
    data: rowsOf(values),
    layer: [
      { mark: { type: 'bar', height: 12, cornerRadiusEnd: 2, color: palette.accent } },
      {
        mark: { type: 'text', align: 'left', dx: 5, fontSize: 11 },
        encoding: { text: { field: 'text', type: 'nominal' } },
      },
    ],
    encoding: {
      y: label('column'),
      x: amount('share', 'Missing', {
        // Room for the text beside a full bar.
        scale: { domain: [0, Math.min(1.12, 1.25 * Math.max(0.01, ...rows.map((row) => row.share)))] },
        axis: { format: '.0~%', tickCount: 5 },
      }),
    },
  })
}

/** Whole percents, finer where that would read 0. */
const percent = (share: number): string =>
  share >= 0.095
    ? `${Math.round(100 * share)}%`
    : share > 0 && share < 0.001
      ? '< 0.1%'
      : `${(100 * share).toFixed(1)}%`
