// The top of the page: what came of it, in a sentence and four figures.
import {
  count,
  date,
  duration,
  gainChange,
  percent,
  pValue,
  range,
  score,
  scoreWithUnit,
  towards,
} from './format.js'
import { cut, type Html, html } from './html.js'
import type { LadderStep, Report } from './report-data.js'

const TASKS = { binary: 'two classes', multiclass: 'several classes', regression: 'a number' } as const

/** The header of the page. */
export function header(report: Report): Html {
  const { job, data } = report
  return html`<header>
    <p class="overline">Model report · ${cut(data.source, 60)} · ${date(report.createdAt)}</p>
    <h1>Predicting ${cut(job.target, 60)}</h1>
    <p class="verdict">${sentence(report)}</p>
    <div class="callout"><p>${choice(report)}</p></div>
    ${tiles(report)}
  </header>`
}

/** What the model reaches on rows that it has never seen, and what a constant answer reaches. */
function sentence({ job, verdict, data }: Report): Html {
  const { metric, unit } = job
  const test = data.parts.find((part) => part.name === 'test')
  const rows = test === undefined ? 'rows' : `${count(test.rows)} rows`
  if (Number.isNaN(verdict.score.value)) {
    return html`<strong>${cut(verdict.model)}</strong> is the best in validation. On the ${rows} that it has
      never seen, ${midSentence(metric.label)} has no meaning: they are of too few classes.`
  }
  const target = job.task === 'regression' || data.parts.length === 0 ? '' : classesText(job)
  return html`On ${rows} that it has never seen, <strong>${cut(verdict.model)}</strong>${target} reaches
    ${article(metric.label)} ${midSentence(metric.label)} of
    <strong>${scoreWithUnit(metric, verdict.score.value, unit)}</strong> (95% interval
    ${range(metric, verdict.score)}). Always giving the same answer reaches
    ${score(metric, verdict.baselineScore)}; ${metric.greaterIsBetter ? 'more' : 'less'} is better.`
}

const classesText = ({ task, positiveClass }: Report['job']): Html =>
  task === 'binary' && positiveClass !== undefined
    ? html`, asked for the chance of <strong>${cut(positiveClass)}</strong>,`
    : html``

const article = (label: string): string =>
  /^(a|e|i|o|f1|mse|mae|mape|rmse|r²|mcc)/i.test(label) ? 'an' : 'a'

/** `Log loss` becomes `log loss`; `ROC-AUC` stays. */
const midSentence = (label: string): string =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label

/** Whether the simpler model should be taken instead. */
function choice({ verdict, ladder, job }: Report): Html {
  const { model, best, betterChoice } = verdict
  const step = ladder.find((candidate) => candidate.name === best)
  if (isBaseline(ladder, best)) {
    return html`No model does better than a constant answer: the columns say little about ${cut(job.target)},
    or there are too few rows.`
  }
  if (betterChoice === best) return realGain(step, job.metric, best)
  const kept = betterChoice === model ? 'is the model judged here' : 'is the better choice'
  const over = step?.gain?.over === betterChoice ? html` (${gainText(step, job.metric)})` : html``
  return html`<strong>${cut(best)}</strong> scores highest in validation, but its gain over the simpler
    <strong>${cut(betterChoice)}</strong> is within noise${over}: the simpler one ${kept}.`
}

function realGain(step: LadderStep | undefined, metric: Report['job']['metric'], best: string): Html {
  if (step?.gain === undefined) return html`<strong>${cut(best)}</strong> is the best choice.`
  if (step.gain.isWithinNoise) {
    return html`Its gain over ${cut(step.gain.over)} is within noise (${gainText(step, metric)}): the two are
    equally good choices.`
  }
  return html`Its gain over the next best simpler model, ${cut(step.gain.over)}, is more than noise
    (${gainText(step, metric)}): <strong>${cut(best)}</strong> is the better choice.`
}

const gainText = ({ gain }: LadderStep, metric: Report['job']['metric']): string =>
  gain === undefined ? '' : `${gainChange(metric, gain.value)} in validation, ${pValue(gain.pValue)}`

const isBaseline = (ladder: readonly LadderStep[], name: string): boolean =>
  ladder.find((step) => step.name === name)?.isBaseline ?? false

function tiles(report: Report): Html {
  const { job, verdict, data, ladder, alerts } = report
  const { metric } = job
  const matters = alerts.filter((alert) => alert.severity !== 'note').length
  return html`<dl class="tiles">
    ${tile(`${metric.label} on the test part`, score(metric, verdict.score.value), range(metric, verdict.score))}
    ${tile(metric.greaterIsBetter ? 'Gain over a constant answer' : 'Against a constant answer', gainFigure(report), gainAside(report))}
    ${tile('Rows', count(data.rows), `${count(data.featuresUsed)} columns used to predict ${TASKS[job.task]}`)}
    ${tile('Models tried', count(ladder.length), `in ${duration(job.seconds)}, ${matters === 0 ? 'no warnings' : matters === 1 ? '1 warning' : `${matters} warnings`}`)}
  </dl>`
}

const tile = (name: string, figure: string, aside: string): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd class="figure">${figure}</dd>
    <dd class="aside">${aside}</dd>
  </div>`

/** Errors shrink by a share; scores rise by points. */
function gainFigure({ job: { metric }, verdict }: Report): string {
  const gain = verdict.gain?.value ?? towards(metric) * (verdict.score.value - verdict.baselineScore)
  if (metric.greaterIsBetter) return gainChange(metric, gain)
  return verdict.baselineScore === 0 ? score(metric, gain) : percent(-gain / verdict.baselineScore)
}

function gainAside({ job: { metric }, verdict }: Report): string {
  const { gain, baselineScore } = verdict
  if (gain === undefined) return `from ${score(metric, baselineScore)}`
  if (metric.greaterIsBetter) return range(metric, gain)
  return `${metric.label} from ${score(metric, baselineScore)} to ${score(metric, verdict.score.value)}`
}
