// What losses refuse: each of these would come out as a number, and train towards something else.
import { describe, expect, it } from 'vitest'
import { array, full, type NDArray } from '../../engine/graph/index.js'
import * as nn from './index.js'

const logits = array([
  [1, 2, 3],
  [3, 2, 1],
])
const codes = array([2, 0], { dtype: 'int32' })

describe('crossEntropy', () => {
  it('takes classes as int32, one for each row of logits', () => {
    expect(() => nn.crossEntropy(logits, array([2, 0]))).toThrow(
      /targets are float32\[2\], expected codes of classes as int32\[2\]\. Make them with array\(codes, \{ dtype: 'int32' \}\)/,
    )
    for (const shape of [[2, 3], [2, 1], [3], []])
      expect(() => nn.crossEntropy(logits, full(shape, 0, 'int32'))).toThrow(
        /logits are \[2, 3\] and targets .*, expected one class for each row of logits, \[2\]/,
      )
    expect(() => nn.crossEntropy(logits, codes, { weights: [1, 2] })).toThrow(/2 weights for 3 classes/)
  })

  it('leaves out what is ignored, whatever number it is', () => {
    const some = nn.crossEntropy(logits, array([2, -100], { dtype: 'int32' }), { ignoreIndex: -100 })
    expect((some as NDArray).data[0]).toBeCloseTo(0.4076, 4)
  })
})

describe('losses', () => {
  it('say how they are called where they are given a whole batch', () => {
    for (const [name, loss] of Object.entries({
      crossEntropy: nn.crossEntropy,
      meanSquaredError: nn.meanSquaredError,
      dice: nn.dice,
      klDivergence: nn.klDivergence,
    }))
      expect(() => loss(logits, { y: codes } as never)).toThrow(
        new RegExp(
          `'targets' is an object, expected a tensor.*loss: \\(output, \\{ y \\}\\) => ${name}\\(output, y\\)`,
        ),
      )
    expect(() => nn.meanSquaredError(logits, undefined as never)).toThrow(/'targets' is undefined/)
  })

  it('do not broadcast targets over rows', () => {
    const [rows, column] = [array([1, 0]), array([[1], [0]])]
    expect(() => nn.contrastive({ a: logits, b: logits, same: column })).toThrow(/one shape/)
    expect(() => nn.dice(column, rows)).toThrow(/one shape/)
    expect(() => nn.klDivergence(logits, array([1, 0, 0]))).toThrow(/one shape/)
    expect(() => nn.triplet({ anchor: logits, positive: logits, negative: column })).toThrow(/one shape/)
  })

  it('know their options', () => {
    expect(() => nn.crossEntropy(logits, codes, { labelSmoothin: 0.1 } as never)).toThrow(
      /crossEntropy: there is no option 'labelSmoothin'\. Did you mean 'labelSmoothing'/,
    )
    expect(() => nn.crossEntropy(logits, codes, { labelSmoothing: 2 })).toThrow(/between 0 and 1; received 2/)
    expect(() => nn.quantile(logits, logits, { quantile: 90 })).toThrow(/'quantile' must be .*; received 90/)
    expect(() => nn.huber(logits, logits, { delta: Number.NaN })).toThrow(/'delta' must be .*; received NaN/)
    expect(() => nn.focal(logits, logits, { gama: 1 } as never)).toThrow(/Did you mean 'gamma'/)
    expect(() => nn.meanSquaredError(logits, logits, { reduction: 'avg' as never })).toThrow(
      /'mean', 'sum', 'none'/,
    )
  })
})
