// Dots with intervals, one row each: the models of the ladder, metrics, importances, slices.
import { palette, rowsHeight } from './theme.js'
import { amount, brief, label, plotSpec, type PlotSpec, rowsOf } from './spec.js'

/** One row: a value with its interval. */
export interface IntervalRow {
  readonly label: string
  readonly value: number
  /** Ends of the interval; the value itself where there is none. */
  readonly low: number
  readonly high: number
  /** How it stands out: the message, context, or a fault. */
  readonly tone: 'accent' | 'neutral' | 'warning'
  /** It lies beyond the end of the scale: an arrow with the value stands there. */
  readonly beyond?: 'low' | 'high' | undefined
}

/** What a plot of rows says around them. */
export interface IntervalFrame {
  readonly title: string
  readonly description: string
  /** A value that all rows are held against, drawn as a dashed line. */
  readonly reference?: number | undefined
  /** Bars from zero instead of dots, for amounts. */
  readonly isBars?: boolean | undefined
  /** Pixels for the labels; longer ones are cut. @default 170 */
  readonly labelWidth?: number | undefined
  /** The scale, where it does not follow from the rows. */
  readonly domain?: readonly [number, number] | undefined
}

const toneColor = {
  condition: [
    { test: "datum.tone === 'accent'", value: palette.accent },
    { test: "datum.tone === 'warning'", value: palette.warning },
  ],
  value: palette.neutral,
}

/** Draws rows in the order given, each with its interval. */
export function intervalPlot(rows: readonly IntervalRow[], frame: IntervalFrame): PlotSpec {
  const values = rows.map((row, i) => ({
    ...row,
    key: `${i}`,
    beyond: row.beyond ?? 'no',
    text: row.beyond === 'high' ? `${brief(row.value)} →` : `← ${brief(row.value)}`,
  }))
  const named = { labelExpr: 'data("names")[toNumber(datum.value)].label' }
  const isBars = frame.isBars ?? false
  return plotSpec({
    description: frame.description,
    height: rowsHeight(rows.length),
    data: { name: 'names', ...rowsOf(values) },
    layer: [...reference(frame.reference), ...marks(isBars), ...arrows(rows)],
    encoding: {
      // Rows are keyed by number: two rows may carry the same label.
      y: label('key', {
        scale: { domain: values.map((row) => row.key) },
        axis: { ...named, labelLimit: frame.labelWidth ?? 170 },
      }),
      x: amount('value', frame.title, {
        scale: { zero: isBars, nice: true, ...(frame.domain && { domain: frame.domain }) },
        axis: { tickCount: 5 },
      }),
    },
  })
}

function marks(isBars: boolean): object[] {
  const interval = { x: amount('low', ''), x2: { field: 'high' } }
  const body = isBars
    ? { mark: { type: 'bar', height: 10, cornerRadiusEnd: 2 }, encoding: { color: toneColor } }
    : { mark: { type: 'point', size: 70 }, encoding: { color: toneColor } }
  const whisker = {
    mark: { type: 'rule', strokeWidth: isBars ? 1.5 : 2.5 },
    encoding: { ...interval, color: isBars ? { value: palette.ink } : toneColor },
  }
  const isWithin = { transform: [{ filter: "datum.beyond === 'no'" }] }
  return (isBars ? [body, whisker] : [whisker, body]).map((layer) => ({ ...isWithin, ...layer }))
}

/** Values beyond an end of the scale, as text at that end. */
function arrows(rows: readonly IntervalRow[]): object[] {
  return (['low', 'high'] as const)
    .filter((side) => rows.some((row) => row.beyond === side))
    .map((side) => ({
      transform: [{ filter: `datum.beyond === '${side}'` }],
      mark: {
        type: 'text',
        align: side === 'low' ? 'left' : 'right',
        dx: side === 'low' ? 4 : -4,
        color: palette.muted,
      },
      encoding: { x: { value: side === 'low' ? 0 : 'width' }, text: { field: 'text', type: 'nominal' } },
    }))
}

function reference(value: number | undefined): object[] {
  if (value === undefined) return []
  return [
    {
      data: rowsOf([{ reference: value }]),
      mark: { type: 'rule', strokeDash: [4, 4] },
      encoding: { x: amount('reference', ''), y: { value: 0 }, y2: { value: 'height' } },
    },
  ]
}
