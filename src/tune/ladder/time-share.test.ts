import { describe, expect, it } from 'vitest'
import type { Candidate, RungKind } from './candidate.js'
import type { Rung } from './rung.js'
import { abortAfter, allowedShare, expectedSeconds, isWorthStarting, shareOfFolds } from './time-share.js'

const candidate = (kind: RungKind, cost: number): Candidate => ({
  kind,
  name: kind,
  about: '',
  recipe: { kind, options: {} },
  cost,
})

const climbed = (kind: RungKind, cost: number, seconds: number): Rung => ({
  candidate: candidate(kind, cost),
  scores: new Float64Array(),
  models: [],
  score: 0,
  trainScore: 0,
  foldScores: [],
  fitSeconds: 0,
  predictSecondsPer1000: 0,
  seconds,
  folds: 5,
})

describe('expectedSeconds', () => {
  it('trusts the estimate while nothing was measured', () => {
    expect(expectedSeconds(candidate('boosting', 2), [], 5)).toBe(10)
  })

  it('scales by the most costly rung of the same kind', () => {
    const rungs = [
      climbed('linear', 1, 50),
      climbed('boosting', 0.001, 1),
      climbed('boosting', 1, 15),
      climbed('boosting', 0.5, 1),
    ]
    expect(expectedSeconds(candidate('boosting', 2), rungs, 5)).toBe(30)
  })

  it('scales by rungs of other kinds when there is none of its own', () => {
    expect(expectedSeconds(candidate('boosting', 2), [climbed('linear', 1, 10)], 5)).toBe(20)
  })

  it('learns nothing from rungs without an estimate', () => {
    expect(expectedSeconds(candidate('linear', 1), [climbed('constant', 0, 3)], 5)).toBe(5)
  })
})

describe('allowedShare', () => {
  it('is all for the constant, nearly all for the first two boostings, less for others', () => {
    const boosting = candidate('boosting', 1)
    expect(allowedShare(candidate('constant', 0), [])).toBe(1)
    expect(allowedShare(boosting, [climbed('linear', 1, 1)])).toBe(0.95)
    expect(allowedShare(boosting, [climbed('boosting', 1, 1)])).toBe(0.95)
    expect(allowedShare(boosting, [climbed('boosting', 1, 1), climbed('boosting', 1, 1)])).toBe(0.5)
    expect(allowedShare(candidate('linear', 1), [])).toBe(0.35)
    expect(allowedShare(candidate('linear', 1), [climbed('boosting', 1, 1)])).toBe(0.5)
  })
})

describe('isWorthStarting', () => {
  const given = { allowed: 20, folds: 5 }

  it('compares what is expected with what is allowed', () => {
    expect(isWorthStarting(candidate('linear', 3), [], given)).toBe(true)
    expect(isWorthStarting(candidate('linear', 5), [], given)).toBe(false)
  })

  it('tries the first boosting as long as there is any time', () => {
    const dear = candidate('boosting', 1000)
    expect(isWorthStarting(dear, [climbed('tree', 1, 1)], given)).toBe(true)
    expect(isWorthStarting(dear, [climbed('tree', 1, 1)], { allowed: 0, folds: 5 })).toBe(false)
    expect(isWorthStarting(dear, [climbed('boosting', 1, 5)], given)).toBe(false)
  })
})

describe('abortAfter', () => {
  it('is later than expected, but leaves a part', () => {
    expect(abortAfter(100, 35)).toBe(61.25)
    expect(abortAfter(100, 50)).toBe(75)
    expect(abortAfter(100, 95)).toBe(95)
    expect(abortAfter(Infinity, Infinity)).toBe(Infinity)
  })
})

describe('shareOfFolds', () => {
  it('leaves more for the last fit when folds are few', () => {
    expect(shareOfFolds(1)).toBeLessThan(shareOfFolds(5))
    expect(shareOfFolds(5)).toBeLessThan(1)
  })
})
