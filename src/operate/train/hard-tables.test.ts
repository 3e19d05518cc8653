// Whole jobs on tables so small, so lopsided or so extreme that a step of them has little to work with.
import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { fromRows, type Table } from '../../data/index.js'
import { train } from './train.js'
import type { TrainResult } from './train-result.js'

const random = rng(3)

/** Rows of which the first `rare` say yes, and lie apart from the others. */
const lopsided = (rows: number, rare: number): Table =>
  fromRows(
    Array.from({ length: rows }, (_, i) => ({
      a: random.normal() + (i < rare ? 3 : 0),
      b: random.normal(),
      y: i < rare ? 'yes' : 'no',
    })),
  )

// Enough for all candidates on a busy machine; a calm one is done in a few seconds.
const learn = async (table: Table): Promise<TrainResult> =>
  (await train({ table, target: 'y', time: 20 })).result

describe('a target with few rows of a class', () => {
  it('is learned, judged and explained', async () => {
    const result = await learn(lopsided(120, 3))
    expect(result.leaderboard.length).toBeGreaterThan(1)
    expect(result.scores['roc-auc']).toBeGreaterThan(0.5)
  }, 30_000)

  it('has no score where none of them is left to judge on, and says so', async () => {
    const result = await learn(lopsided(120, 2))
    expect(result.model).not.toBe('constant')
    expect(result.scores['roc-auc']).toBeNaN()
    expect(JSON.parse(JSON.stringify(result.scores))).toMatchObject({ 'roc-auc': null })
    expect(result.scores['log-loss']).toBeGreaterThan(0)
    const warning = result.warnings.find(({ code }) => code === 'metric-undefined')
    expect(warning?.message).toMatch(/ROC-AUC decided .* has no meaning on the 24 rows set aside/)
  }, 30_000)
})

describe('a table of few rows', () => {
  it.each([4, 6, 10, 20])(
    'gives a model: %i rows',
    async (rows) => {
      const table = fromRows(
        Array.from({ length: rows }, () => {
          const a = random.normal()
          return { a, b: random.normal(), y: 3 * a + random.normal() / 10 }
        }),
      )
      const result = await learn(table)
      expect(result.scores['rmse']).toBeGreaterThanOrEqual(0)
    },
    30_000,
  )
})

describe('values of extreme size', () => {
  const rows = Array.from({ length: 80 }, () => {
    const a = random.normal()
    return { a, b: random.normal(), y: 3 * a + random.normal() / 10 }
  })

  it('are learned from, by linear models too', async () => {
    const result = await learn(fromRows(rows.map((row) => ({ ...row, a: row.a * 1e300 }))))
    const scoreOf = (name: string): number => result.leaderboard.find((entry) => entry.name === name)!.score
    expect(scoreOf('linear')).toBeLessThan(scoreOf('constant') / 5)
  }, 30_000)

  it('are refused in the target, with what to do', async () => {
    await expect(learn(fromRows(rows.map((row) => ({ ...row, y: row.y * 1e300 }))))).rejects.toThrow(
      /The target 'y' holds .*e\+300, expected values below 1e150 .* mark for a missing value/,
    )
  })
})

describe('warnings', () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({
    a: random.normal(),
    day: i % 10 === 0 ? null : new Date(Date.UTC(2020, 0, i)),
    y: i % 3 === 0 ? 'yes' : 'no',
  }))

  it('are told once, though test part and folds say the same', async () => {
    const { result } = await train({ table: fromRows(rows), target: 'y', timeColumn: 'day', time: 20 })
    expect(result.warnings.filter(({ code }) => code === 'missing-time')).toHaveLength(1)
  }, 30_000)

  it('tell that a target of two classes is not of several', async () => {
    const { result } = await train({ table: fromRows(rows), target: 'y', task: 'multiclass', time: 20 })
    expect(result.task).toBe('binary')
    expect(result.warnings.map(({ code }) => code)).toContain('task-binary')
  }, 30_000)
})
