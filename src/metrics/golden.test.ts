// Every figure against scikit-learn and SciPy (test/golden/metrics.py).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as m from './index.js'
import { studentTCritical, studentTTwoSided } from './student-t.js'

interface Case<Expected> {
  readonly y: number[]
  readonly p: number[]
  readonly weights: number[] | null
  readonly expected: Expected
}
interface BinaryCase extends Case<Record<string, number>> {
  readonly roc: [number[], number[], number[]]
  readonly pr: [number[], number[], number[]]
  readonly calibration: Record<'uniform' | 'quantile', { observed: number[]; predicted: number[] }>
}
interface MulticlassCase extends Case<Record<string, number> & { confusion: number[][] }> {
  readonly label: number[]
  readonly classes: number
}
interface Comparison {
  readonly first: number[]
  readonly second: number[]
  readonly testToTrain: number
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly pValue: number
}
const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/metrics.json', import.meta.url), 'utf8'),
) as {
  readonly tolerance: { readonly relative: number }
  readonly binary: BinaryCase[]
  readonly multiclass: MulticlassCase[]
  readonly regression: Case<Record<string, number>>[]
  readonly studentT: { t: number; df: number; p: number }[]
  readonly studentTCritical: { t: number; df: number; p: number }[]
  readonly compareFolds: Comparison[]
}

/** Relative, as the file states; near 0 absolute, where correlations cancel to the last digits of terms of size 1. */
function expectClose(actual: number, expected: number, relative = golden.tolerance.relative): void {
  const gap = Math.abs(actual - expected)
  expect(gap, `${actual} against ${expected}`).toBeLessThanOrEqual(
    relative * Math.max(Math.abs(expected), 0.01),
  )
}

function expectAllClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => expectClose(actual[i]!, value))
}

const weighted = (weights: number[] | null) => (weights === null ? {} : { sampleWeight: weights })

describe.each(golden.binary.map((data, i) => [i, data] as const))('two classes, case %i', (_, data) => {
  const { y, p, expected } = data
  const options = weighted(data.weights)
  const label = p.map((value) => (value >= 0.5 ? 1 : 0))

  it('agrees on scores of probabilities', () => {
    expectClose(m.rocAuc(y, p, options), expected['rocAuc']!)
    expectClose(m.averagePrecision(y, p, options), expected['averagePrecision']!)
    expectClose(m.logLoss(y, p, options), expected['logLoss']!)
    expectClose(m.brier(y, p, options), expected['brier']!)
  })
  it('agrees on scores of classes', () => {
    expectClose(m.accuracy(y, label, options), expected['accuracy']!)
    expectClose(m.precision(y, label, options), expected['precision']!)
    expectClose(m.recall(y, label, options), expected['recall']!)
    expectClose(m.f1(y, label, options), expected['f1']!)
    expectClose(m.fBeta(y, label, { ...options, beta: 2 }), expected['f2']!)
    expectClose(m.f1(y, label, { ...options, positive: 0 }), expected['f1OfNegatives']!)
  })
  it('agrees on the ROC curve', () => {
    const curve = m.rocCurve(y, p, { ...options, dropIntermediate: false })
    expect(curve.thresholds[0]).toBe(Infinity)
    expectAllClose(curve.falsePositiveRate.subarray(1), data.roc[0])
    expectAllClose(curve.truePositiveRate.subarray(1), data.roc[1])
    expectAllClose(curve.thresholds.subarray(1), data.roc[2])
  })
  it('agrees on the precision-recall curve', () => {
    const curve = m.precisionRecallCurve(y, p, options)
    expectAllClose(curve.precision, data.pr[0])
    expectAllClose(curve.recall, data.pr[1])
    expectAllClose(curve.thresholds, data.pr[2])
  })
  it.each(['uniform', 'quantile'] as const)('agrees on the calibration curve with %s bins', (strategy) => {
    const curve = m.calibrationCurve(y, p, { nBins: 7, strategy })
    expectAllClose(curve.observed, data.calibration[strategy].observed)
    expectAllClose(curve.predicted, data.calibration[strategy].predicted)
  })
})

