// Ranking and honesty of the probabilities, as curves.
import { calibrationPlot, gainAt, gainPlot, precisionRecallPlot, rocPlot } from '../plots/index.js'
import { figure, type Section } from './blocks.js'
import { number, percent } from './format.js'
import { cut, type Html, html } from './html.js'
import type { ClassificationResults, Report } from './report-data.js'

/** As many curves as keep apart in one plot. */
const CURVES = 6

/** ROC, precision–recall, calibration and gain. */
export async function curvesSection(report: Report, results: ClassificationResults): Promise<Section> {
  const shown = commonest(results)
  const hidden = results.roc.length - shown.length
  const which = hidden > 0 ? `The ${shown.length} commonest of ${results.roc.length} classes` : undefined
  const roc = await figure('roc', rocPlot(shown.map((k) => named(results.roc[k]!))), [
    'ROC curve',
    which ?? `Area ${results.roc.length === 1 ? number(results.roc[0]!.auc) : 'by class'}; dashed: chance`,
  ])
  const pr = await figure(
    'precision-recall',
    precisionRecallPlot(
      shown.map((k) => named(results.precisionRecall[k]!)),
      positiveShare(report, results),
    ),
    ['Precision and recall', which ?? prAside(results)],
  )
  const parts = [roc, pr, ...(await calibrationFigure(results)), ...(await gainFigure(results))]
  return {
    id: 'curves',
    short: 'Curves',
    title: 'Ranking and probabilities',
    body: html`<p class="lede">${reading(results)}</p>
      <div class="pair">${parts}</div>`,
  }
}

const named = <T extends { readonly label: string }>(series: T): T => ({
  ...series,
  label: [...series.label].slice(0, 24).join(''),
})

function commonest({ roc, confusion, precisionRecall }: ClassificationResults): number[] {
  const n = Math.min(roc.length, precisionRecall.length)
  const rows = (k: number): number => (confusion[k] ?? []).reduce((a, b) => a + b, 0)
  const codes = Array.from({ length: n }, (_, k) => k)
  return n <= CURVES ? codes : codes.sort((a, b) => rows(b) - rows(a) || a - b).slice(0, CURVES)
}

function positiveShare(
  { job }: Report,
  { classes, confusion, roc }: ClassificationResults,
): number | undefined {
  if (roc.length !== 1) return undefined
  const rows = confusion.map((row) => row.reduce((a, b) => a + b, 0))
  const p = classes.indexOf(job.positiveClass ?? classes[1] ?? '')
  return (rows[p] ?? 0) / rows.reduce((a, b) => a + b, 0)
}

const prAside = ({ precisionRecall }: ClassificationResults): string =>
  precisionRecall.length === 1
    ? `Average precision ${number(precisionRecall[0]!.averagePrecision)}; dashed: guessing`
    : 'Each class against the rest'

async function calibrationFigure({ calibration, roc }: ClassificationResults): Promise<Html[]> {
  if (calibration === undefined) return []
  const of = roc.length === 1 ? '' : ' of the predicted class'
  const aside = `Expected calibration error ${percent(calibration.ece)}; dashed: ideal`
  return [
    await figure('calibration', calibrationPlot(calibration.bins, calibration.ece), [
      `Calibration${of}`,
      aside,
    ]),
  ]
}

async function gainFigure({ gain }: ClassificationResults): Promise<Html[]> {
  if (gain === undefined) return []
  const tenth = gainAt(gain, 0.1)
  return [
    await figure('gain', gainPlot(gain), [
      'Cumulative gain',
      `Lift of the first tenth ${number(tenth / 0.1)}; dashed: random order`,
    ]),
  ]
}

/** What the curves say, in a sentence or two. */
function reading({ gain, calibration, roc }: ClassificationResults): Html {
  const reach =
    gain === undefined
      ? html``
      : html`Taking the <strong>20%</strong> of rows with the highest scores reaches
          <strong>${percent(gainAt(gain, 0.2))}</strong> of all ${cut(roc[0]?.label ?? 'positives')}. `
  if (calibration === undefined) return reach
  // Bands of the calibration error: below 0.03 a stated 70 % is 67 to 73 % in truth, which few decisions notice.
  const word =
    calibration.ece < 0.03
      ? 'can be taken at their word'
      : calibration.ece < 0.08
        ? 'are roughly right'
        : 'should not be taken at their word'
  return html`${reach}The probabilities ${word}: on average they are off by ${percent(calibration.ece)}.`
}
