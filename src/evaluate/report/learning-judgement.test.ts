import { describe, expect, it } from 'vitest'
import { moreDataSentence, overfitSentence } from './learning-judgement.js'

const auc = { name: 'roc-auc', label: 'ROC-AUC', greaterIsBetter: true }
const rmse = { name: 'rmse', label: 'RMSE', greaterIsBetter: false }
const validation = { value: 0.85, low: 0.84, high: 0.86 }

describe('overfitSentence', () => {
  it.each([
    [0.855, 'No sign of overfitting'],
    [0.84, 'No sign of overfitting'],
    [0.9, 'It overfits a little'],
    [1, 'It overfits.'],
  ])('reads a training score of %d', (train, words) => {
    expect(overfitSentence({ train, validation }, auc, 0.5).markup).toContain(words)
  })

  it('reads errors the other way round', () => {
    const given = { train: 10, validation: { value: 40, low: 38, high: 42 } }
    expect(overfitSentence(given, rmse, 100).markup).toContain('It overfits.')
    expect(overfitSentence({ ...given, train: 41 }, rmse, 100).markup).toContain('No sign')
  })
})

describe('moreDataSentence', () => {
  const curve = (before: number, last: number) => [
    { rows: 500, train: 1, validation: before },
    { rows: 1000, train: 1, validation: last, low: last - 0.01, high: last + 0.01 },
  ]

  it.each([
    [0.8, 0.85, 'would likely help'],
    [0.845, 0.85, 'may help a little'],
    [0.85, 0.85, 'would hardly help'],
    [0.86, 0.85, 'would hardly help'],
  ])('reads a curve that ends with %d, %d', (before, last, words) => {
    expect(moreDataSentence({ train: 1, validation, curve: curve(before, last) }, auc)?.markup).toContain(
      words,
    )
  })

  it('takes a gain within the interval of the score for chance, where the curve has no spread', () => {
    const points = [
      { rows: 500, train: 1, validation: 0.849 },
      { rows: 1000, train: 1, validation: 0.85 },
    ]
    expect(moreDataSentence({ train: 1, validation, curve: points }, auc)?.markup).toContain('hardly help')
  })

  it('keeps silent without a curve', () => {
    expect(moreDataSentence({ train: 1, validation }, auc)).toBeUndefined()
  })
})
