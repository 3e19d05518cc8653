// The model card: what is known of the model, and the places that only its owner can fill.
import { facts, type Section } from './blocks.js'
import { count, date } from './format.js'
import { cut, type Html, html } from './html.js'
import type { Report } from './report-data.js'
import { isClearlyWorse } from './slices-section.js'

/** Facts for whoever decides about using the model (after Mitchell et al. 2019, "Model cards for model reporting"). */
export function cardSection(report: Report): Section {
  const { card, data, job, verdict } = report
  const kind = report.ladder.find((step) => step.name === verdict.model)?.kind
  return {
    id: 'card',
    short: 'Model card',
    title: 'Model card',
    body: html`${facts([
      [
        'Model',
        html`${cut(verdict.model)}${kind !== undefined && html` <span class="soft">(${kind})</span>`}, of
        ${date(report.createdAt)}`,
      ],
      ['Predicts', html`${cut(job.target)}${job.unit !== undefined && `, in ${job.unit}`}`],
      ['Owner', card.owner ?? fill('Owner and contact')],
      [
        'Intended use',
        card.intendedUse ?? fill('What it is for, who uses it, and what it must not be used for'),
      ],
      [
        'Training data',
        html`${cut(data.source, 60)}: ${count(data.rows)} rows, ${count(data.featuresUsed)} of
        ${count(data.columns)} columns used`,
      ],
      ['Training', sentences(card.training)],
      ['Known limits', sentences([...card.limits, ...limitsFromFigures(report)])],
      [
        'Fairness',
        'Not examined. The slices above show scores by column, not whether different treatment is justified; which columns describe people is for the owner to say.',
      ],
    ])}`,
  }
}

const fill = (text: string): Html =>
  html`<div class="fill">To be filled by the owner: ${text.toLowerCase()}.</div>`

const sentences = (list: readonly string[]): Html | string =>
  list.length === 0
    ? 'None recorded.'
    : list.length === 1
      ? list[0]!
      : html`<ul class="plain">
          ${list.map((text) => html`<li>${text}</li>`)}
        </ul>`

/** Limits that follow from the figures on this page. */
function limitsFromFigures({ slices, classification, job, alerts }: Report): string[] {
  const limits: string[] = []
  const worse = slices?.worst.filter((slice) => isClearlyWorse(slice, slices)).length ?? 0
  if (worse > 0)
    limits.push(
      `It does clearly worse on ${worse === 1 ? 'one slice' : `${worse} slices`} of the rows: see “Where it does worst”.`,
    )
  const rare = classification?.confusion.filter((row) => row.reduce((a, b) => a + b, 0) < 30).length ?? 0
  // With fewer than 30 rows a share is known to about ± 18 points at best.
  if (rare > 0)
    limits.push(
      `${rare === 1 ? 'One class has' : `${rare} classes have`} fewer than 30 test rows, so their figures are rough.`,
    )
  const serious = alerts.filter((alert) => alert.severity === 'serious').length
  if (serious > 0)
    limits.push(`${serious === 1 ? 'A serious warning stands' : `${serious} serious warnings stand`} above.`)
  limits.push(
    `The scores hold for rows like these; for ${job.task === 'regression' ? 'values beyond those seen' : 'other populations or later times'} nothing was tested.`,
  )
  return limits
}
