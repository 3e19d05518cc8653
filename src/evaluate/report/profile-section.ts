// The data, column by column.
import { correlationPlot, missingPlot } from '../plots/index.js'
import { andMore, figure, type Section, table } from './blocks.js'
import { count, number, percent } from './format.js'
import { cut, type Html, html } from './html.js'
import type { ColumnSummary, DataProfile } from './profile-data.js'
import { spark } from './spark.js'

const COLUMNS = 60
const CORRELATED = 15
const GAPPY = 12

/** Facts, missing values, correlation, and a row per column. */
export async function profileSection(profile: DataProfile): Promise<Section> {
  const drawings = [...(await missingFigure(profile)), ...(await correlationFigure(profile))]
  return {
    id: 'data',
    short: 'Data',
    title: 'The data',
    body: html`<p class="lede">${summary(profile)}</p>
      ${drawings.length > 0 && html`<div class="pair">${drawings}${drawings.length === 1 && strongestPairs(profile)}</div>`}${columnTable(profile)}`,
  }
}

function summary({ rows, columns, duplicateRows, source }: DataProfile): Html {
  const kinds = new Map<string, number>()
  for (const { kind } of columns) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  const list = [...kinds].sort((a, b) => b[1] - a[1]).map(([kind, n]) => `${kind} ${count(n)}`)
  const cells = rows * columns.length
  const missing = columns.reduce((sum, column) => sum + column.missing, 0)
  const repeats =
    duplicateRows === undefined
      ? ''
      : duplicateRows === 0
        ? ' No row repeats another.'
        : ` ${count(duplicateRows)} rows repeat an earlier one.`
  return html`${cut(source, 60)} has <strong>${count(rows)} rows</strong> and
    <strong>${count(columns.length)} columns</strong> (${list.join(', ')});
    ${missing === 0 ? 'no value is missing' : `${percent(missing / cells)} of the values are missing`}.${repeats}`
}

async function missingFigure({ columns, rows }: DataProfile): Promise<Html[]> {
  const gappy = columns.filter((column) => column.missing > 0).sort((a, b) => b.missing - a.missing)
  // One column is said in the table as well as in a plot.
  if (gappy.length < 2) return []
  const shown = gappy.slice(0, GAPPY).map(({ name, missing }) => ({ column: name, share: missing / rows }))
  const more =
    gappy.length > GAPPY
      ? `The first ${GAPPY} of ${count(gappy.length)} columns with gaps`
      : 'Share of rows without a value'
  return [await figure('missing', missingPlot(shown), ['Missing values', more])]
}

async function correlationFigure({ correlation }: DataProfile): Promise<Html[]> {
  if (correlation === undefined || correlation.names.length < 2) return []
  const names = correlation.names.slice(0, CORRELATED)
  const values = correlation.values.slice(0, CORRELATED).map((row) => row.slice(0, CORRELATED))
  const which =
    correlation.names.length > CORRELATED
      ? `The ${CORRELATED} strongest related of ${count(correlation.names.length)} numeric columns`
      : 'Blue: alike, orange: opposite'
  return [await figure('correlation', correlationPlot(names, values), ['Correlation', which])]
}

/** The pairs of columns that move together most, as a table. */
function strongestPairs({ correlation }: DataProfile): Html | undefined {
  if (correlation === undefined) return undefined
  const { names, values } = correlation
  const pairs = names
    .slice(0, CORRELATED)
    .flatMap((b, i) => names.slice(0, i).map((a, j) => ({ a, b, value: values[i]?.[j] ?? 0 })))
    .sort((x, y) => Math.abs(y.value) - Math.abs(x.value))
  return html`<div>
    ${table(
      ['Strongest pairs'],
      [['Column'], ['With'], ['Correlation', 'n']],
      pairs.slice(0, 6).map(({ a, b, value }) => ({
        cells: [cut(a, 30), cut(b, 30), value.toFixed(2).replace('-', '\u2212')],
      })),
    )}
  </div>`
}

function columnTable({ columns, rows }: DataProfile): Html {
  // The target stands first, so that it is not cut away among thousands.
  const sorted = columns.toSorted((a, b) => Number(b.role === 'target') - Number(a.role === 'target'))
  return html`<div class="middle">
      ${table(
        ['Columns', 'As they stand in the source, the target first'],
        [['Column'], ['Kind'], ['Missing', 'n'], ['Distinct', 'n'], ['Distribution'], ['Values']],
        sorted.slice(0, COLUMNS).map((column) => ({ cells: columnCells(column, rows) })),
      )}
    </div>
    ${andMore(columns.length - COLUMNS, 'columns')}`
}

function columnCells(column: ColumnSummary, rows: number): (Html | string)[] {
  const { name, kind, role, missing, distinct, counts } = column
  const chip =
    role === undefined ? html`` : html`<span class="chip ${role === 'target' ? 'accent' : ''}">${role}</span>`
  return [
    html`${cut(name)}${chip}`,
    kind,
    missing === 0 ? html`<span class="soft">0</span>` : percent(missing / rows),
    count(distinct),
    counts === undefined ? '' : spark(counts),
    valueSummary(column),
  ]
}

function valueSummary({ numbers, span, counts, examples }: ColumnSummary): Html {
  if (numbers !== undefined) {
    const { min, median, max, mean, deviation } = numbers
    return html`${number(min)} to ${number(max)}, median ${number(median)}<br /><span class="soft"
        >mean ${number(mean)} ± ${number(deviation)}</span
      >`
  }
  if (span !== undefined) return html`${span.first} to ${span.last}`
  const shown = counts?.type === 'values' ? counts.values.slice(0, 3) : examples.slice(0, 3)
  return html`${shown.map((value, i) => html`${i > 0 && ', '}${cut(value, 28)}`)}${counts?.type === 'values' && counts.values.length > 3 && ', …'}`
}
