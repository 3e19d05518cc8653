// Scores on the test part, with what each metric means.
import { metricIntervalsPlot } from '../plots/index.js'
import { facts, figure, type Section, table } from './blocks.js'
import { count, isShare, range, score, scoreWithUnit } from './format.js'
import { type Html, html } from './html.js'
import type { Report, TestMetric } from './report-data.js'

/** What a metric tells, in plain words; by the beginning of its name. */
const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/^roc-auc/, 'chance that a random positive ranks above a random negative'],
  [/^pr-auc/, 'precision averaged over all recalls'],
  [/^accuracy/, 'share of rows that are right'],
  [/^balanced-accuracy/, 'recall averaged over classes'],
  [/^precision/, 'share of the flagged that are right'],
  [/^recall/, 'share of the positives that are found'],
  [/^f1/, 'balance of precision and recall'],
  [/^mcc/, 'correlation of truth and prediction'],
  [/^kappa/, 'agreement beyond chance'],
  [/^log-loss/, 'cost of confident mistakes'],
  [/^brier/, 'squared error of the probability'],
  [/^rmse/, 'typical error, large ones weigh more'],
  [/^mae/, 'mean size of an error'],
  [/^median-ae/, 'half of the errors are smaller'],
  [/^mape/, 'mean error as a share of the true value'],
  [/^mse/, 'mean squared error'],
  [/^r2/, 'share of the variance explained'],
  [/^explained-variance/, 'the same, a constant offset forgiven'],
]

/** All metrics with their bootstrap intervals. */
export async function metricsSection({ testMetrics, job, data }: Report): Promise<Section> {
  const shares = testMetrics.filter(isShare)
  const test = data.parts.find((part) => part.name === 'test')
  const drawing =
    shares.length > 1
      ? await figure('metrics', metricIntervalsPlot(shares), [
          'Scores between 0 and 1',
          'Dot: value, line: 95% interval',
        ])
      : undefined
  const list = metricsTable(testMetrics, job.unit)
  return {
    id: 'metrics',
    short: 'Scores',
    title: 'Scores on the test part',
    body: html`<p class="lede">
        The ${test === undefined ? '' : `${count(test.rows)} `}test rows were set aside before anything was
        learned and were <strong>touched once</strong>, for these figures. The intervals come from drawing the
        test rows again with replacement (bootstrap).
      </p>
      ${
        drawing === undefined
          ? html`<div class="pair">
              <div>${list}</div>
              <div>${glossary(testMetrics)}</div>
            </div>`
          : html`<div class="pair">
              <div>${drawing}${glossary(testMetrics)}</div>
              <div>${list}</div>
            </div>`
      }`,
  }
}

function metricsTable(metrics: readonly TestMetric[], unit: string | undefined): Html {
  return table(
    ['Metrics', 'The arrow shows the better direction'],
    [['Metric'], ['Value', 'n'], ['95% interval', 'n'], ['Constant', 'n']],
    metrics.map((metric) => ({
      cells: [
        html`${metric.label} <span
            class="soft"
            aria-label="${metric.greaterIsBetter ? 'more' : 'less'} is better"
            >${metric.greaterIsBetter ? '↑' : '↓'}</span
          >`,
        scoreWithUnit(metric, metric.value, unit),
        range(metric, metric),
        metric.baseline === undefined ? '' : score(metric, metric.baseline),
      ],
    })),
  )
}

/** What the metrics mean. */
function glossary(metrics: readonly TestMetric[]): Html {
  const entries = metrics.flatMap(({ name, label }) => {
    const text = MEANINGS.find(([pattern]) => pattern.test(name))?.[1]
    return text === undefined ? [] : [[label, text] as const]
  })
  return entries.length === 0
    ? html``
    : html`<h3>What they tell</h3>
        ${facts(entries)}`
}
