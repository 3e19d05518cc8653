import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { findMetric } from '../../metrics/index.js'
import type { RungKind } from './candidate.js'
import { choose } from './choose.js'
import type { Ladder } from './climb.js'
import type { Rung } from './rung.js'

const rmse = findMetric('rmse', 'regression')
const rows = 400
const truth = Float64Array.from({ length: rows }, (_, i) => Math.sin(i))

/** A rung whose predictions miss by so much. */
function rung(kind: RungKind, spread: number): Rung {
  const random = rng(1).split(kind)
  const scores = truth.map((value) => value + spread * random.normal())
  return {
    candidate: { kind, name: kind, about: '', recipe: { kind, options: {} }, cost: 1 },
    scores,
    models: [],
    score: rmse.score({ kind: 'values', values: truth }, { kind: 'values', values: scores }),
    trainScore: 0,
    foldScores: [],
    fitSeconds: 0,
    predictSecondsPer1000: 0,
    seconds: 1,
    folds: 5,
  }
}

const ladderOf = (...rungs: readonly Rung[]): Ladder => ({
  rungs,
  skipped: [],
  rows: Int32Array.from({ length: rows }, (_, i) => i),
  target: { type: 'values', values: truth },
})

describe('choose', () => {
  it('prefers the simpler rung when the gain is within noise', async () => {
    const { best, chosen, comparison } = await choose(
      ladderOf(rung('constant', 2), rung('linear', 1.001), rung('boosting', 1)),
      rmse,
    )
    expect(['linear', 'boosting']).toContain(best.candidate.name)
    expect(chosen.candidate.name).toBe('linear')
    if (best !== chosen) expect(comparison?.withinNoise).toBe(true)
  })

  it('keeps the best when its gain is clear', async () => {
    const { best, chosen, comparison } = await choose(
      ladderOf(rung('constant', 2), rung('linear', 1), rung('boosting', 0.5)),
      rmse,
    )
    expect(best.candidate.name).toBe('boosting')
    expect(chosen).toBe(best)
    expect(comparison).toBeUndefined()
  })
})
