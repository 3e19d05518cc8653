// The one look of all plots: a calm page, one accent, hairline grids. Hexadecimal values are unique per role, so that a
// page can exchange them for its own light and dark tokens.

/** Colors by role. Text roles reach contrast AA on white, mark roles 3:1. */
export const palette = {
  ink: '#1c2127',
  muted: '#59636e',
  /** Grid lines. */
  hairline: '#e4e7eb',
  /** Marks that are context, not the message. */
  neutral: '#8a949f',
  accent: '#2457c5',
  warning: '#a94d06',
  /** Full cells of a heat map, light enough that ink stays readable on them; and those of the opposite sign. */
  heat: '#6f94e3',
  heatOpposite: '#e0985a',
  paper: '#ffffff',
} as const

/** Colors of classes: six hues of like lightness that stay apart with color-blind eyes, the accent first. */
export const categories = ['#2457c6', '#c2570c', '#0f7f79', '#7d4bb4', '#b02a5b', '#64720f'] as const

/** Width of every plot in pixels: two of them stand beside each other on a page, one fits a phone. */
export const plotWidth = 460

/** Height of a plot of curves in pixels. */
export const plotHeight = 300

/** Height of a plot of horizontal rows: 24 pixels a row hold a 12 pixel label and air, 56 hold the axis. */
export const rowsHeight = (rows: number): number => 56 + 24 * rows

const axis = {
  domain: false,
  ticks: false,
  grid: true,
  gridColor: palette.hairline,
  labelColor: palette.muted,
  labelFontSize: 11,
  labelPadding: 6,
  labelLimit: 150,
  labelFlush: false,
  titleColor: palette.muted,
  titleFontSize: 12,
  titleFontWeight: 'normal',
  titlePadding: 10,
}

/** The Vega-Lite configuration of every plot. */
export const themeConfig = {
  // Each mark would carry its own label: long files, and a screen reader would read every point.
  aria: false,
  background: 'transparent',
  font: 'system-ui, sans-serif',
  padding: 4,
  view: { stroke: null },
  axis,
  axisBand: { grid: false, labelColor: palette.ink, labelFontSize: 12 },
  legend: {
    labelColor: palette.ink,
    labelFontSize: 12,
    labelLimit: 130,
    title: null,
    orient: 'bottom',
    direction: 'horizontal',
    columns: 3,
    rowPadding: 6,
    columnPadding: 16,
    symbolStrokeWidth: 3,
  },
  line: { color: palette.accent, strokeWidth: 2, strokeCap: 'round', strokeJoin: 'round' },
  rule: { color: palette.neutral },
  bar: { color: palette.accent },
  text: { color: palette.ink, fontSize: 12 },
  point: { color: palette.accent, filled: true, size: 50, opacity: 1 },
  range: { category: [...categories] },
}
