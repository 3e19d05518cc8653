// For whom the model is worse.
import { slicesPlot } from '../plots/index.js'
import { figure, type Section, table } from './blocks.js'
import { count, range, score } from './format.js'
import { cut, type Html, html } from './html.js'
import type { Slice, Slices } from './report-data.js'

const SHOWN = 12

/** The worst slices with their counts and intervals. */
export async function slicesSection(slices: Slices): Promise<Section> {
  const { metric, worst, overall } = slices
  const shown = worst.slice(0, SHOWN)
  const rows = shown.map((slice) => ({ ...slice, label: `${slice.column}: ${slice.group}`, score: slice.value }))
  const drawing = await figure('slices', slicesPlot(rows, metric.label, overall), [
    `${metric.label} in the worst slices`,
    `Dashed: all test rows, ${score(metric, overall)}; orange: clearly worse`,
  ])
  const list = table(
    ['Slices', 'Worst first'],
    [['Slice'], ['Rows', 'n'], [metric.label, 'n'], ['95% interval', 'n']],
    shown.map((slice) => ({
      cells: [
        html`${cut(slice.column, 30)}<br><span class="soft">${cut(slice.group, 40)}</span>`,
        count(slice.rows),
        html`${score(metric, slice.value)}`,
        range(metric, slice),
      ],
    })),
  )
  return {
    id: 'slices',
    short: 'Slices',
    title: 'Where it does worst',
    body: html`<p class="lede">${reading(slices)}</p><div class="pair">${drawing}<div>${list}</div></div>`,
  }
}

function reading({ examined, worst }: Slices): Html {
  const worse = worst.filter((slice) => slice.isWorse)
  const first = worse[0]
  const looked = html`${count(examined)} slices of the test rows were examined, by value or by range of each column. `
  if (first === undefined) return html`${looked}None is clearly worse than the whole.`
  return html`${looked}<strong>${count(worse.length)}</strong> ${worse.length === 1 ? 'is' : 'are'} clearly worse than the whole, most of all ${naming(first)}. Among so many slices some look bad by chance.`
}

const naming = ({ column, group }: Slice): Html => html`<strong>${cut(column)}: ${cut(group)}</strong>`