describe.each(golden.multiclass.map((data, i) => [i, data] as const))(
  'several classes, case %i',
  (_, data) => {
    const { y, label, expected } = data
    const options = weighted(data.weights)
    const predicted = { classes: Array.from({ length: data.classes }, (__, k) => k), probabilities: data.p }

    it('agrees on scores of classes', () => {
      expectClose(m.accuracy(y, label, options), expected['accuracy']!)
      expectClose(m.balancedAccuracy(y, label, options), expected['balancedAccuracy']!)
      expectClose(m.matthewsCorrelation(y, label, options), expected['mcc']!)
      expectClose(m.cohenKappa(y, label, options), expected['kappa']!)
      expectClose(m.cohenKappa(y, label, { ...options, weights: 'linear' }), expected['kappaLinear']!)
      expectClose(m.cohenKappa(y, label, { ...options, weights: 'quadratic' }), expected['kappaQuadratic']!)
      const { counts } = m.confusionMatrix(y, label, options)
      expected.confusion.forEach((row, i) => expectAllClose(counts[i]!, row))
    })
    it.each(['micro', 'macro', 'weighted'] as const)('agrees on %s averages', (average) => {
      expectClose(m.precision(y, label, { ...options, average }), expected[`precision-${average}`]!)
      expectClose(m.recall(y, label, { ...options, average }), expected[`recall-${average}`]!)
      expectClose(m.f1(y, label, { ...options, average }), expected[`f1-${average}`]!)
    })
    it('agrees on scores of probabilities', () => {
      expectClose(m.rocAucOvr(y, predicted, options), expected['ovrMacro']!)
      expectClose(m.rocAucOvr(y, predicted, { ...options, average: 'weighted' }), expected['ovrWeighted']!)
      expectClose(m.logLossMulticlass(y, predicted, options), expected['logLoss']!)
      expectClose(m.brierMulticlass(y, predicted, options), expected['brier']!)
    })
  },
)

describe.each(golden.regression.map((data, i) => [i, data] as const))('numbers, case %i', (_, data) => {
  it('agrees on every score', () => {
    const { y, p, expected } = data
    const options = weighted(data.weights)
    expectClose(m.meanSquaredError(y, p, options), expected['mse']!)
    expectClose(m.rootMeanSquaredError(y, p, options), expected['rmse']!)
    expectClose(m.meanAbsoluteError(y, p, options), expected['mae']!)
    expectClose(m.medianAbsoluteError(y, p, options), expected['medianAe']!)
    expectClose(m.meanAbsolutePercentageError(y, p, options), expected['mape']!)
    expectClose(m.r2(y, p, options), expected['r2']!)
    expectClose(m.explainedVariance(y, p, options), expected['explainedVariance']!)
  })
})

describe("Student's t", () => {
  it('agrees on two-sided p-values, to 1e-11 also far in the tail', () => {
    for (const { t, df, p } of golden.studentT) {
      // At 1000 degrees of freedom ln Γ has lost three digits; tails of 1e-200 are compared relatively too.
      const gap = Math.abs(studentTTwoSided(t, df) - p)
      expect(gap, `t ${t}, df ${df}`).toBeLessThanOrEqual(1e-11 * p)
    }
  })
  it('agrees on critical values', () => {
    for (const { t, df, p } of golden.studentTCritical) expectClose(studentTCritical(p, df), t, 1e-11)
    expect(studentTCritical(0.5, 1)).toBeCloseTo(1, 14)
  })
})

it('agrees on the corrected resampled t-test', () => {
  for (const expected of golden.compareFolds) {
    const { first, second, testToTrain } = expected
    const result = m.compareFolds(first, second, { testToTrain })
    // Scores near 0.8 differ by about 0.01: two digits are lost in the differences.
    expectClose(result.difference, expected.difference, 1e-10)
    expectClose(result.low, expected.low, 1e-10)
    expectClose(result.high, expected.high, 1e-10)
    expectClose(result.pValue, expected.pValue, 1e-10)
    expect(result.withinNoise).toBe(expected.pValue > 0.05)
  }
})
