import { describe, expect, it } from 'vitest'
import { rng } from '../../../base/index.js'
import { array, type NDArray, spec, t } from '../../../engine/graph/index.js'
import * as nn from '../index.js'

/** Two classes inside and outside of a circle. */
function circles(rows: number, seed: number): { x: NDArray; y: NDArray } {
  const random = rng(seed)
  const x = Float32Array.from({ length: rows * 2 }, () => random.normal())
  const y = Int32Array.from({ length: rows }, (_, i) => Number(Math.hypot(x[2 * i]!, x[2 * i + 1]!) > 1.18))
  return { x: array(x, { shape: [rows, 2] }), y: array(y) }
}

const train = circles(400, 1)
const held = circles(200, 2)
const net = nn.network(nn.sequential(nn.dense(16), nn.tanh, nn.dense(2)), spec('float32', ['batch', 2]))
const accuracy = (outputs: Float32Array, { y }: nn.Batch, width: number): number =>
  Array.from(y!.data).filter((label, i) => Number(outputs[i * width + 1]! > outputs[i * width]!) === label)
    .length / y!.data.length

const options = (changed: Partial<nn.FitNetworkOptions> = {}): nn.FitNetworkOptions => ({
  data: nn.batches(train, { batchSize: 50 }),
  loss: (output, { y }) => nn.crossEntropy(output, y),
  optimizer: nn.adam({ learningRate: 0.02 }),
  epochs: 30,
  validation: () => [held],
  metrics: { accuracy },
  threads: 1,
  ...changed,
})
const first = (values: nn.FittedNetwork['values']): number[] =>
  Array.from(values['0.weight']!.data.slice(0, 4))

