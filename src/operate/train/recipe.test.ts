import { describe, expect, it } from 'vitest'
import { FormatError } from '../../base/index.js'
import { checkRecipe } from './recipe.js'
import { trainSettings } from './train-options.js'

const recipe = {
  version: 1,
  settings: trainSettings.parse('train', { target: 'y' }),
  candidates: [],
  learningCurve: false,
  importance: false,
  dataHash: '',
}

describe('checkRecipe', () => {
  it('takes a recipe as it was saved', () => {
    expect(checkRecipe(JSON.parse(JSON.stringify(recipe)), 'out')).toEqual(recipe)
  })

  it('refuses anything else', () => {
    for (const value of [
      undefined,
      null,
      'x',
      1,
      {},
      { ...recipe, version: 2 },
      { ...recipe, candidates: 'all' },
      { ...recipe, settings: null },
    ])
      expect(() => checkRecipe(value, 'out')).toThrow(FormatError)
  })
})
