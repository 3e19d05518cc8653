import { describe, expect, it } from 'vitest'
import { DataError, InvalidOptionError, ShapeError, UsageError } from '../base/index.js'
import * as m from './index.js'

const actual = { kind: 'classes', codes: Int32Array.of(0, 1, 1, 0), nClasses: 2 } as const
const probabilities = Float64Array.of(0.8, 0.2, 0.3, 0.7, 0.6, 0.4, 0.7, 0.3)
const predicted = { kind: 'classes', codes: Int32Array.of(0, 1, 0, 0), probabilities } as const
const threeActual = { kind: 'classes', codes: Int32Array.of(0, 1, 2), nClasses: 3 } as const
const numbers = (...values: number[]) => ({ kind: 'values', values: Float64Array.from(values) }) as const

describe('findMetric', () => {
  it.each([
    ['roc_auc', 'binary', 'roc-auc'],
    ['roc_auc_ovr_weighted', 'multiclass', 'roc-auc-weighted'],
    ['neg_log_loss', 'multiclass', 'log-loss'],
    ['neg_brier_score', 'binary', 'brier'],
    ['average_precision', 'binary', 'pr-auc'],
    ['matthews_corrcoef', 'binary', 'mcc'],
    ['neg_root_mean_squared_error', 'regression', 'rmse'],
    ['neg_median_absolute_error', 'regression', 'median-ae'],
    ['explained_variance', 'regression', 'explained-variance'],
    ['F1-Macro', 'binary', 'f1-macro'],
  ] as const)('understands %s for %s', (name, task, expected) => {
    expect(m.findMetric(name, task).name).toBe(expected)
  })
  it('suggests the nearest name', () => {
    expect(() => m.findMetric('roc-acu', 'binary')).toThrow(InvalidOptionError)
    expect(() => m.findMetric('roc-acu', 'binary')).toThrow(
      /there is no metric 'roc-acu' — .*Did you mean 'roc-auc'/,
    )
    expect(() => m.findMetric('rmse', 'binary')).toThrow(
      /'rmse' is not for a binary target — expected one of roc-auc,/,
    )
    expect(() => m.findMetric('f1', 'multiclass')).toThrow(/Did you mean 'f1-macro'/)
  })
})

it('every task has a default among its metrics, and every metric answers for its tasks', () => {
  expect(m.defaultMetric('binary').name).toBe('roc-auc')
  expect(m.defaultMetric('multiclass').name).toBe('log-loss')
  expect(m.defaultMetric('regression').name).toBe('rmse')
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    for (const metric of m.metricsFor(task)) {
      expect(metric.tasks).toContain(task)
      expect(m.findMetric(metric.name, task)).toBe(metric)
      expect(metric.needs === 'values').toBe(task === 'regression')
    }
  }
})

it('scores as the functions on labels do', () => {
  const score = (name: string) => m.findMetric(name, 'binary').score(actual, predicted)
  const y = ['no', 'yes', 'yes', 'no']
  const guess = ['no', 'yes', 'no', 'no']
  const p = [0.2, 0.7, 0.4, 0.3]
  expect(score('roc-auc')).toBe(m.rocAuc(y, p))
  expect(score('pr-auc')).toBe(m.averagePrecision(y, p))
  expect(score('log-loss')).toBeCloseTo(m.logLoss(y, p), 14)
  expect(score('brier')).toBeCloseTo(m.brier(y, p), 14)
  expect(score('f1')).toBe(m.f1(y, guess))
  expect(score('precision')).toBe(m.precision(y, guess))
  expect(score('recall')).toBe(m.recall(y, guess))
  expect(score('mcc')).toBe(m.matthewsCorrelation(y, guess))
  expect(score('kappa')).toBe(m.cohenKappa(y, guess))
})

describe('a fold on which a metric has no meaning', () => {
  const oneClass = { ...actual, codes: Int32Array.of(0, 0, 0, 0) }
  it('gives NaN, which a mean over folds can leave out', () => {
    const score = (name: string) => m.findMetric(name, 'binary').score(oneClass, predicted)
    expect(score('roc-auc')).toBeNaN()
    expect(score('pr-auc')).toBeNaN()
    const two = { ...threeActual, codes: Int32Array.of(0, 1, 1) }
    const guess = {
      kind: 'classes',
      codes: two.codes,
      probabilities: new Float64Array(9).fill(1 / 3),
    } as const
    expect(m.findMetric('roc-auc', 'multiclass').score(two, guess)).toBeNaN()
    expect(m.findMetric('kappa', 'binary').score(oneClass, { ...predicted, codes: oneClass.codes })).toBeNaN()
    expect(m.findMetric('r2', 'regression').score(numbers(1), numbers(1))).toBeNaN()
  })
  it('leaves out of a macro mean a class that neither occurs nor is predicted', () => {
    const two = { ...threeActual, codes: Int32Array.of(0, 1, 1) }
    const right = { kind: 'classes', codes: two.codes } as const
    expect(m.findMetric('f1-macro', 'multiclass').score(two, right)).toBe(1)
  })
})

describe('bad input', () => {
  const rocAuc = m.defaultMetric('binary')
  it('is refused with a reason', () => {
    expect(() => rocAuc.score(actual, { kind: 'classes', codes: predicted.codes })).toThrow(
      /needs probabilities/,
    )
    expect(() => rocAuc.score(actual, { ...predicted, probabilities: probabilities.slice(2) })).toThrow(
      ShapeError,
    )
    expect(() =>
      rocAuc.score(actual, { ...predicted, probabilities: probabilities.map(() => Number.NaN) }),
    ).toThrow(DataError)
    expect(() => rocAuc.score({ ...actual, codes: Int32Array.of(0, -1, 1, 0) }, predicted)).toThrow(
      /received -1 at row 1/,
    )
    expect(() => rocAuc.score({ ...actual, codes: new Int32Array(0) }, predicted)).toThrow(/no rows/)
    expect(() => m.defaultMetric('regression').score(numbers(1, 2), numbers(1, Number.NaN))).toThrow(/row 1/)
    expect(() => m.defaultMetric('regression').score(numbers(1, 2), numbers(1))).toThrow(ShapeError)
    expect(() => rocAuc.score(numbers(1), numbers(1))).toThrow(UsageError)
    expect(() => rocAuc.prepare(actual, { kind: 'probabilities', probabilities } as never)).toThrow(
      "roc-auc: predicted must be { kind: 'classes', codes, … } with codes of classes; received kind 'probabilities'.",
    )
    expect(() => m.defaultMetric('regression').score(actual, predicted)).toThrow(
      /actual must be { kind: 'values'/,
    )
  })
})

it('the most probable class wins, the first of equals', () => {
  expect(Array.from(m.mostProbable(Float64Array.of(0.2, 0.8, 0.5, 0.5), 2))).toEqual([1, 0])
})
