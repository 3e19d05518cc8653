// Laws that hold for every metric, on generated data.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rng } from '../base/index.js'
import { findMetric, metricsFor } from './index.js'
import * as m from './index.js'
import { type Actual, mostProbable, type Predicted, type Task } from './problem.js'

interface Problem {
  readonly actual: Actual
  readonly predicted: Predicted
  readonly n: number
}

/** Coarse scores, so that ties abound; every class occurs. */
function problem(task: Task, seed: number, n: number): Problem {
  const source = rng(seed)
  if (task === 'regression') {
    const values = Float64Array.from({ length: n }, () => source.below(20))
    return {
      actual: { kind: 'values', values },
      predicted: { kind: 'values', values: values.map((value) => value + source.below(7) - 3) },
      n,
    }
  }
  const nClasses = task === 'binary' ? 2 : 3
  const codes = Int32Array.from({ length: n }, (_, i) => (i < nClasses ? i : source.below(nClasses)))
  const raw = Float64Array.from({ length: n * nClasses }, () => 1 + source.below(8))
  const probabilities = raw.map((value, at) => {
    const row = Math.floor(at / nClasses) * nClasses
    return value / raw.subarray(row, row + nClasses).reduce((total, part) => total + part, 0)
  })
  return {
    actual: { kind: 'classes', codes, nClasses },
    predicted: { kind: 'classes', codes: mostProbable(probabilities, nClasses), probabilities },
    n,
  }
}

/** Rows of a problem, in another order or repeated. */
function take({ actual, predicted }: Problem, rows: readonly number[]): Problem {
  const pick = <A extends Int32Array | Float64Array>(array: A, width = 1): A => {
    const picked = rows.flatMap((row) => Array.from(array.subarray(row * width, (row + 1) * width)))
    return (array instanceof Int32Array ? Int32Array.from(picked) : Float64Array.from(picked)) as A
  }
  const n = rows.length
  if (actual.kind === 'values' || predicted.kind === 'values') {
    if (actual.kind !== 'values' || predicted.kind !== 'values') throw new Error('mixed problem')
    return {
      actual: { ...actual, values: pick(actual.values) },
      predicted: { ...predicted, values: pick(predicted.values) },
      n,
    }
  }
  const probabilities = pick(predicted.probabilities!, actual.nClasses)
  return {
    actual: { ...actual, codes: pick(actual.codes) },
    predicted: { ...predicted, codes: pick(predicted.codes), probabilities },
    n,
  }
}

const tasks: readonly Task[] = ['binary', 'multiclass', 'regression']
const cases = tasks.flatMap((task) => metricsFor(task).map((metric) => [metric.name, task, metric] as const))
const arbSeed = fc.integer({ min: 0, max: 1e6 })
const arbSize = fc.integer({ min: 4, max: 60 })

describe.each(cases)('%s for %s', (name, task, metric) => {
  const close = (a: number, b: number): void => {
    // Sums in another order: a few units in the last place of at most 120 terms.
    expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(a)))
  }

  it('does not depend on the order of rows', () => {
    fc.assert(
      fc.property(arbSeed, arbSize, (seed, n) => {
        const rows = problem(task, seed, n)
        const shuffled = take(rows, Array.from(rng(seed).split('order').permutation(n)))
        close(metric.score(rows.actual, rows.predicted), metric.score(shuffled.actual, shuffled.predicted))
      }),
      { numRuns: 30, seed: 1 },
    )
  })
  it('takes weights as repeated rows, and 0 as a row left out', () => {
    fc.assert(
      fc.property(arbSeed, arbSize, (seed, n) => {
        const rows = problem(task, seed, n)
        const source = rng(seed).split('weights')
        // The first rows keep every class in play.
        const weights = Float64Array.from({ length: n }, (_, i) => (i < 3 ? 1 : source.below(4)))
        const repeated = take(
          rows,
          Array.from(weights).flatMap((weight, row) => Array.from({ length: weight }, () => row)),
        )
        close(
          metric.score(rows.actual, rows.predicted, weights),
          metric.score(repeated.actual, repeated.predicted),
        )
      }),
      { numRuns: 30, seed: 2 },
    )
  })
  it('does not depend on the scale of the weights', () => {
    const rows = problem(task, 5, 40)
    const weights = Float64Array.from({ length: 40 }, (_, i) => (i % 5) + 0.5)
    close(
      metric.score(rows.actual, rows.predicted, weights),
      metric.score(
        rows.actual,
        rows.predicted,
        weights.map((weight) => weight * 8),
      ),
    )
  })
  it('is the mean of its row figures, where it has them', () => {
    const rows = problem(task, 6, 50)
    const figures = metric.perRow?.(rows.actual, rows.predicted)
    if (figures === undefined) return
    close(metric.score(rows.actual, rows.predicted), figures.reduce((a, b) => a + b, 0) / rows.n)
  })
  it('stays within its bounds and is best for a perfect answer', () => {
    const perfect = task === 'regression' ? problem(task, 7, 30) : perfectClasses(task)
    const predicted = task === 'regression' ? (perfect.actual as Predicted) : perfect.predicted
    const best = metric.score(perfect.actual, predicted)
    // Clipping leaves a log loss of 2e-16 on certain answers.
    expect(Math.abs(best - (metric.greaterIsBetter ? 1 : 0)), name).toBeLessThan(1e-14)
    fc.assert(
      fc.property(arbSeed, arbSize, (seed, n) => {
        const rows = problem(task, seed, n)
        const score = metric.score(rows.actual, rows.predicted)
        if (metric.greaterIsBetter) expect(score).toBeLessThanOrEqual(1)
        else expect(score).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 30, seed: 3 },
    )
  })
})

