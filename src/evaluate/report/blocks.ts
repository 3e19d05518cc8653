// The parts that sections are built from: a titled section, a drawing with its caption, a table that scrolls by itself.
import { type PlotSpec, renderSvg } from '../plots/index.js'
import { type Html, html, trusted } from './html.js'
import { withTokens } from './tokens.js'

/** A part of the page with a place in its contents. */
export interface Section {
  /** The anchor, unique in the page. */
  readonly id: string
  /** The name in the contents. */
  readonly short: string
  readonly title: string
  readonly body: Html
}

/** A drawing with its caption; `name` is unique in the page. */
export async function figure(
  name: string,
  spec: PlotSpec,
  [title, aside]: readonly [string, string?],
): Promise<Html> {
  const svg = withTokens(await renderSvg(spec, { idPrefix: name }))
  const caption = html`<figcaption>${title}${aside !== undefined && html`<span>${aside}</span>`}</figcaption>`
  return html`<figure>${caption}${trusted(svg)}</figure>`
}

/** A column of a table: its heading, and whether it holds numbers. */
export type TableHead = readonly [name: string, kind?: 'n']

/** One row: cells in the order of the heads; the first names the row. */
export interface TableRow {
  readonly cells: readonly (Html | string)[]
  readonly isMarked?: boolean | undefined
}

/** A table in a box of its own that scrolls when it is too wide, also by keyboard. */
export function table(
  [title, aside]: readonly [string, string?],
  heads: readonly TableHead[],
  rows: readonly TableRow[],
): Html {
  const hasMarks = rows.some((row) => row.isMarked)
  const head = heads.map(([name, kind]) => html`<th scope="col" ${kindClass(kind)}>${name}</th>`)
  const body = rows.map(
    ({ cells, isMarked }) =>
      html`<tr${rowClass(isMarked, hasMarks)}>${cells.map((cell, i) => tableCell(cell, heads[i], i))}</tr>`,
  )
  const lede = aside === undefined ? '' : html`<span>${aside}</span>`
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${title}"><table><caption>${title}${lede}</caption><thead><tr${rowClass(false, hasMarks)}>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}

const kindClass = (kind: 'n' | undefined): Html => (kind === 'n' ? html` class="n"` : html``)

function rowClass(isMarked: boolean | undefined, hasMarks: boolean): Html {
  if (isMarked === true) return html` class="marked"`
  return hasMarks ? html` class="inset"` : html``
}

function tableCell(cell: Html | string, head: TableHead | undefined, place: number): Html {
  if (place === 0) return html`<th scope="row">${cell}</th>`
  return html`<td${kindClass(head?.[1])}>${cell}</td>`
}

/** Names and values, side by side. */
export function facts(entries: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`
}

/** `and n more`, where a list was cut. */
export const andMore = (hidden: number, noun: string): Html =>
  hidden > 0 ? html`<p class="quiet">and ${hidden.toLocaleString('en-US')} more ${noun}</p>` : html``
