// The gap between training and validation, and what more rows would bring.
import { boostingCurvePlot, learningCurvePlot } from '../plots/index.js'
import { figure, type Section } from './blocks.js'
import { type Html, html } from './html.js'
import { moreDataSentence, overfitSentence } from './learning-judgement.js'
import type { LearningResults, Report } from './report-data.js'

/** Learning curve, boosting rounds, and a sentence on each question. */
export async function learningSection({ job, ladder }: Report, learning: LearningResults): Promise<Section> {
  const baseline = ladder.find((step) => step.isBaseline)?.score.value
  const more = moreDataSentence(learning, job.metric)
  const words = html`<p class="lede">${overfitSentence(learning, job.metric, baseline)}</p>
    ${more !== undefined && html`<p class="lede">${more}</p>`}`
  const drawings: Html[] = []
  if (learning.curve !== undefined && learning.curve.length > 1) {
    const plot = learningCurvePlot(learning.curve, job.metric.label)
    drawings.push(
      await figure('learning', plot, ['Learning curve', 'The band is the spread of the validation score']),
    )
  }
  if (learning.boosting !== undefined) {
    const { loss, best } = learning.boosting
    const plot = boostingCurvePlot(learning.boosting, loss)
    drawings.push(
      await figure('boosting', plot, ['Boosting rounds', `Dashed: round ${best}, which was kept`]),
    )
  }
  return {
    id: 'learning',
    short: 'Learning',
    title: 'Does it overfit, would more data help?',
    // One drawing leaves room for the words beside it.
    body:
      drawings.length === 1
        ? html`<div class="pair">
            ${drawings}
            <div>${words}</div>
          </div>`
        : html`${words}
            <div class="pair">${drawings}</div>`,
  }
}
