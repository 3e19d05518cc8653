// The ladder: what each step up from a constant answer buys.
import { ladderPlot } from '../plots/index.js'
import { andMore, figure, type Section, table } from './blocks.js'
import { duration, gainChange, gainRange, pValue, range, score, towards } from './format.js'
import { cut, type Html, html } from './html.js'
import type { LadderStep, Report } from './report-data.js'

/** More steps than this make the plot a list; the table still has them all. */
const PLOTTED = 16
const STEPS = 7

/** Models from the simplest up, on the same folds. */
export async function ladderSection(report: Report): Promise<Section> {
  const { ladder, job, verdict, data } = report
  const shown = ladder.length <= PLOTTED ? ladder : bestSteps(report)
  const plot = ladderPlot(
    shown.map((step) => ({
      ...step,
      ...step.score,
      score: step.score.value,
      isChosen: step.name === verdict.betterChoice,
    })),
    job.metric.label,
  )
  const drawing = await figure('ladder', plot, [
    'Validation scores',
    `Mean and 95% interval over ${data.folds} folds`,
  ])
  return {
    id: 'ladder',
    short: 'Models',
    title: 'The ladder of models',
    body: html`<p class="lede">
        Every model was trained and scored on the same ${data.folds} folds of the training rows, so each step
        can be compared pair by pair. A gain that a paired test cannot tell from chance counts as noise.
      </p>
      <div class="pair">
        ${drawing}
        <div>
          <h3>What each step buys</h3>
          <ul class="steps">
            ${shown.slice(1, STEPS + 1).map((step) => stepItem(step, report))}
          </ul>
          ${andMore(shown.length - 1 - STEPS, 'models, in the table')}
        </div>
      </div>
      ${ladderTable(report)}`,
  }
}

/** The baseline and the best others, in the order of the ladder. */
function bestSteps({ ladder, job }: Report): readonly LadderStep[] {
  const sign = towards(job.metric)
  const ranked = ladder.toSorted((a, b) => sign * (b.score.value - a.score.value))
  const kept = new Set(ranked.slice(0, PLOTTED - 1))
  return ladder.filter((step) => step.isBaseline || kept.has(step))
}

function stepItem({ name, gain, note }: LadderStep, { job: { metric } }: Report): Html {
  if (gain === undefined) return html`<li><strong>${cut(name)}</strong> ${note ?? 'was not compared.'}</li>`
  const how = gain.isWithinNoise ? 'within noise' : gain.value > 0 ? 'a real gain' : 'a real loss'
  return html`<li>
    <strong>${cut(name)}</strong> ${gainChange(metric, gain.value)} over ${cut(gain.over)}
    <span class="soft">(${gainRange(metric, gain)}, ${pValue(gain.pValue)})</span>: ${how}.
  </li>`
}

function ladderTable(report: Report): Html {
  const { ladder, job } = report
  return table(
    ['All models', 'Times are of one fit on the training rows, and of predicting 1,000 rows.'],
    [
      ['Model'],
      [job.metric.label, 'n'],
      ['95% interval', 'n'],
      ['Step', 'n'],
      ['Test', 'n'],
      ['Fit', 'n'],
      ['1,000 rows', 'n'],
    ],
    ladder.map((step) => ({
      isMarked: step.name === report.verdict.betterChoice,
      cells: [
        html`${cut(step.name)}${chips(step, report)}${step.note !== undefined && html`<br /><span class="soft">${step.note}</span>`}`,
        score(job.metric, step.score.value),
        range(job.metric, step.score),
        step.gain === undefined ? '' : gainChange(job.metric, step.gain.value),
        step.gain === undefined ? '' : pValue(step.gain.pValue),
        duration(step.fitSeconds),
        duration(step.predictSecondsPer1000),
      ],
    })),
  )
}

function chips({ name, isBaseline }: LadderStep, { verdict }: Report): readonly Html[] {
  const chip = (text: string, tone = ''): Html => html`<span class="chip ${tone}">${text}</span>`
  return [
    ...(isBaseline ? [chip('baseline')] : []),
    ...(name === verdict.betterChoice ? [chip('better choice', 'accent')] : []),
    ...(name === verdict.best && verdict.best !== verdict.betterChoice ? [chip('highest score')] : []),
    ...(name === verdict.model && verdict.model !== verdict.betterChoice ? [chip('judged here')] : []),
  ]
}
