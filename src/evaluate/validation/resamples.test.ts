import { describe, expect, it } from 'vitest'
import { metricsFor } from '../../metrics/index.js'
import { affordableResamples } from './resamples.js'

const all = metricsFor('multiclass')

describe('affordableResamples', () => {
  it('gives what is asked for where that is quick', () => {
    expect(affordableResamples(all, { rows: 1000, classes: 3 }, 1000)).toBe(1000)
    expect(affordableResamples(metricsFor('binary'), { rows: 50_000, classes: 2 }, 1000)).toBe(1000)
    expect(affordableResamples(metricsFor('regression'), { rows: 50_000, classes: 0 }, 1000)).toBe(1000)
    expect(affordableResamples(all, { rows: 1e6, classes: 300 }, 50)).toBe(50)
  })

  it('gives fewer with many classes and rows, but enough for an interval', () => {
    const some = affordableResamples(all, { rows: 1200, classes: 300 }, 1000)
    expect(some).toBeGreaterThan(100)
    expect(some).toBeLessThan(400)
    expect(affordableResamples(all, { rows: 1e6, classes: 300 }, 1000)).toBe(100)
  })
})
