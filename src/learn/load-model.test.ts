import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../base/index.js'
import { logisticRegression } from './linear/index.js'
import type { ClassifierModel } from './contracts/index.js'
import { modelFromJSON } from './load-model.js'

const rows = [{ a: 0 }, { a: 1 }, { a: 2 }, { a: 3 }]

describe('modelFromJSON', () => {
  it('keeps the threshold that was chosen', async () => {
    const model = await logisticRegression().fit(rows, ['no', 'no', 'yes', 'yes'])
    const cautious = model.withThreshold(0.9)
    const again = (await modelFromJSON(JSON.parse(JSON.stringify(cautious)))) as ClassifierModel
    expect(again.threshold).toBe(0.9)
    expect(again.predictRow({ a: 2 })).toBe('no')
    expect(model.predictRow({ a: 2 })).toBe('yes')
  })

  it('reads documents without a threshold, as all were before, at one half', async () => {
    const model = await logisticRegression().fit(rows, ['no', 'no', 'yes', 'yes'])
    const document = model.toJSON()
    expect(document.threshold).toBeUndefined()
    expect(((await modelFromJSON(document)) as ClassifierModel).threshold).toBe(0.5)
  })
})

describe('withThreshold', () => {
  it.each([-0.1, 1.1, NaN])('refuses %s', async (threshold) => {
    const model = await logisticRegression().fit(rows, ['no', 'no', 'yes', 'yes'])
    expect(() => model.withThreshold(threshold)).toThrow(InvalidOptionError)
  })

  it('refuses a model of three classes', async () => {
    const model = await logisticRegression().fit(rows, ['a', 'b', 'c', 'c'])
    expect(() => model.withThreshold(0.3)).toThrow('for 3 classes')
  })
})
