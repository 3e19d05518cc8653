import { describe, expect, it } from 'vitest'
import { cpuNow, now } from '../../base/index.js'
import { closingSeconds, judgingSeconds, secondsAfterLadder, startBudget } from './budget.js'

const small = { rows: 100, columns: 5, testRows: 20, classes: 2 }

describe('startBudget', () => {
  it('counts from the start that is given', () => {
    const budget = startBudget(60, now() - 10_000)
    expect(budget.elapsed()).toBeGreaterThanOrEqual(10)
    expect(budget.elapsed() + budget.left()).toBeCloseTo(60, 2)
  })

  it('takes waiting for a slow machine, and computing for a calm one', async () => {
    const budget = startBudget(60)
    expect(budget.pace()).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 300))
    const waited = budget.pace()
    expect(waited).toBeGreaterThan(1)
    const end = cpuNow() + 200
    while (cpuNow() < end);
    expect(budget.pace()).toBeLessThan(waited)
    budget.computing()
    expect(budget.pace()).toBe(1)
  })
})

describe('secondsAfterLadder', () => {
  it('asks for nothing before the first model, so that there is one', () => {
    expect(secondsAfterLadder(startBudget(1), [], small)).toBe(0)
  })
})

describe('closingSeconds', () => {
  it('grows with the cells', () => {
    expect(closingSeconds({ ...small, rows: 1e6 })).toBeGreaterThan(closingSeconds(small))
  })
})

describe('judgingSeconds', () => {
  it('grows with the classes, to a few seconds', () => {
    expect(judgingSeconds(small)).toBe(0)
    expect(judgingSeconds({ ...small, testRows: 1200, classes: 300 })).toBeCloseTo(3, 0)
    expect(judgingSeconds({ ...small, testRows: 10_000, classes: 300 })).toBeLessThan(6)
  })
})
