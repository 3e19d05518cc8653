// What each metric does where its formula has no answer.
import { describe, expect, it } from 'vitest'
import { DataError, InvalidOptionError, ShapeError } from '../base/index.js'
import * as m from './index.js'

const Y = [0, 1, 1, 0]
const P = [0.2, 0.7, 0.4, 0.3]
const classMetrics = [
  m.accuracy,
  m.balancedAccuracy,
  m.precision,
  m.recall,
  m.f1,
  m.fBeta,
  m.matthewsCorrelation,
  m.cohenKappa,
]
const scoreMetrics = [m.rocAuc, m.averagePrecision, m.logLoss, m.brier, m.expectedCalibrationError]
const valueMetrics = [
  m.meanSquaredError,
  m.rootMeanSquaredError,
  m.meanAbsoluteError,
  m.medianAbsoluteError,
  m.meanAbsolutePercentageError,
  m.r2,
  m.explainedVariance,
]
const all = [...classMetrics, ...scoreMetrics, ...valueMetrics]

describe.each(all.map((metric) => [metric.name, metric] as const))('%s', (_, metric) => {
  const second = (classMetrics as readonly unknown[]).includes(metric) ? Y : P

  it('refuses no rows, lengths that differ and bad weights', () => {
    expect(() => metric([], [])).toThrow(DataError)
    expect(() => metric(Y, second.slice(1))).toThrow(ShapeError)
    expect(() => metric(Y, second, { sampleWeight: [1, 1, 1] })).toThrow(ShapeError)
    expect(() => metric(Y, second, { sampleWeight: [1, 1, 1, -1] })).toThrow(
      /negative — received -1 at row 3/,
    )
    expect(() => metric(Y, second, { sampleWeight: [1, Number.NaN, 1, 1] })).toThrow(DataError)
    expect(() => metric(Y, second, { sampleWeight: [0, 0, 0, 0] })).toThrow(/all weights are 0/)
  })
  it('refuses NaN and names the row', () => {
    expect(() => metric(Y, [0, Number.NaN, 1, 0])).toThrow(/row 1/)
  })
  it('refuses unknown options', () => {
    const options = { sampleweight: [1, 1, 1, 1] } as object
    expect(() => metric(Y, second, options)).toThrow(/Did you mean 'sampleWeight'/)
  })
  it('takes typed arrays and leaves them as they were', () => {
    const [a, b, w] = [Float64Array.from(Y), Float64Array.from(second), Float64Array.of(1, 2, 3, 0)]
    expect(metric(a, b, { sampleWeight: w })).toBe(metric(Y, second, { sampleWeight: [1, 2, 3, 0] }))
    expect([Array.from(a), Array.from(b), Array.from(w)]).toEqual([Y, second, [1, 2, 3, 0]])
  })
})

describe('labels', () => {
  it('sorts numbers by size, text by letters, false before true', () => {
    expect(m.confusionMatrix([10, 9], [9, 10]).classes).toEqual([9, 10])
    expect(m.confusionMatrix(['b', 'a'], ['a', 'b']).classes).toEqual(['a', 'b'])
    expect(m.confusionMatrix([true, false], [true, true]).classes).toEqual([false, true])
  })
  it('refuses labels of two types, missing labels, and numbers that are no classes', () => {
    expect(() => m.accuracy(['1', '0'], [1, 0])).toThrow(/one type — received '1' and 1/)
    expect(() => m.accuracy(['a', null as unknown as string], ['a', 'b'])).toThrow(/missing at row 1/)
    const many = Float64Array.from({ length: 6000 }, (_, i) => i)
    expect(() => m.accuracy(many, many)).toThrow(/6000 different labels/)
  })
  it('knows the positive class, or says that it does not', () => {
    expect(m.precision(['no', 'yes'], ['yes', 'yes'])).toBe(0.5)
    expect(m.recall([true, false], [true, true])).toBe(1)
    expect(m.recall([-1, 1, 1], [-1, 1, -1])).toBe(0.5)
    expect(m.f1([0, 0], [0, 0])).toBe(0)
    expect(m.f1([0, 0], [0, 0], { zeroDivision: 1 })).toBe(1)
    expect(() => m.f1(['no', 'no'], ['no', 'no'])).toThrow(/Pass { positive }/)
    expect(m.f1(['no', 'no'], ['no', 'no'], { positive: 'yes' })).toBe(0)
    expect(() => m.f1(['no', 'yes'], ['no', 'no'], { positive: 'yse' })).toThrow(InvalidOptionError)
    expect(() => m.f1([1, 2, 3], [1, 2, 3])).toThrow(/Pass 'macro'/)
    expect(() => m.f1([1, 2, 3], [1, 2, 3], { positive: 2 })).toThrow(/Pass 'macro'/)
    expect(() => m.rocAuc([1, 2, 3], [1, 2, 3])).toThrow(/multiclass/)
  })
})

