import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../base/index.js'
import { ridge } from '../linear/index.js'
import { gradientBoostingRegressor } from '../boost/index.js'

const rows = Array.from({ length: 12 }, (_, i) => ({ a: i, y: 2 * i }))

describe('threads of fit', () => {
  it.each([-3, 0, 1.5, Number.NaN, Infinity])('%s is refused', async (threads) => {
    for (const estimator of [gradientBoostingRegressor(), ridge()]) {
      const fitting = estimator.fit(rows, { target: 'y', threads })
      await expect(fitting).rejects.toThrow(InvalidOptionError)
      await expect(fitting).rejects.toThrow(/option 'threads' must be a whole number of at least 1/)
    }
  })
})
