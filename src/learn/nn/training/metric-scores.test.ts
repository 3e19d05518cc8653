import { describe, expect, it } from 'vitest'
import { array, type NDArray } from '../../../engine/graph/index.js'
import { accuracy, f1, logLossMulticlass, rocAuc, rootMeanSquaredError } from '../../../metrics/index.js'
import { scorerOf } from './metric-scores.js'

const logits = array([
  [2, 0, 1],
  [0, 3, 1],
  [1, 0, 0.5],
  [0.2, 0.1, 4],
])
const softmax = (row: readonly number[]): number[] => {
  const powers = row.map(Math.exp)
  const sum = powers.reduce((a, b) => a + b)
  return powers.map((power) => power / sum)
}
const rows = (x: NDArray): number[][] =>
  Array.from({ length: x.shape[0]! }, (_, i) => Array.from(x.data.slice(i * 3, i * 3 + 3)))

describe('metrics of the library', () => {
  it('read logits of several classes', () => {
    const y = [0, 1, 2, 2]
    const scores = scorerOf(['accuracy', 'log_loss', 'f1-macro'], 3)(logits, { y: array(Int32Array.from(y)) })
    expect(scores['accuracy']).toBe(accuracy(y, [0, 1, 0, 2]))
    expect(scores['f1-macro']).toBeCloseTo((2 / 3 + 1 + 2 / 3) / 3, 12)
    const expected = logLossMulticlass(y, {
      classes: [0, 1, 2],
      probabilities: rows(logits).flatMap(softmax),
    })
    expect(scores['log_loss']).toBeCloseTo(expected, 10)
  })

  it('read one logit of two classes', () => {
    const y = [1, 0, 1, 1]
    const output = array([[2], [-1], [-0.5], [0.5]])
    const scores = scorerOf(['accuracy', 'roc-auc', 'f1'], 1)(output, { y: array([[1], [0], [1], [1]]) })
    expect(scores['accuracy']).toBe(0.75)
    expect(scores['roc-auc']).toBe(rocAuc(y, [2, -1, -0.5, 0.5]))
    expect(scores['f1']).toBeCloseTo(f1(y, [1, 0, 0, 1]), 12)
  })

  it('leave out targets that are ignored, at each place of a sequence', () => {
    const output = array(Float32Array.of(...logits.data), { shape: [2, 2, 3] })
    const y = array(Int32Array.of(0, -100, 1, 2), { shape: [2, 2] })
    expect(scorerOf(['accuracy'], 3)(output, { y })['accuracy']).toBeCloseTo(2 / 3, 12)
  })

  it('compare numbers', () => {
    const scores = scorerOf({ error: 'rmse', fit: 'r2' }, 1)(array([[1], [2], [4]]), {
      y: array([[1], [3], [3]]),
    })
    expect(scores['error']).toBeCloseTo(rootMeanSquaredError([1, 3, 3], [1, 2, 4]), 12)
    expect(scores['fit']).toBeCloseTo(1 - 2 / (8 / 3), 12)
  })

  it('may be functions, and say what does not go together', () => {
    const width = scorerOf({ width: (_outputs, _batch, columns) => columns }, 3)
    expect(width(logits, {})).toEqual({ width: 3 })
    expect(() => scorerOf(['acuracy'], 3)).toThrow(/no metric 'acuracy'.*Did you mean 'accuracy'/)
    expect(() => scorerOf(['accuracy'], 3)(logits, {})).toThrow(/batches of validation have no y/)
    expect(() => scorerOf(['accuracy'], 3)(logits, { y: array(Int32Array.of(0, 1)) })).toThrow(
      /outputs \[4, 3\] do not go with targets \[2\]/,
    )
    expect(() => scorerOf(['accuracy'], 3)(logits, { y: array(Int32Array.of(0, 1, 2, 3)) })).toThrow(
      /target 3 is 3, expected a class from 0 to 2/,
    )
  })
})
