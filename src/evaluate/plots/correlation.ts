// Which columns move together. Blue moves alike, orange opposite, pale means little.
import { palette, plotWidth } from './theme.js'
import { plotSpec, type PlotSpec, rowsOf } from './spec.js'

/** @param values - values[i][j], symmetric, −1 to 1; NaN or null where it is undefined */
export function correlationPlot(names: readonly string[], values: readonly (readonly (number | null)[])[]): PlotSpec {
  // Without the diagonal, where every column agrees with itself.
  const rows = names.flatMap((_, i) =>
    names.slice(0, i).map((__, j) => {
      const value = values[i]?.[j] ?? null
      const strength = value === null || Number.isNaN(value) ? 0 : value
      return { i: `${i}`, j: `${j}`, strength: Math.abs(strength), sign: strength < 0 ? 'opposite' : 'alike', text: short(strength) }
    }),
  )
  const named = { labelExpr: `${JSON.stringify(names)}[toNumber(datum.value)]`, labelLimit: 110 }
  const textColor = { condition: { test: 'datum.strength > 0.55', value: palette.onAccent }, value: palette.ink }
  const channel = (field: string, axis: object): object => ({ field, type: 'nominal', sort: null, title: null, axis: { ...named, ...axis } })
  return plotSpec({
    description: `Correlation of ${names.length} numeric columns.${strongest(names, values)}`,
    height: Math.min(plotWidth, 110 + 30 * names.length),
    data: rowsOf(rows),
    layer: [
      {
        mark: { type: 'rect', stroke: palette.paper, strokeWidth: 2 },
        encoding: {
          color: { condition: { test: "datum.sign === 'opposite'", value: palette.warning }, value: palette.accent },
          fillOpacity: { field: 'strength', type: 'quantitative', legend: null, scale: { domain: [0, 1], range: [0.04, 1] } },
        },
      },
      // More cells than 12 × 12 are too small for a number.
      ...(names.length <= 12 ? [{ mark: { type: 'text', fontSize: 11 }, encoding: { text: { field: 'text', type: 'nominal' }, color: textColor } }] : []),
    ],
    encoding: { x: channel('j', { labelAngle: -40 }), y: channel('i', {}) },
  })
}

const short = (value: number): string => value.toFixed(2).replace(/^(-?)0\./, '$1.').replace('-', '−')

function strongest(names: readonly string[], values: readonly (readonly (number | null)[])[]): string {
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
