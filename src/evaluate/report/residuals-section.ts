// How a regression errs.
import {
  actualVsPredictedPlot,
  CLOUD_POINTS,
  residualHistogramPlot,
  residualQuantilesPlot,
  residualsPlot,
} from '../plots/index.js'
import { figure, type Section } from './blocks.js'
import { count, number, percent } from './format.js'
import { type Html, html } from './html.js'
import type { RegressionResults, Report } from './report-data.js'

/** Predictions against truth, and the residuals from three sides. */
export async function residualsSection({ job }: Report, results: RegressionResults): Promise<Section> {
  const name = job.unit === undefined ? 'value' : `value, ${job.unit}`
  const n = results.actual.length
  const sample = n > CLOUD_POINTS ? `A random ${count(CLOUD_POINTS)} of ${count(n)} rows` : undefined
  const drawings = [
    await figure('actual', actualVsPredictedPlot(results, name), [
      'True against predicted',
      sample ?? 'Dashed: a perfect prediction',
    ]),
    await figure('residuals', residualsPlot(results, name), [
      'Residuals',
      sample ?? 'A shape in the cloud is something the model has missed',
    ]),
    await figure('residual-histogram', residualHistogramPlot(results), [
      'Spread of the errors',
      'The outermost bars hold what lies beyond',
    ]),
    await figure('residual-quantiles', residualQuantilesPlot(results), [
      'Against a normal distribution',
      'Off the line at the ends: more large errors than normal',
    ]),
  ]
  return {
    id: 'residuals',
    short: 'Errors',
    title: 'How it errs',
    body: html`<p class="lede">${reading(results, job.unit)}</p>
      <div class="pair">${drawings}</div>`,
  }
}

function reading({ actual, predicted }: RegressionResults, unit: string | undefined): Html {
  const sizes = actual.map((value, i) => Math.abs(value - predicted[i]!)).sort((a, b) => a - b)
  const at = (q: number): string =>
    `${number(sizes[Math.min(sizes.length - 1, Math.floor(q * sizes.length))] ?? Number.NaN)}${unit === undefined ? '' : ` ${unit}`}`
  const high = actual.filter((value, i) => predicted[i]! > value).length / actual.length
  return html`Half of the predictions are off by less than <strong>${at(0.5)}</strong>, nine in ten by less
    than <strong>${at(0.9)}</strong>. ${percent(high)} are too high, ${percent(1 - high)} too low.`
}
