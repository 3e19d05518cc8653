import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { kFold, table, numberColumn } from '../../data/index.js'
import type { LearningData } from '../../evaluate/validation/index.js'
import { findMetric } from '../../metrics/index.js'
import type { Candidate, RungKind } from './candidate.js'
import { climb, type ClimbOptions } from './climb.js'
import { finish, resolvedRecipe } from './finish.js'

const rows = 150
const metric = findMetric('rmse', 'regression')

/** y = 2a − b², a little noise. */
function sample(): LearningData {
  const random = rng(3).split('climb')
  const numbers = (): Float64Array => Float64Array.from({ length: rows }, () => random.normal())
  const [a, b] = [numbers(), numbers()]
  const values = a.map((value, i) => 2 * value - b[i]! ** 2 + 0.1 * random.normal())
  return { x: table({ a: numberColumn(a), b: numberColumn(b) }), target: { type: 'values', values } }
}

const candidate = (kind: RungKind, learner: string, options: Record<string, unknown> = {}): Candidate => ({
  kind,
  name: kind,
  about: '',
  recipe: { kind: learner, options },
  cost: 0.01,
})
const constant = candidate('constant', 'dummy-regressor')
const linear = candidate('linear', 'ridge')
const boosting = candidate('boosting', 'gradient-boosting-regressor', {
  nEstimators: 40,
  minSamplesLeaf: 5,
  earlyStoppingRounds: 10,
})
const broken = candidate('tree', 'no-such-learner')

const data = sample()
const { folds } = kFold({ rows: data.x, folds: 3 })
const climbed = (candidates: readonly Candidate[], more: Partial<ClimbOptions> = {}) =>
  climb(data, { candidates, folds, metric, rng: rng(0), threads: 1, ...more })

describe('climb', () => {
  it('goes on when a candidate fails, and says why', async () => {
    const codes: string[] = []
    const { rungs, skipped } = await climbed([constant, broken, linear], {
      onEvent: (event) => {
        if (event.type === 'warning') codes.push(event.code)
      },
    })
    expect(rungs.map(({ candidate: { name } }) => name)).toEqual(['constant', 'linear'])
    expect(skipped).toEqual([{ name: 'tree', reason: expect.stringContaining('no-such-learner') }])
    expect(codes).toEqual(['candidate-failed'])
  })

  it('fails when not even the first candidate can be fitted', async () => {
    await expect(climbed([broken, linear])).rejects.toThrow('no-such-learner')
  })

  it('skips what there is no time for', async () => {
    const { rungs, skipped } = await climbed([constant, boosting, { ...linear, cost: 1000 }], {
      secondsLeft: () => 100,
    })
    expect(rungs.map(({ candidate: { name } }) => name)).toEqual(['constant', 'boosting'])
    expect(skipped).toEqual([{ name: 'linear', reason: 'no time left' }])
  })

  it('adds an average when that is better than each of its members', async () => {
    const { rungs } = await climbed([constant, linear, boosting])
    const average = rungs.at(-1)!
    expect(average.candidate.kind).toBe('average')
    for (const rung of rungs.slice(0, -1)) expect(average.score).toBeLessThan(rung.score)
    expect(average.step?.against).toBe('boosting')
  })

  it('gives the same bytes again', async () => {
    const bytes = async (): Promise<string> => {
      const ladder = await climbed([constant, linear, boosting])
      const options = { rng: rng(0).split('finish'), threads: 1 }
      const model = await finish(ladder, ladder.rungs.at(-1)!, { data, options })
      return JSON.stringify(model.toJSON())
    }
    expect(await bytes()).toBe(await bytes())
  })
})

describe('finish', () => {
  it('fits boosting with the rounds that the folds found, and a few more', async () => {
    const { rungs } = await climbed([boosting])
    const found = rungs[0]!.models.map((model) => model.learned['bestIteration'] as number)
    const mean = found.reduce((sum, rounds) => sum + rounds, 0) / found.length
    const { options } = resolvedRecipe(rungs[0]!)
    // Three folds: half as many rows again, and the root of that in rounds.
    expect(options['nEstimators']).toBe(Math.round(mean * Math.sqrt(1.5)))
    expect(options['earlyStoppingRounds']).toBeNull()
  })

  it('makes an average of members fitted on all rows', async () => {
    const ladder = await climbed([constant, linear, boosting])
    const options = { rng: rng(0).split('finish'), threads: 1 }
    const model = await finish(ladder, ladder.rungs.at(-1)!, { data, options })
    expect(model.learned['members']).toHaveLength(2)
    expect((await model.score(data.x)).every(Number.isFinite)).toBe(true)
  })
})
