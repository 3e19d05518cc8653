// Which class was taken for which. The color is the share of the row, so that rare classes are seen as well.
import { palette } from './theme.js'
import { MATRIX_LABEL, matrixSize, plotSpec, type PlotSpec, rowsOf } from './spec.js'

/** Beyond this many classes numbers no longer fit their cells. */
const NUMBERED_CLASSES = 10

/** @param counts - counts[actual][predicted], k × k */
export function confusionMatrixPlot(
  classes: readonly string[],
  counts: readonly (readonly number[])[],
): PlotSpec {
  const k = classes.length
  const rows = classes.flatMap((actual, a) => {
    const total = (counts[a] ?? []).reduce((sum, count) => sum + count, 0)
    return classes.map((predicted, p) => cell({ actual, predicted, count: counts[a]?.[p] ?? 0, total }))
  })
  const isNumbered = k <= NUMBERED_CLASSES
  return plotSpec({
    description: `Confusion matrix of ${k} classes: rows are the true class, columns the predicted one; fuller color means a larger share of the row.`,
    ...matrixSize(classes, k <= 3 ? 100 : k <= 6 ? 50 : k <= NUMBERED_CLASSES ? 34 : 17),
    data: rowsOf(rows),
    layer: [
      {
        mark: { type: 'rect', color: palette.heat, stroke: palette.paper, strokeWidth: 2 },
        encoding: {
          fillOpacity: {
            field: 'share',
            type: 'quantitative',
            legend: null,
            scale: { domain: [0, 1], range: [0.05, 1] },
          },
        },
      },
      ...(isNumbered ? cellTexts(k) : []),
    ],
    encoding: {
      x: classChannel('predicted', 'Predicted', {
        orient: 'top',
        labelAngle: k > NUMBERED_CLASSES ? -90 : k > 4 ? -40 : 0,
        labelLimit: k > 4 ? 90 : 380 / k,
      }),
      y: classChannel('actual', 'True', { labelLimit: MATRIX_LABEL }),
    },
  })
}

interface Cell {
  readonly actual: string
  readonly predicted: string
  readonly count: number
  readonly total: number
}

function cell({ actual, predicted, count, total }: Cell): object {
  const share = total > 0 ? count / total : 0
  return {
    actual,
    predicted,
    share: Number(share.toFixed(4)),
    countText: count.toLocaleString('en-US', { maximumFractionDigits: 1 }),
    shareText: `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`,
  }
}

const classChannel = (field: string, title: string, axis: object): object => ({
  field,
  type: 'nominal',
  sort: null,
  title,
  axis,
})

function cellTexts(k: number): object[] {
  const text = (field: string, mark: object): object => ({
    mark: { type: 'text', ...mark },
    encoding: { text: { field, type: 'nominal' } },
  })
  if (k > 6) return [text('countText', { fontSize: 11 })]
  const big = k <= 3 ? 18 : 13
  return [
    text('countText', { fontSize: big, fontWeight: 600, dy: -8 }),
    text('shareText', { fontSize: 11, dy: 10 }),
  ]
}
