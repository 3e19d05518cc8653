import { describe, expect, it } from 'vitest'
import { fromRows } from '../../data/index.js'
import { checkSettings } from './check-settings.js'
import { type TrainSettings, trainSettings } from './train-options.js'

const table = fromRows([{ age: 1, city: 'Oslo', y: 0 }])
const check = (given: Partial<TrainSettings>) => () =>
  checkSettings(table, trainSettings.parse('train', { target: 'y', ...given }))

describe('checkSettings', () => {
  it('accepts names of features', () => {
    expect(check({ drop: ['age'], keep: ['city'], group: 'city' })).not.toThrow()
    expect(check({ timeColumn: 'age' })).not.toThrow()
  })

  it('suggests the nearest name', () => {
    for (const given of [
      { drop: ['agee'] },
      { keep: ['agee'] },
      { group: 'agee' },
      { timeColumn: 'agee' },
      { target: 'agee' },
    ])
      expect(check(given)).toThrow(/There is no column 'agee'\. Did you mean 'age'\?/)
  })

  it('refuses the target as a feature, and two rules at once', () => {
    for (const given of [{ drop: ['y'] }, { keep: ['y'] }, { group: 'y' }, { timeColumn: 'y' }])
      expect(check(given)).toThrow(/'y' is the target, expected another column/)
    expect(check({ group: 'city', timeColumn: 'age' })).toThrow(/cannot be combined/)
  })
})
