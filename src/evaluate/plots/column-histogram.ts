// How the values of one column are spread.
import { palette, plotHeight, rowsHeight } from './theme.js'
import { amount, label, plotSpec, type PlotSpec, rowsOf, shortZero } from './spec.js'
import { rounded } from './thin.js'

/** Counts of a column: of ranges (one more edge than counts), or of its commonest values. */
export type ColumnCounts =
  | { readonly type: 'ranges'; readonly edges: readonly number[]; readonly counts: readonly number[] }
  | { readonly type: 'values'; readonly values: readonly string[]; readonly counts: readonly number[] }

/** Draws a histogram of ranges, or bars of values in the order given. */
export function columnHistogramPlot(column: string, counts: ColumnCounts): PlotSpec {
  return counts.type === 'ranges' ? rangesPlot(column, counts) : valuesPlot(column, counts)
}

function rangesPlot(column: string, { edges, counts }: Extract<ColumnCounts, { type: 'ranges' }>): PlotSpec {
  const rows = counts.map((count, i) => ({ from: rounded(edges[i]!), to: rounded(edges[i + 1]!), count }))
  return plotSpec({
    description: `Histogram of ${column} in ${counts.length} ranges.`,
    height: plotHeight - 60,
    data: rowsOf(rows),
    mark: { type: 'bar', stroke: palette.paper, strokeWidth: 1 },
    encoding: {
      x: amount('from', column, {
        bin: 'binned',
        axis: { format: '~s', labelExpr: shortZero, tickCount: 6, grid: false },
        scale: { zero: false, nice: false },
      }),
      x2: { field: 'to' },
      y: amount('count', 'Rows', { axis: { format: '~s', tickCount: 4 } }),
    },
  })
}

function valuesPlot(column: string, { values, counts }: Extract<ColumnCounts, { type: 'values' }>): PlotSpec {
  const rows = values.map((value, i) => ({ value, count: counts[i] ?? 0 }))
  return plotSpec({
    description: `Counts of the ${values.length} commonest values of ${column}.`,
    height: rowsHeight(values.length),
    data: rowsOf(rows),
    mark: { type: 'bar', height: 12, cornerRadiusEnd: 2 },
    encoding: {
      y: label('value'),
      x: amount('count', 'Rows', { axis: { format: '~s', tickCount: 5 } }),
    },
  })
}
