import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { boostingData, boostingParams, ensembleBytes, slice } from '../../../test/support/boosting-data.js'
import type { WorkEvent } from '../../base/index.js'
import { predictEnsemble, trainBoosting } from './index.js'

const data = boostingData({ rows: 4000, columns: 8, classes: 2 })

describe('early stopping', () => {
  const train = slice(data, 0, 1000)
  const validation = slice(data, 1000, 4000)
  const params = boostingParams({
    objective: 'logistic',
    nEstimators: 500,
    learningRate: 0.3,
    earlyStoppingRounds: 10,
  })

  it('keeps the rounds up to the best validation loss', async () => {
    const e = await trainBoosting({ ...train, validation }, params)
    const losses = e.history.validation
    expect(e.bestIteration).toBe(losses.indexOf(Math.min(...losses)) + 1)
    expect(losses.length).toBe(e.bestIteration + 10)
    expect(e.treeOutput.length).toBe(e.bestIteration)
    expect(e.treeOffset.at(-1)).toBe(e.feature.length)
  })

  it('measures the loss that prediction gives', async () => {
    const e = await trainBoosting({ ...train, validation }, params)
    const scores = await predictEnsemble(e, validation.x, validation.rows)
    const loss = scores.reduce((sum, s, i) => sum + Math.log1p(Math.exp(validation.y[i] === 1 ? -s : s)), 0)
    // Scores in training are float32.
    expect(e.history.validation[e.bestIteration - 1]).toBeCloseTo(loss / validation.rows, 5)
  })

  it('without it all rounds are kept and both losses recorded', async () => {
    const e = await trainBoosting(
      { ...train, validation },
      { ...params, nEstimators: 30, earlyStoppingRounds: null },
    )
    expect([e.bestIteration, e.history.train.length, e.history.validation.length]).toEqual([30, 30, 30])
    for (let round = 1; round < 30; round++) {
      expect(e.history.train[round]).toBeLessThan(e.history.train[round - 1]!)
    }
  })

  it('with subsampling the training loss covers rows outside the bag', async () => {
    const e = await trainBoosting(train, { ...params, nEstimators: 20, subsample: 0.5 })
    const scores = await predictEnsemble(e, train.x, train.rows)
    const loss = scores.reduce((sum, s, i) => sum + Math.log1p(Math.exp(train.y[i] === 1 ? -s : s)), 0)
    expect(e.history.train.at(-1)).toBeCloseTo(loss / train.rows, 5)
  })
})

describe('abort', () => {
  const long = boostingParams({ objective: 'logistic', nEstimators: 1_000_000, maxLeaves: 63 })

  for (const threads of [1, 2]) {
    it(`ends the work with the reason, and the pool serves again: ${threads} thread(s)`, async () => {
      const params = boostingParams({ objective: 'logistic' })
      const before = ensembleBytes(await trainBoosting(data, params, { threads }))
      const controller = new AbortController()
      const reason = new Error('enough')
      const running = trainBoosting(data, long, { threads, signal: controller.signal })
      setTimeout(() => controller.abort(reason), 100)
      await expect(running).rejects.toBe(reason)
      expect(ensembleBytes(await trainBoosting(data, params, { threads })) === before).toBe(true)
    })
  }

  it('before the start', async () => {
    const signal = AbortSignal.abort()
    await expect(trainBoosting(data, long, { signal })).rejects.toBe(signal.reason)
    await expect(
      predictEnsemble(await trainBoosting(data, boostingParams()), data.x, 4000, { signal }),
    ).rejects.toBe(signal.reason)
  })

  it('while waiting for a pool, without disturbing the one who has it', async () => {
    const holder = new AbortController()
    const waiter = new AbortController()
    // All threads of the machine: the second fit has to wait.
    const threads = availableParallelism()
    const first = trainBoosting(data, long, { threads, signal: holder.signal })
    const second = trainBoosting(data, long, { threads, signal: waiter.signal })
    setTimeout(() => waiter.abort('waiter'), 50)
    setTimeout(() => holder.abort('holder'), 150)
    await expect(second).rejects.toBe('waiter')
    await expect(first).rejects.toBe('holder')
  })
})

describe('running', () => {
  it('reports rounds, the last one too', async () => {
    const events: WorkEvent[] = []
    await trainBoosting(
      { ...data, validation: slice(data, 0, 500) },
      boostingParams({ objective: 'logistic', nEstimators: 400 }),
      { onEvent: (event) => events.push(event) },
    )
    expect(events.at(-1)).toMatchObject({ iteration: 400 })
    for (const event of events) {
      expect(event).toMatchObject({ type: 'iteration-end' })
      if (event.type !== 'iteration-end') continue
      expect(event.trainLoss).toBeGreaterThan(0)
      expect(event.validationLoss).toBeGreaterThan(0)
    }
  })

  it.each([1, 2])(
    'a listener that throws rejects the fit, and the pool serves again: %i thread(s)',
    async (threads) => {
      const params = boostingParams({ objective: 'logistic' })
      const before = ensembleBytes(await trainBoosting(data, params, { threads }))
      const reason = new Error('the listener is at fault')
      const onEvent = (): never => {
        throw reason
      }
      const long = { ...params, nEstimators: 1_000_000 }
      await expect(trainBoosting(data, long, { threads, onEvent })).rejects.toBe(reason)
      expect(ensembleBytes(await trainBoosting(data, params, { threads })) === before).toBe(true)
    },
  )

  it('many fits at once give what each gives alone', async () => {
    const params = (seed: number) => boostingParams({ objective: 'logistic', seed, subsample: 0.8 })
    const together = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((seed) => trainBoosting(data, params(seed), { threads: 1 + (seed % 2) })),
    )
    for (const [k, ensemble] of together.entries()) {
      const alone = await trainBoosting(data, params(k + 1))
      expect(ensembleBytes(alone) === ensembleBytes(ensemble)).toBe(true)
    }
  })

  it('predictions do not wait for a fit to end', async () => {
    const params = boostingParams({ objective: 'logistic', nEstimators: 60 })
    const e = await trainBoosting(data, params)
    const expected = await predictEnsemble(e, data.x, 4000)
    const controller = new AbortController()
    const long = trainBoosting(data, { ...params, nEstimators: 1_000_000 }, { signal: controller.signal })
    expect(await predictEnsemble(e, data.x, 4000)).toEqual(expected)
    controller.abort('done')
    await expect(long).rejects.toBe('done')
  })

  it('leaves the caller’s arrays alone', async () => {
    const [x, y] = [data.x.slice(), data.y.slice()]
    await trainBoosting(data, boostingParams({ objective: 'logistic' }))
    expect(data.x).toEqual(x)
    expect(data.y).toEqual(y)
  })
})
