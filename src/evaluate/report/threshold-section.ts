// What the threshold trades: reach against false alarms, and what that costs.
import { thresholdPlot } from '../plots/index.js'
import { figure, type Section, table } from './blocks.js'
import { count, number, percent } from './format.js'
import { cut, type Html, html } from './html.js'
import type { Report, ThresholdResults } from './report-data.js'

/** Rows of the table: steps of about 0.05. */
const TABLE_ROWS = 19
/** What a missed positive may cost, in false alarms: from the same to fifty times as much. */
const COST_RATIOS = [1, 2, 5, 10, 20, 50]

interface Counts {
  readonly threshold: number
  readonly tp: number
  readonly fp: number
  readonly tn: number
  readonly fn: number
}

/** Curve, cost trade-offs and the table of thresholds. */
export async function thresholdSection(report: Report, results: ThresholdResults): Promise<Section> {
  const counts = results.threshold.map((threshold, i) => ({
    threshold,
    tp: results.truePositives[i] ?? 0,
    fp: results.falsePositives[i] ?? 0,
    tn: results.trueNegatives[i] ?? 0,
    fn: results.falseNegatives[i] ?? 0,
  }))
  const series = {
    threshold: results.threshold,
    precision: counts.map(precision),
    recall: counts.map(recall),
    f1: counts.map(f1),
  }
  const drawing = await figure('thresholds', thresholdPlot(series, results.chosen), [
    'Precision, recall and F1',
    'By threshold, on the test part',
  ])
  const positive = report.job.positiveClass ?? 'positive'
  return {
    id: 'thresholds',
    short: 'Threshold',
    title: 'Where to draw the line',
    body: html`<p class="lede">
        A row counts as <strong>${cut(positive)}</strong> from a probability of
        <strong>${number(results.chosen)}</strong> on. That threshold was chosen for ${results.chosenFor} on
        ${results.chosenOn} rows; the counts here are of the test part.
      </p>
      <div class="pair">
        ${drawing}
        <div>${costTable(counts)}</div>
      </div>
      ${thresholdTable(counts, results.chosen)}`,
  }
}

const precision = ({ tp, fp }: Counts): number => tp / (tp + fp)
const recall = ({ tp, fn }: Counts): number => tp / (tp + fn)
const f1 = ({ tp, fp, fn }: Counts): number => (2 * tp) / (2 * tp + fp + fn)
const flagged = ({ tp, fp, tn, fn }: Counts): number => (tp + fp) / (tp + fp + tn + fn)

/** The threshold with the least cost, for each price of a miss. */
function costTable(counts: readonly Counts[]): Html {
  const best = COST_RATIOS.map((ratio) => {
    const cost = ({ fp, fn }: Counts): number => fp + ratio * fn
    return { ratio, at: counts.reduce((least, row) => (cost(row) < cost(least) ? row : least)) }
  })
  return table(
    ['What a miss may cost', 'The threshold with the least total cost, and what happens there'],
    [
      ['A miss costs as much as'],
      ['Threshold', 'n'],
      ['Missed', 'n'],
      ['False alarms', 'n'],
      ['Flagged', 'n'],
    ],
    best.map(({ ratio, at }) => ({
      cells: [
        ratio === 1 ? '1 false alarm' : `${ratio} false alarms`,
        at.threshold.toFixed(2),
        count(at.fn),
        count(at.fp),
        percent(flagged(at)),
      ],
    })),
  )
}

function thresholdTable(counts: readonly Counts[], chosen: number): Html {
  const near = counts.reduce((best, row) =>
    Math.abs(row.threshold - chosen) < Math.abs(best.threshold - chosen) ? row : best,
  )
  const step = Math.max(1, Math.ceil(counts.length / TABLE_ROWS))
  const shown = counts.filter((row, i) => row === near || i % step === 0)
  return table(
    ['Thresholds', 'The chosen one is marked'],
    [
      ['Threshold'],
      ['Flagged', 'n'],
      ['Precision', 'n'],
      ['Recall', 'n'],
      ['F1', 'n'],
      ['Found', 'n'],
      ['Missed', 'n'],
      ['False alarms', 'n'],
    ],
    shown.map((row) => ({
      isMarked: row === near,
      cells: [
        row.threshold.toFixed(2),
        percent(flagged(row)),
        percent(precision(row)),
        percent(recall(row)),
        percent(f1(row)),
        count(row.tp),
        count(row.fn),
        count(row.fp),
      ],
    })),
  )
}
