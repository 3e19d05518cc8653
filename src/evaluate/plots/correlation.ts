// Which columns move together. Blue moves alike, orange opposite, pale means little.
import { MATRIX_LABEL, matrixSize, plotSpec, type PlotSpec, rowsOf } from './spec.js'
import { palette } from './theme.js'

/** values[i][j], symmetric, −1 to 1; NaN or null where it is undefined. */
type Matrix = readonly (readonly (number | null)[])[]

/** Draws the lower triangle of a correlation matrix. */
export function correlationPlot(names: readonly string[], values: Matrix): PlotSpec {
  return plotSpec({
    description: `Correlation of ${names.length} numeric columns.${strongest(names, values)}`,
    ...matrixSize(names.slice(1), names.length <= 5 ? 48 : names.length <= 12 ? 30 : 22),
    data: rowsOf(cells(names, values)),
    // More cells than 12 × 12 are too small for a number.
    layer: names.length <= 12 ? [tiles, texts] : [tiles],
    encoding: {
      x: channel('j', names, { labelAngle: names.length > 12 ? -90 : -40 }),
      y: channel('i', names, {}),
    },
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
      condition: { test: "datum.sign === 'opposite'", value: palette.heatOpposite },
      value: palette.heat,
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
  encoding: { text: { field: 'text', type: 'nominal' } },
}

/** Columns go by number: a name may occur twice. As JSON a name is a string of the expression, whatever it holds. */
const channel = (field: string, names: readonly string[], axis: object): object => ({
  field,
  type: 'nominal',
  sort: null,
  title: null,
  axis: { labelExpr: `${JSON.stringify(names)}[toNumber(datum.value)]`, labelLimit: MATRIX_LABEL, ...axis },
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