describe('fitNetwork', () => {
  it('learns, judges, and tells', async () => {
    const events: nn.NetworkEvent[] = []
    const fitted = await nn.fitNetwork(net, options({ onEvent: (event) => events.push(event) }))
    const last = fitted.history.at(-1)!
    expect(last.validation!['accuracy']).toBeGreaterThan(0.93)
    expect(last.trainLoss).toBeLessThan(fitted.history[0]!.trainLoss / 2)
    expect(events.filter(({ type }) => type === 'step-end')).toHaveLength(240)
    expect(events.filter(({ type }) => type === 'epoch-end')).toHaveLength(30)
    expect(fitted).toMatchObject({ steps: 240, epochs: 30, stopped: 'finished' })
  })

  it('gives the same in a worker, and for the same seed', async () => {
    const here = await nn.fitNetwork(net, options({ epochs: 3 }))
    const there = await nn.fitNetwork(net, options({ epochs: 3, worker: true }))
    expect(first(there.values)).toEqual(first(here.values))
    expect(there.history).toEqual(here.history)
  })

  it('goes on from a checkpoint exactly', async () => {
    const whole = await nn.fitNetwork(
      net,
      options({ epochs: 6, averageDecay: 0.9, optimizer: nn.rmsprop({ momentum: 0.5 }) }),
    )
    let kept: nn.TrainingCheckpoint | undefined
    const half = options({ epochs: 3, averageDecay: 0.9, optimizer: nn.rmsprop({ momentum: 0.5 }) })
    await nn.fitNetwork(net, { ...half, onCheckpoint: (checkpoint) => void (kept = checkpoint) })
    const resumed = await nn.fitNetwork(net, { ...half, epochs: 6, resume: kept! })
    expect(first(resumed.values)).toEqual(first(whole.values))
    expect(resumed.steps).toBe(whole.steps)
  })

  it('goes on exactly, also while gradients add up', async () => {
    // Eight batches an epoch: after four epochs, two of three wait for an update.
    const plain = options({ epochs: 6, accumulate: 3 })
    const whole = await nn.fitNetwork(net, plain)
    let kept: nn.TrainingCheckpoint | undefined
    const onCheckpoint = (checkpoint: nn.TrainingCheckpoint): void => {
      if (checkpoint.epoch === 4) kept = checkpoint
    }
    await nn.fitNetwork(net, { ...plain, epochs: 4, onCheckpoint })
    expect(kept!.engine.summed).toBe(2)
    const resumed = await nn.fitNetwork(net, { ...plain, resume: kept! })
    expect(first(resumed.values)).toEqual(first(whole.values))
  })

  it('adds up gradients to those of a larger batch', async () => {
    const plain = { optimizer: nn.sgd({ learningRate: 0.1 }), epochs: 2, validation: undefined as never }
    const { validation: _, metrics: _metrics, ...rest } = options(plain)
    const large = await nn.fitNetwork(net, {
      ...rest,
      data: nn.batches(train, { batchSize: 100, shuffle: false }),
    })
    const small = await nn.fitNetwork(net, {
      ...rest,
      data: nn.batches(train, { batchSize: 50, shuffle: false }),
      accumulate: 2,
    })
    first(small.values).forEach((value, i) => expect(value).toBeCloseTo(first(large.values)[i]!, 5))
  })

  it('stops early, in time, after steps, and when told', async () => {
    const noise = circles(50, 9)
    const mixed = { ...noise, y: array(Int32Array.from(noise.y.data, (_, i) => i % 2)) }
    const early = await nn.fitNetwork(net, options({ epochs: 500, patience: 5, validation: () => [mixed] }))
    expect(early.stopped).toBe('early')
    expect(early.epochs).toBeLessThan(499)
    const timed = await nn.fitNetwork(net, options({ epochs: 1e6, timeBudget: 0.2 }))
    expect(timed.stopped).toBe('time')
    expect((await nn.fitNetwork(net, options({ steps: 13 }))).steps).toBe(13)
    const controller = new AbortController()
    const aborted = nn.fitNetwork(
      net,
      options({
        epochs: 1e6,
        signal: controller.signal,
        onEvent: ({ type }) => type === 'epoch-end' && controller.abort(new Error('enough')),
      }),
    )
    await expect(aborted).rejects.toThrow('enough')
  })

  it('says where a loss blew up, and keeps the parameters of before', async () => {
    const broken = nn.namedLayers({
      first: nn.dense(4),
      root: nn.activation((x) => t.sqrt(x)),
      last: nn.dense(2),
    })
    const run = nn.fitNetwork(nn.network(broken, spec('float32', ['batch', 2])), options())
    await expect(run).rejects.toThrow(
      /^Training: the loss is NaN in step 1\. It began in layer 'root' \(sqrt\)\. Try a smaller learning rate/,
    )
  })

  it('keeps running statistics, and drops out by keys', async () => {
    const normed = nn.network(
      nn.sequential(nn.dense(8), nn.batchNorm(), nn.relu, nn.dropout(0.2), nn.dense(2)),
      spec('float32', ['batch', 2]),
    )
    expect(normed.states.map(({ path }) => path)).toEqual(['1.running_mean', '1.running_var'])
    const runs = await Promise.all(
      [1, 2].map((threads) => nn.fitNetwork(normed, options({ epochs: 10, threads }))),
    )
    expect(runs[0]!.values['1.running_mean']!.data.some((value) => value !== 0)).toBe(true)
    expect(runs[0]!.history.at(-1)!.validation!['accuracy']).toBeGreaterThan(0.85)
    expect(runs[1]!.history).toEqual(runs[0]!.history)
    const file = normed.toOnnx(runs[0]!.values)
    expect(file.length).toBeGreaterThan(500)
  })

  it('keeps a moving average of the parameters', async () => {
    const seen: Float32Array[] = []
    const { validation: _, metrics: _metrics, ...rest } = options({ epochs: 1, averageDecay: 0.8 })
    let kept: nn.TrainingCheckpoint | undefined
    const data = (epoch: number): nn.Batch[] => [...nn.batches(train, { batchSize: 50 })(epoch)]
    for (let steps = 1; steps <= 8; steps++) {
      const onCheckpoint = (checkpoint: nn.TrainingCheckpoint): void => void (kept = checkpoint)
      await nn.fitNetwork(net, { ...rest, data, steps, onCheckpoint })
      seen.push(kept!.values['0.weight']!.data)
    }
    let average = net.initialize()['0.weight']!.data
    seen.forEach((weights, i) => {
      // Early averages count few steps: (i + 1) / (i + 10), up to the decay.
      const own = Math.min(0.8, (i + 1) / (i + 10))
      average = average.map((value, j) => own * value + (1 - own) * weights[j]!)
    })
    const fitted = await nn.fitNetwork(net, { ...rest, data })
    // Eight roundings of float32.
    fitted.values['0.weight']!.data.forEach((value, j) => expect(value).toBeCloseTo(average[j]!, 6))
    expect(fitted.values['0.weight']!.data).not.toEqual(seen.at(-1))
  })

  it('clips, schedules and waits on plateaus', async () => {
    const rates: number[] = []
    await nn.fitNetwork(
      net,
      options({
        epochs: 2,
        clipNorm: 0.1,
        schedule: nn.warmup(4, nn.cosineSchedule(12)),
        onEvent: (event) => event.type === 'step-end' && rates.push(event.learningRate),
      }),
    )
    expect(rates.slice(0, 4)).toEqual([0.005, 0.01, 0.015, 0.02])
    expect(rates.at(-1)).toBeCloseTo(0.02 * 0.5 * (1 + Math.cos((Math.PI * 11) / 12)), 6)
    const falling = nn.plateau({ patience: 0, factor: 0.5 })
    for (const loss of [3, 2, 2, 2]) falling.report(loss)
    expect(falling.factor(0)).toBe(0.25)
  })
})

describe('batches', () => {
  it('take each row once, in another order in each epoch', () => {
    const source = nn.batches(
      { x: array(Float32Array.from({ length: 10 }, (_, i) => i)) },
      { batchSize: 4, seed: 3 },
    )
    const rows = (epoch: number): number[] =>
      [...(source(epoch) as Iterable<nn.Batch>)].flatMap(({ x }) => Array.from(x!.data))
    expect(rows(0).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(rows(1)).not.toEqual(rows(0))
    expect(rows(0)).toEqual(rows(0))
    expect(() => nn.batches({ x: array([1, 2]), y: array([1]) }, { batchSize: 1 })).toThrow(
      /'x' has 2 rows, 'y' 1/,
    )
  })

  it('may come from anything asynchronous', async () => {
    async function* endless() {
      for (let i = 0; ; i++) yield circles(20, i)
    }
    const { validation: _, metrics: _metrics, ...rest } = options({ steps: 20 })
    expect((await nn.fitNetwork(net, { ...rest, data: () => endless() })).steps).toBe(20)
  })
})