function perfectClasses(task: Task): Problem {
  const nClasses = task === 'binary' ? 2 : 3
  const codes = Int32Array.from({ length: 12 }, (_, i) => i % nClasses)
  const probabilities = Float64Array.from({ length: 12 * nClasses }, (_, at) =>
    codes[Math.floor(at / nClasses)] === at % nClasses ? 1 : 0,
  )
  return {
    actual: { kind: 'classes', codes, nClasses },
    predicted: { kind: 'classes', codes, probabilities },
    n: 12,
  }
}

describe('symmetries', () => {
  const arbRows = fc.array(
    fc.record({ y: fc.boolean(), score: fc.integer({ min: -5, max: 5 }), guess: fc.boolean() }),
    { minLength: 2, maxLength: 40 },
  )
  const both = (rows: readonly { y: boolean }[]): boolean => new Set(rows.map((row) => row.y)).size === 2

  it('ROC-AUC turns to 1 − AUC when scores or classes are turned, and sees only their order', () => {
    fc.assert(
      fc.property(arbRows.filter(both), (rows) => {
        const y = rows.map((row) => row.y)
        const scores = rows.map((row) => row.score)
        const auc = m.rocAuc(y, scores)
        expect(
          m.rocAuc(
            y,
            scores.map((score) => -score),
          ),
        ).toBeCloseTo(1 - auc, 12)
        expect(m.rocAuc(y, scores, { positive: false })).toBeCloseTo(1 - auc, 12)
        expect(m.rocAuc(y, scores.map(Math.exp))).toBe(auc)
      }),
      { seed: 4 },
    )
  })
  it('ROC-AUC is the share of pairs in the right order', () => {
    fc.assert(
      fc.property(arbRows.filter(both), (rows) => {
        const pairs = rows
          .filter((a) => a.y)
          .flatMap((a) => rows.filter((b) => !b.y).map((b) => (Math.sign(a.score - b.score) + 1) / 2))
        const share = pairs.reduce((total, pair) => total + pair, 0) / pairs.length
        expect(
          m.rocAuc(
            rows.map((row) => row.y),
            rows.map((row) => row.score),
          ),
        ).toBeCloseTo(share, 12)
      }),
      { seed: 5 },
    )
  })
  it('the area under the ROC curve is ROC-AUC, also without the points between', () => {
    fc.assert(
      fc.property(arbRows.filter(both), fc.boolean(), (rows, dropIntermediate) => {
        const y = rows.map((row) => row.y)
        const scores = rows.map((row) => row.score)
        const { falsePositiveRate: x, truePositiveRate: t } = m.rocCurve(y, scores, { dropIntermediate })
        let area = 0
        for (let i = 1; i < x.length; i++) area += ((x[i]! - x[i - 1]!) * (t[i]! + t[i - 1]!)) / 2
        expect(area).toBeCloseTo(m.rocAuc(y, scores), 12)
      }),
      { seed: 6 },
    )
  })
  it('kappa and Matthews correlation treat truth and prediction alike', () => {
    fc.assert(
      fc.property(arbRows.filter(both), (rows) => {
        const y = rows.map((row) => row.y)
        const guess = rows.map((row) => row.guess)
        expect(m.matthewsCorrelation(y, guess)).toBeCloseTo(m.matthewsCorrelation(guess, y), 12)
        expect(m.cohenKappa(y, guess)).toBeCloseTo(m.cohenKappa(guess, y), 12)
        expect(m.precision(y, guess)).toBe(m.recall(guess, y))
      }),
      { seed: 7 },
    )
  })
  it('micro averages are the accuracy', () => {
    const rows = problem('multiclass', 3, 50)
    const accuracy = findMetric('accuracy', 'multiclass').score(rows.actual, rows.predicted)
    expect(findMetric('f1-micro', 'multiclass').score(rows.actual, rows.predicted)).toBeCloseTo(accuracy, 14)
  })
})
