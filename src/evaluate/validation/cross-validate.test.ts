import { describe, expect, it } from 'vitest'
import { InvalidOptionError, rng } from '../../base/index.js'
import { dummyClassifier, dummyRegressor } from '../../learn/baseline/index.js'
import { linearRegression, logisticRegression } from '../../learn/linear/index.js'
import { crossValidate } from './index.js'

const random = rng(3)
const rows = Array.from({ length: 120 }, () => {
  const a = random.normal()
  return { a, b: random.normal(), label: a + 0.3 * random.normal() > 0 ? 'high' : 'low', value: 2 * a + 1 }
})
const features = rows.map(({ a, b }) => ({ a, b }))

describe('crossValidate', () => {
  it('scores a learner far above the baseline, on rows it has not seen', async () => {
    const labels = rows.map(({ label }) => label)
    const learned = await crossValidate(logisticRegression(), features, labels)
    const baseline = await crossValidate(dummyClassifier(), features, labels)
    expect(learned.metric).toBe('roc-auc')
    expect(learned.scores).toHaveLength(5)
    expect(learned.mean).toBeGreaterThan(0.95)
    // A constant ranks nothing: one half exactly.
    expect(baseline.mean).toBe(0.5)
  })

  it('predicts every row once', async () => {
    const values = rows.map(({ value }) => value)
    const { predictions, mean } = await crossValidate(linearRegression(), features, values, { metric: 'mae' })
    expect(predictions.every(Number.isFinite)).toBe(true)
    // The target is linear in a: what remains is rounding.
    expect(mean).toBeLessThan(1e-9)
  })

  it('takes the target by name, folds of the caller, and repeats itself', async () => {
    const table = rows.map(({ a, value }) => ({ a, value }))
    const folds = [
      {
        train: Int32Array.from({ length: 60 }, (_, i) => i),
        test: Int32Array.from({ length: 60 }, (_, i) => 60 + i),
      },
    ]
    const first = await crossValidate(dummyRegressor(), table, 'value', { folds })
    const second = await crossValidate(dummyRegressor(), table, 'value', { folds })
    expect(first.scores).toEqual(second.scores)
    expect(first.predictions.slice(0, 60).every(Number.isNaN)).toBe(true)
    expect(first.sd).toBe(0)
  })

  it('refuses options that it does not know', async () => {
    const given = (options: object) => crossValidate(dummyRegressor(), rows, 'value', options)
    await expect(given({ fold: 3 })).rejects.toThrow("no option 'fold'. Did you mean 'folds'?")
    for (const options of [{ threads: -1 }, { seed: 0.5 }, { folds: 1 }, { signal: 5 }, { stratify: 'yes' }])
      await expect(given(options)).rejects.toThrow(InvalidOptionError)
  })

  it('learns from the past only when there is a time', async () => {
    const time = Float64Array.from(rows, (_, i) => i)
    const { predictions } = await crossValidate(
      dummyRegressor(),
      features,
      rows.map(({ value }) => value),
      { time, folds: 3 },
    )
    expect(Number.isNaN(predictions[0])).toBe(true)
    expect(Number.isFinite(predictions[119]!)).toBe(true)
  })
})
