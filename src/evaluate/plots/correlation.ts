// Which columns move together. Blue moves alike, orange opposite, pale means little.
import { plotSpec, type PlotSpec, rowsOf } from './spec.js'
import { palette, plotWidth } from './theme.js'

/** values[i][j], symmetric, −1 to 1; NaN or null where it is undefined. */
type Matrix = readonly (readonly (number | null)[])[]

/** Draws the lower triangle of a correlation matrix. */
export function correlationPlot(names: readonly string[], values: Matrix): PlotSpec {
  return plotSpec({
    description: `Correlation of ${names.length} numeric columns.${strongest(names, values)}`,
    height: Math.min(plotWidth, 110 + 30 * names.length),
    data: rowsOf(cells(names, values)),
    // More cells than 12 × 12 are too small for a number.
    layer: names.length <= 12 ? [tiles, texts] : [tiles],
    encoding: { x: channel('j', names, { labelAngle: -40 }), y: channel('i', names, {}) },
  })
}

/** Without the diagonal, where every column agrees with itself. */
function cells(names: readonly string[], values: Matrix): object[] {
  return names.flatMap((_, i) =>
    names.slice(0, i).map((__, j) => {
      const value = values[i]?.[j] ?? 0
      const known = Number.isNaN(value) ? 0 : value
      return {
        i: `${i}`,
        j: `${j}`,
        strength: Math.abs(known),
        sign: known < 0 ? 'opposite' : 'alike',
        text: short(known),
      }
    }),
  )
}

const tiles = {
  mark: { type: 'rect', stroke: palette.paper, strokeWidth: 2 },
  encoding: {
    color: {
      condition: { test: "datum.sign === 'opposite'", value: palette.warning },
      value: palette.accent,
    },
    fillOpacity: {
      field: 'strength',
      type: 'quantitative',
      legend: null,
      scale: { domain: [0, 1], range: [0.04, 1] },
    },
  },
}

const texts = {
  mark: { type: 'text', fontSize: 11 },
  encoding: {
    text: { field: 'text', type: 'nominal' },
    color: { condition: { test: 'datum.strength > 0.55', value: palette.onAccent }, value: palette.ink },
  },
}

/** Columns go by number: a name may occur twice. As JSON a name is a string of the expression, whatever it holds. */
const channel = (field: string, names: readonly string[], axis: object): object => ({
  field,
  type: 'nominal',
  sort: null,
  title: null,
  axis: { labelExpr: `${JSON.stringify(names)}[toNumber(datum.value)]`, labelLimit: 110, ...axis },
})

const short = (value: number): string =>
  value
    .toFixed(2)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−')

function strongest(names: readonly string[], values: Matrix): string {
  let [best, text] = [0, '']
  for (let i = 0; i < names.length; i++) {
    for (let j = 0; j < i; j++) {
      const value = values[i]?.[j] ?? 0
      if (Math.abs(value) <= best) continue
      best = Math.abs(value)
      text = ` The strongest is ${names[j]} with ${names[i]}: ${short(value)}.`
    }
  }
  return text
}
