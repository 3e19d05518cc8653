import { describe, expect, it } from 'vitest'
import { array, spec } from '../../../engine/graph/index.js'
import * as nn from '../index.js'
import { costOf } from './monitor.js'

const net = nn.network(nn.dense(1), spec('float32', ['batch', 1]))
const x = array([[0], [1], [2], [3]])
const y = array([[1], [3], [5], [7]])

/** Scores that rise and fall as told, whatever is learned. */
function scripted(scores: readonly number[]): nn.MetricFunction {
  let epoch = 0
  return () => scores[epoch++]!
}

async function bestEpoch(changed: Partial<nn.FitNetworkOptions>): Promise<number> {
  const seen: number[] = []
  const { values } = await nn.fitNetwork(net, {
    data: nn.batches({ x, y }, { batchSize: 4 }),
    loss: (output, batch) => nn.meanSquaredError(output, batch.y),
    optimizer: nn.sgd({ learningRate: 0.01 }),
    epochs: 4,
    validation: [{ x, y }],
    threads: 1,
    onCheckpoint: (checkpoint) => void seen.push(checkpoint.values['weight']!.data[0]!),
    ...changed,
  })
  return seen.indexOf(values['weight']!.data[0]!)
}

describe('monitor', () => {
  const metrics = { score: scripted([0.2, 0.9, 0.4, 0.1]) }

  it('keeps the parameters of the best score', async () => {
    expect(await bestEpoch({ metrics: { score: scripted([0.2, 0.9, 0.4, 0.1]) } })).toBe(3)
    const most = { score: 'score', mode: 'max' } as const
    expect(await bestEpoch({ metrics: { score: scripted([0.2, 0.9, 0.4, 0.1]) }, monitor: most })).toBe(1)
    const least = { score: 'score', mode: 'min' } as const
    expect(await bestEpoch({ metrics: { score: scripted([0.2, 0.1, 0.4, 0.9]) }, monitor: least })).toBe(1)
  })

  it('counts patience by it', async () => {
    const { epochs, stopped } = await nn.fitNetwork(net, {
      data: nn.batches({ x, y }, { batchSize: 4 }),
      loss: (output, batch) => nn.meanSquaredError(output, batch.y),
      optimizer: nn.sgd({ learningRate: 0.01 }),
      epochs: 50,
      validation: [{ x, y }],
      metrics: { score: scripted([0.5, 0.6, 0.55, 0.5, 0.7]) },
      monitor: { score: 'score', mode: 'max' },
      patience: 2,
    })
    expect([epochs, stopped]).toEqual([4, 'early'])
  })

  it('knows which way the metrics of the library go', () => {
    expect(costOf({ metrics: ['accuracy'], monitor: 'accuracy' }, 2)({ accuracy: 0.9 })).toBe(-0.9)
    expect(costOf({ metrics: ['rmse'], monitor: 'rmse' }, 1)({ rmse: 2 })).toBe(2)
    expect(costOf({}, 1)({ loss: 2 })).toBe(2)
  })

  it('refuses scores that there are not, and those that may go either way', async () => {
    await expect(bestEpoch({ monitor: 'acuracy', metrics: ['rmse'] })).rejects.toThrow(
      "fitNetwork: option 'monitor' must be one of 'loss', 'rmse'; received 'acuracy'.",
    )
    await expect(bestEpoch({ monitor: 'score', metrics })).rejects.toThrow(
      /'score' of option 'monitor' is a score of a function.*Give \{ score: 'score', mode: 'max' \}/,
    )
    const { validation: _, ...without } = { validation: undefined, monitor: 'loss' }
    await expect(
      nn.fitNetwork(net, {
        data: nn.batches({ x, y }, { batchSize: 4 }),
        loss: (output, batch) => nn.meanSquaredError(output, batch.y),
        optimizer: nn.sgd(),
        epochs: 1,
        ...without,
      }),
    ).rejects.toThrow(/option 'monitor' chooses by scores of validation, and there is none/)
  })
})