describe('one class only', () => {
  it('is an error where ranking or chance is undefined', () => {
    expect(() => m.rocAuc([1, 1], [0.2, 0.3])).toThrow(/one side/)
    expect(() => m.rocCurve([0, 0], [0.2, 0.3])).toThrow(DataError)
    expect(() => m.averagePrecision([0, 0], [0.2, 0.3])).toThrow(/no row is positive/)
    expect(() => m.precisionRecallCurve([0, 0], [0.2, 0.3])).toThrow(DataError)
    expect(() => m.cohenKappa(['a', 'a'], ['a', 'a'])).toThrow(/one class only/)
    expect(() => m.lift([0, 0], [0.2, 0.3])).toThrow(DataError)
    expect(() => m.bestThreshold([1, 1], [0.2, 0.3])).toThrow(DataError)
    const predicted = { classes: ['a', 'b', 'c'], probabilities: [1, 0, 0, 0, 1, 0] }
    expect(() => m.rocAucOvr(['a', 'b'], predicted)).toThrow(/absent/)
  })
  it('also when the other class has no weight', () => {
    expect(() => m.rocAuc([0, 1], [0.2, 0.3], { sampleWeight: [0, 1] })).toThrow(DataError)
  })
  it('is no obstacle elsewhere', () => {
    expect(m.averagePrecision([1, 1], [0.2, 0.3])).toBe(1)
    expect(m.matthewsCorrelation(['a', 'a'], ['a', 'a'])).toBe(0)
    expect(m.balancedAccuracy(['a', 'a'], ['a', 'b'])).toBe(0.5)
    expect(m.logLoss([1, 1], [0.5, 0.5])).toBeCloseTo(Math.LN2, 15)
  })
})

describe('probabilities', () => {
  it('are clipped, so that a certain and wrong answer costs 36 and not Infinity', () => {
    expect(m.logLoss([1], [0])).toBeCloseTo(-Math.log(Number.EPSILON), 12)
    expect(m.logLoss([1], [1])).toBeLessThan(1e-15)
  })
  it('must lie between 0 and 1', () => {
    expect(() => m.logLoss([0, 1], [0.5, 1.2])).toThrow(/received 1.2 at position 1/)
    expect(m.rocAuc([0, 1], [-3, 1.2])).toBe(1)
    expect(() => m.rocAuc([0, 1], [0, Infinity])).toThrow(/received Infinity at row 1/)
  })
  it('need a column for each true class, named once', () => {
    const probabilities = [0.5, 0.5, 0.5, 0.5]
    expect(() => m.logLossMulticlass(['a', 'z'], { classes: ['a', 'b'], probabilities })).toThrow(
      /'z' at row 1/,
    )
    expect(() => m.logLossMulticlass(['a', 'a'], { classes: ['a', 'a'], probabilities })).toThrow(ShapeError)
    expect(() => m.brierMulticlass(['a'], { classes: ['a', 'b'], probabilities })).toThrow(ShapeError)
  })
  it('of two classes: the multiclass Brier score is twice the binary one', () => {
    const probabilities = [0.3, 0.7, 0.9, 0.1]
    expect(m.brierMulticlass([1, 0], { classes: [0, 1], probabilities })).toBeCloseTo(
      2 * m.brier([1, 0], [0.7, 0.1]),
      15,
    )
  })
})

describe('constant targets', () => {
  it('give 1 when met and 0 when not', () => {
    // 0.1 three times: its mean is not exactly 0.1.
    expect(m.r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(1)
    expect(m.r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.2])).toBe(0)
    expect(m.explainedVariance([5, 5], [6, 6])).toBe(1)
    expect(m.explainedVariance([5, 5], [6, 7])).toBe(0)
  })
  it('count only where rows have weight', () => {
    expect(m.r2([9, 5, 5], [1, 6, 6], { sampleWeight: [0, 1, 1] })).toBe(0)
  })
  it('need two rows that count', () => {
    expect(() => m.r2([1], [1])).toThrow(/two rows/)
    expect(() => m.explainedVariance([1, 2], [1, 2], { sampleWeight: [1, 0] })).toThrow(/two rows/)
  })
})

it('percentage errors of a true 0 are huge, not infinite', () => {
  expect(m.meanAbsolutePercentageError([0], [1])).toBe(1 / Number.EPSILON)
})

it('F-beta runs from precision at 0 towards recall', () => {
  const [yTrue, yPred] = [
    [1, 1, 1, 0, 0],
    [1, 0, 0, 1, 0],
  ]
  expect(m.fBeta(yTrue!, yPred!, { beta: 0 })).toBe(m.precision(yTrue!, yPred!))
  // Beta 1e6: precision counts 1e-12 as much.
  expect(m.fBeta(yTrue!, yPred!, { beta: 1e6 })).toBeCloseTo(m.recall(yTrue!, yPred!), 10)
})
