// For whom the model is worse.
import { slicesPlot } from '../plots/index.js'
import { figure, type Section, table } from './blocks.js'
import { count, range, score } from './format.js'
import { cut, type Html, html } from './html.js'
import type { MetricInfo, SliceResults, SliceScore } from './report-data.js'

const SHOWN = 12

/** The worst slices with their counts and intervals. */
export async function slicesSection(slices: SliceResults): Promise<Section> {
  const { metric, worst, overall } = slices
  const shown = worst.slice(0, SHOWN)
  const rows = shown.map((slice) => ({
    label: `${slice.column}: ${slice.value}`,
    score: slice.score,
    low: slice.low ?? slice.score,
    high: slice.high ?? slice.score,
    isWorse: isClearlyWorse(slice, slices),
  }))
  const drawing = await figure('slices', slicesPlot(rows, metric.label, overall), [
    `${metric.label} in the worst slices`,
    `Dashed: all test rows, ${score(metric, overall)}${rows.some((row) => row.isWorse) ? '; orange: clearly worse' : ''}`,
  ])
  return {
    id: 'slices',
    short: 'Slices',
    title: 'Where it does worst',
    body: html`<p class="lede">${reading(slices)}</p>
      <div class="pair">
        ${drawing}
        <div>${sliceTable(shown, metric)}</div>
      </div>`,
  }
}

/** The whole interval lies on the bad side of the score of all rows. */
export function isClearlyWorse({ low, high }: SliceScore, { metric, overall }: SliceResults): boolean {
  if (low === undefined || high === undefined) return false
  return metric.greaterIsBetter ? high < overall : low > overall
}

function sliceTable(shown: readonly SliceScore[], metric: MetricInfo): Html {
  return table(
    ['Slices', 'Worst first'],
    [['Slice'], ['Rows', 'n'], [metric.label, 'n'], ['95% interval', 'n']],
    shown.map(({ column, value, rows, score: at, low, high }) => ({
      cells: [
        html`${cut(column, 30)}<br /><span class="soft">${cut(value, 40)}</span>`,
        count(rows),
        score(metric, at),
        low === undefined || high === undefined ? '' : range(metric, { low, high }),
      ],
    })),
  )
}

function reading(slices: SliceResults): Html {
  const { examined, worst } = slices
  const worse = worst.filter((slice) => isClearlyWorse(slice, slices))
  const looked = html`${count(examined)} slices of the test rows were examined, by value or by range of each
  column. `
  const chance = 'Among so many slices some look bad by chance.'
  if (worst[0]?.low === undefined) return html`${looked}The lowest is ${naming(worst[0])}. ${chance}`
  if (worse.length === 0) return html`${looked}None is clearly worse than the whole.`
  return html`${looked}<strong>${count(worse.length)}</strong> ${worse.length === 1 ? 'is' : 'are'} clearly
    worse than the whole, most of all ${naming(worse[0])}. ${chance}`
}

const naming = (slice: SliceScore | undefined): Html =>
  slice === undefined ? html`none` : html`<strong>${cut(slice.column)}: ${cut(slice.value)}</strong>`
