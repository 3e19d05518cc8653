// A histogram the size of a word, for tables of many columns: one path, no Vega.
import type { ColumnCounts } from '../plots/index.js'
import { percent } from './format.js'
import { type Html, html } from './html.js'

const WIDTH = 120
const HEIGHT = 28

/** Bars of the counts; the label says what they are to those who cannot see them. */
export function spark(counts: ColumnCounts): Html {
  const heights = counts.counts.slice(0, 30)
  const top = Math.max(1, ...heights)
  const step = WIDTH / Math.max(1, heights.length)
  // Bars of values stand apart and no wider than 14, ranges stand close.
  const width = counts.type === 'ranges' ? Math.max(1, step - 1) : Math.min(14, step - 3)
  const place = counts.type === 'ranges' ? step : width + 3
  const bars = heights.map((count, i) => {
    const height = count === 0 ? 0 : Math.max(1, (count / top) * HEIGHT)
    return `M${(i * place).toFixed(1)} ${HEIGHT}v${(-height).toFixed(1)}h${width.toFixed(1)}V${HEIGHT}z`
  })
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${describe(counts)}">
    <path d="${bars.join('')}" />
  </svg>`
}

function describe(counts: ColumnCounts): string {
  if (counts.type === 'ranges') return `histogram of ${counts.counts.length} ranges`
  const total = counts.counts.reduce((sum, count) => sum + count, 0)
  const first = [...(counts.values[0] ?? '')].slice(0, 40).join('')
  return `commonest value ${first}, ${percent((counts.counts[0] ?? 0) / Math.max(1, total))} of those shown`
}
