// Which columns the model relies on.
import { importancePlot } from '../plots/index.js'
import { andMore, figure, type Section, table } from './blocks.js'
import { count, gainChange, number, percent } from './format.js'
import { cut, type Html, html } from './html.js'
import type { ImportanceResults } from './report-data.js'

const PLOTTED = 15
const LISTED = 100

/** Permutation importance, drawn for the first columns and listed for the rest. */
export async function importanceSection({
  columns,
  metric,
  repeats,
  part,
}: ImportanceResults): Promise<Section> {
  const shown = columns.slice(0, PLOTTED)
  const drawing = await figure('importance', importancePlot(shown, metric.label), [
    columns.length > PLOTTED
      ? `The ${PLOTTED} most important of ${columns.length.toLocaleString('en-US')} columns`
      : 'Importance by column',
    'Bar: mean, line: one standard deviation either way',
  ])
  const list = table(
    ['What shuffling costs'],
    [['Column'], [metric.label, 'n'], ['Spread', 'n']],
    columns.slice(0, LISTED).map(({ column, mean, sd }) => ({
      cells: [cut(column), gainChange(metric, -mean), `± ${number(sd)}`],
    })),
  )
  return {
    id: 'importance',
    short: 'Importance',
    title: 'What the model relies on',
    body: html`<p class="lede">
        Each column of the ${part} rows was shuffled ${repeats} times: the more the score suffers, the more
        the model relies on it. ${useless(columns)} Columns that say the same share their importance, and none
        of this says what causes what.
      </p>
      <div class="pair">
        ${drawing}
        <div>
          ${
            columns.length > 12
              ? html`${leaders(columns, metric)}
                  <details>
                    <summary>
                      ${columns.length > LISTED ? `The first ${LISTED}` : 'All'} columns as a table
                    </summary>
                    ${list}${andMore(columns.length - LISTED, 'columns')}
                  </details>`
              : list
          }
        </div>
      </div>`,
  }
}

/** Columns whose shuffling does not hurt beyond its own spread. */
function useless(columns: ImportanceResults['columns']): Html {
  const idle = columns.filter(({ mean, sd }) => mean <= 2 * sd).length
  if (idle === 0) return html`Every column helps.`
  return html`<strong>${count(idle)}</strong> of ${count(columns.length)} columns (gray)
    ${idle === 1 ? 'makes' : 'make'} no difference beyond chance.`
}

function leaders(columns: ImportanceResults['columns'], metric: ImportanceResults['metric']): Html {
  const total = columns.reduce((sum, { mean }) => sum + Math.max(0, mean), 0)
  const items = columns.slice(0, 5).filter(({ mean }) => mean > 0)
  return html`<h3>What shuffling costs</h3>
    <ul class="steps">
      ${items.map(
        ({ column, mean }) =>
          html`<li>
            <strong>${cut(column)}</strong> ${gainChange(metric, -mean)} ${metric.label}
            <span class="soft">(${percent(mean / total)} of all importance)</span>
          </li>`,
      )}
    </ul>`
}
