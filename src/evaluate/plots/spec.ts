// A plot is data: a Vega-Lite specification as plain JSON, so that the report, a file and a web page draw the same.
import { textWidth } from './text-width.js'
import { plotHeight, plotWidth, themeConfig } from './theme.js'

/** A Vega-Lite 6 specification as plain JSON. `description` says in words what the plot shows. */
export interface PlotSpec {
  readonly $schema: string
  readonly description: string
  readonly [property: string]: unknown
}

/** What one plot says beyond the common frame. */
export interface PlotParts {
  readonly description: string
  readonly [property: string]: unknown
}

/** Puts a plot into the common frame: schema, theme and size. The size includes axes and legends. */
export function plotSpec(parts: PlotParts): PlotSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: plotWidth,
    height: plotHeight,
    autosize: { type: 'fit', contains: 'padding' },
    config: themeConfig,
    ...parts,
  }
}

/**
 * Sizes of a matrix of cells. Vega's own fitting gives up on many slanted labels, so the cells get what the labels of
 * the rows leave over.
 */
export function matrixSize(rowLabels: readonly string[], cellHeight: number): object {
  const labels = Math.max(...rowLabels.map((text) => Math.min(MATRIX_LABEL, textWidth(text, 12))))
  return {
    autosize: 'pad',
    width: Math.round(plotWidth - labels - 40),
    height: cellHeight * rowLabels.length,
  }
}

/** Pixels for the name of a row of a matrix. */
export const MATRIX_LABEL = 110

/** Inline rows. */
export const rowsOf = (values: readonly object[]): { readonly values: readonly object[] } => ({ values })

/** A quantitative channel. */
export const amount = (field: string, title: string, extra: object = {}): object => ({
  field,
  type: 'quantitative',
  title,
  ...extra,
})

/** A channel over shares, from 0 to 1, with the ends shown. */
export const share = (field: string, title: string): object =>
  amount(field, title, {
    scale: { domain: [0, 1] },
    axis: { format: '.0%', values: [0, 0.25, 0.5, 0.75, 1] },
  })

/** A channel of names, kept in the order of the rows. */
export const label = (field: string, extra: object = {}): object => ({
  field,
  type: 'nominal',
  sort: null,
  title: null,
  ...extra,
})

/** A dashed line from one point to another: the level of chance, the ideal. */
export const guideLine = (from: readonly [number, number], to: readonly [number, number]): object => ({
  data: rowsOf([from, to].map(([x, y]) => ({ x, y }))),
  mark: { type: 'line', color: '#8a949f', strokeWidth: 1, strokeDash: [4, 4] },
  encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
})

/** A number in a description or a label: three significant digits. */
export const brief = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'unknown'

/** Among thousands, zero is `0` and not `0k`. */
export const shortZero = "datum.value === 0 ? '0' : datum.label"
