import { describe, expect, it } from 'vitest'
import {
  actualVsPredictedPlot,
  boostingCurvePlot,
  calibrationPlot,
  columnHistogramPlot,
  confusionMatrixPlot,
  correlationPlot,
  gainPlot,
  importancePlot,
  ladderPlot,
  learningCurvePlot,
  metricIntervalsPlot,
  missingPlot,
  type PlotSpec,
  precisionRecallPlot,
  renderSvg,
  residualHistogramPlot,
  residualQuantilesPlot,
  residualsPlot,
  rocPlot,
  slicesPlot,
  thresholdPlot,
} from './index.js'

const values = { actual: [1, 2, 3, 4, 5, 6], predicted: [1.1, 1.9, 3.3, 3.8, 5.2, 5.7] }
const rates = { precision: [0.3, 0.5, 0.8], recall: [1, 0.7, 0.2], f1: [0.46, 0.58, 0.32] }
const roc = { label: 'Yes', falsePositiveRate: [0, 0.2, 1], truePositiveRate: [0, 0.8, 1], auc: 0.8 }
const pr = { label: 'Yes', recall: [1, 0.6, 0], precision: [0.3, 0.7, 1], averagePrecision: 0.65 }

/** Every plot on small data, with texts that its drawing must show. */
const plots: readonly (readonly [string, PlotSpec, readonly string[]])[] = [
  ['roc', rocPlot([roc]), ['False alarms', 'Found', '50%']],
  ['roc of classes', rocPlot([roc, { ...roc, label: 'No' }]), ['Yes', 'No']],
  ['precision-recall', precisionRecallPlot([pr], 0.3), ['Found (recall)', 'Right among flagged']],
  [
    'calibration',
    calibrationPlot(
      [
        { predicted: 0.2, observed: 0.25, count: 40 },
        { predicted: 0.8, observed: 0.7, count: 9 },
      ],
      0.06,
    ),
    ['Predicted probability'],
  ],
  ['gain', gainPlot({ share: [0, 0.5, 1], gain: [0, 0.9, 1] }), ['Positives reached']],
  [
    'confusion matrix',
    confusionMatrixPlot(
      ['No', 'Yes'],
      [
        [836, 199],
        [106, 268],
      ],
    ),
    ['836', '81%', 'Predicted', 'True'],
  ],
  [
    'ladder',
    ladderPlot(
      [
        { name: 'Constant', score: 0.5, low: 0.5, high: 0.5, isBaseline: true, isChosen: false },
        { name: 'Tree', score: 0.82, low: 0.81, high: 0.83, isBaseline: false, isChosen: false },
        { name: 'Boosting', score: 0.85, low: 0.84, high: 0.86, isBaseline: false, isChosen: true },
      ],
      'ROC-AUC',
    ),
    ['Constant (baseline)', 'Boosting', '← 0.5', 'ROC-AUC, validation'],
  ],
  [
    'metric intervals',
    metricIntervalsPlot([{ label: 'Accuracy', value: 0.8, low: 0.75, high: 0.84 }]),
    ['Accuracy'],
  ],
  [
    'importance',
    importancePlot(
      [
        { column: 'tenure', mean: 0.1, sd: 0.01 },
        { column: 'gender', mean: 0, sd: 0.01 },
      ],
      'ROC-AUC',
    ),
    ['tenure', 'gender'],
  ],
  [
    'slices',
    slicesPlot(
      [{ label: 'Contract: Two year', score: 0.7, low: 0.6, high: 0.78, isWorse: true }],
      'ROC-AUC',
      0.85,
    ),
    ['Contract: Two year'],
  ],
  [
    'thresholds',
    thresholdPlot({ threshold: [0.2, 0.5, 0.8], ...rates }, 0.5),
    ['Precision', 'Recall', 'F1', 'chosen 0.5'],
  ],
  ['residuals', residualsPlot(values, 'price'), ['Predicted price', 'True − predicted']],
  ['actual against predicted', actualVsPredictedPlot(values, 'price'), ['True price']],
  ['residual quantiles', residualQuantilesPlot(values), ['Normal quantile']],
  ['residual histogram', residualHistogramPlot(values), ['Rows']],
  [
    'learning curve',
    learningCurvePlot(
      [
        { rows: 100, train: 0.9, validation: 0.7, low: 0.6, high: 0.8 },
        { rows: 1000, train: 0.85, validation: 0.8 },
      ],
      'ROC-AUC',
    ),
    ['Training rows', 'Validation', '1,000'],
  ],
  [
    'boosting curve',
    boostingCurvePlot(
      { iteration: [1, 2, 3], train: [0.6, 0.5, 0.4], validation: [0.6, 0.55, 0.57], best: 2 },
      'Log loss',
    ),
    ['Boosting rounds', 'Log loss'],
  ],
  [
    'ranges of a column',
    columnHistogramPlot('age', { type: 'ranges', edges: [0, 10, 20], counts: [3, 7] }),
    ['age'],
  ],
  [
    'values of a column',
    columnHistogramPlot('city', { type: 'values', values: ['Oslo', 'Bern'], counts: [3, 7] }),
    ['Oslo', 'Bern'],
  ],
  [
    'missing',
    missingPlot([
      { column: 'age', share: 0.2 },
      { column: 'city', share: 0.0004 },
    ]),
    ['age', '20%', '&lt; 0.1%'],
  ],
  [
    'correlation',
    correlationPlot(
      ['a', 'b'],
      [
        [1, -0.4],
        [-0.4, 1],
      ],
    ),
    ['−.40'],
  ],
]

/** Without what all plots share. */
const ownPart = ({ $schema, config, autosize, ...own }: PlotSpec): object => {
  expect([$schema, config, autosize]).not.toContain(undefined)
  return own
}

describe.each(plots)('the plot %s', (_, spec, texts) => {
  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
    expect(ownPart(spec)).toMatchSnapshot()
  })

  it('draws its labels, without a warning and always alike', async () => {
    const warnings: string[] = []
    const draw = (): Promise<string> => renderSvg(spec, { onWarning: (message) => warnings.push(message) })
    const [first, second] = await Promise.all([draw(), draw()])
    expect(warnings).toEqual([])
    expect(second).toBe(first)
    for (const text of texts) expect(first).toContain(text)
    expect(first).not.toMatch(/NaN|undefined|Infinity/)
  })
})

describe('renderSvg', () => {
  it('escapes names from the data', async () => {
    const hostile = '<script>alert("x")</script>'
    const svg = await renderSvg(importancePlot([{ column: hostile, mean: 1, sd: 0 }], hostile))
    expect(svg).not.toContain('<script')
    expect(svg).toContain('&lt;script')
  })

  it('names the drawing for those who cannot see it', async () => {
    const svg = await renderSvg(rocPlot([{ ...roc, label: 'say "yes" & <no>' }]))
    expect(svg).toMatch(
      /^<svg [^>]*role="img" aria-label="ROC curve[^"]*say &quot;yes&quot; &amp; &lt;no&gt; 0\.8\."/,
    )
  })

  it('leaves the text measure of Vega as it was', async () => {
    const vega = (await import('vega')) as unknown as { textMetrics: { width: unknown } }
    const before = vega.textMetrics.width
    await renderSvg(rocPlot([roc]))
    expect(vega.textMetrics.width).toBe(before)
  })

  it('says which plot could not be drawn', async () => {
    const broken = { ...rocPlot([roc]), layer: [{ mark: 'no such mark' }] }
    await expect(renderSvg(broken)).rejects.toThrow(/could not be drawn \(ROC curve/)
  })
})

describe('large data', () => {
  it('draws a sample of a large cloud, the same every time', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => Math.sin(i) * i)
    const spec = residualsPlot({ actual: many, predicted: many }, 'value')
    expect((spec['data'] as { values: object[] }).values).toHaveLength(1500)
    expect(residualsPlot({ actual: many, predicted: many }, 'value')).toEqual(spec)
  })

  it('cuts a long name and keeps the plot in its frame', async () => {
    const column = 'a name that goes on and on '.repeat(40)
    const svg = await renderSvg(importancePlot([{ column, mean: 1, sd: 0.1 }], 'ROC-AUC'))
    expect(svg).toContain('…')
    expect(Number(/ width="(\d+)"/.exec(svg)?.[1])).toBe(460)
    // The bar itself: a path from the axis, with room to show.
    expect(Number(/<path [^>]*d="M[\d.]+,[\d.]+h([\d.]+)/.exec(svg)?.[1])).toBeGreaterThan(100)
  })

  it('colors a matrix of many classes without numbers', async () => {
    const classes = Array.from({ length: 20 }, (_, i) => `class ${i}`)
    const svg = await renderSvg(
      confusionMatrixPlot(
        classes,
        classes.map((_, a) => classes.map((__, p) => (a === p ? 97 : 1))),
      ),
    )
    expect(svg).toContain('class 19')
    expect(svg).not.toContain('>97<')
    // The cells are spread over the plot: the last column stands far to the right.
    const places = [...svg.matchAll(/translate\(([\d.]+),/g)].map((match) => Number(match[1]))
    expect(Math.max(...places)).toBeGreaterThan(300)
  })
})
