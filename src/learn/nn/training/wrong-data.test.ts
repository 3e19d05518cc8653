// What training refuses, by the batch and the row: each of these would be learned from, or never end.
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { array, full, type NDArray, spec, t } from '../../../engine/graph/index.js'
import { fromRows } from '../../../data/index.js'
import * as nn from '../index.js'

const net = nn.network(nn.sequential(nn.dense(4), nn.relu, nn.dense(3)), spec('float32', ['batch', 2]))
const x = array(
  Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  { shape: [12, 2] },
)
const codes = (...values: number[]): NDArray => array(values, { dtype: 'int32' })
const y = codes(0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2)
const loss: nn.LossFunction = (output, batch) => nn.crossEntropy(output, batch.y)
const given = { data: [{ x, y }] as nn.BatchSource, loss, optimizer: nn.adam(), epochs: 2, threads: 1 }
const { epochs: _epochs, ...tried } = given
const fit = (changed: object, one: nn.Network = net) =>
  nn.fitNetwork(one, { ...given, ...changed } as nn.FitNetworkOptions)

describe('targets and indices', () => {
  it.each([3, -1])('are classes that there are, and %s is none', async (wrong) => {
    const labels = codes(0, 1, 2, 0, 1, wrong, 0, 1, 2, 0, 1, 2)
    const message = `'y' is ${wrong} in row 5 of the batch of step 1, expected 0 to 2: the loss has 3 classes`
    await expect(fit({ data: [{ x, y: labels }] })).rejects.toThrow(message)
    await expect(fit({ validation: [{ x, y: labels }] })).rejects.toThrow(
      `'y' is ${wrong} in row 5 of a batch of validation`,
    )
    const weighted: nn.LossFunction = (output, batch) =>
      nn.crossEntropy(output, batch.y, { weights: [1, 2, 1], labelSmoothing: 0.1 })
    await expect(fit({ data: [{ x, y: labels }], loss: weighted })).rejects.toThrow(message)
  })

  it('may be ignored, by their number', async () => {
    const ignoring: nn.LossFunction = (output, batch) =>
      nn.crossEntropy(output, batch.y, { ignoreIndex: -100 })
    const padded = codes(0, 1, 2, 0, 1, -100, 0, 1, 2, 0, 1, 2)
    await expect(fit({ data: [{ x, y: padded }], loss: ignoring })).resolves.toMatchObject({ steps: 2 })
    const other = codes(0, 1, 2, 0, 1, -101, 0, 1, 2, 0, 1, 2)
    await expect(fit({ data: [{ x, y: other }], loss: ignoring })).rejects.toThrow("'y' is -101 in row 5")
  })

  it.each([10, -1])('look up what a table has, and %s is not in it', async (wrong) => {
    const words = nn.network(
      nn.namedLayers({ words: nn.embedding(10, 4), flat: nn.flatten, last: nn.dense(1) }),
      spec('int32', ['batch', 3]),
    )
    const text = array([1, 2, 3, 4, 5, wrong], { dtype: 'int32', shape: [2, 3] })
    const squares: nn.LossFunction = (output, batch) => nn.meanSquaredError(output, batch.y)
    const run = fit({ data: [{ x: text, y: full([2, 1], 1) }], loss: squares }, words)
    await expect(run).rejects.toThrow(
      `'x' is ${wrong} in row 1 of the batch of step 1, expected 0 to 9: layer 'words' has 10 rows`,
    )
  })
})

describe('batches', () => {
  it.each<[object[], RegExp]>([
    [
      [{ x: [[1, 2]], y: [1] }],
      /'x' of the first batch is an array, expected an array of numbers with its shape/,
    ],
    [[{ input: x, y }], /the first batch has no 'x'.*it has 'input', 'y'/],
    [[{ x }], /crossEntropy: 'targets' is undefined/],
    [[{ x, y }, { x }], /the batch of step 2 has no 'y', expected 'x', 'y' as in the first one/],
    [
      [
        { x, y },
        { x, y, z: y },
      ],
      /the batch of step 2 has 'z', expected/,
    ],
    [
      [
        { x, y },
        { x: full([0, 2], 0), y: codes() },
      ],
      /the batch of step 2 has no rows/,
    ],
  ])('%#', async (data, message) => {
    await expect(fit({ data })).rejects.toThrow(message)
  })

  it('of one row have no variance for a batch norm', async () => {
    const normed = nn.network(
      nn.sequential(nn.dense(4), nn.batchNorm(), nn.dense(3)),
      spec('float32', ['batch', 2]),
    )
    const data = nn.batches({ x, y }, { batchSize: 11, shuffle: false })
    await expect(fit({ data }, normed)).rejects.toThrow(
      /the batch of step 2 has one row, and batchNorm '1' takes a variance over rows.*dropLast: true/,
    )
    const wide = nn.network(
      nn.sequential(nn.conv1d(3, 1), nn.batchNorm(), nn.globalAveragePool),
      spec('float32', ['batch', 1, 2]),
    )
    const images = array(x.data, { shape: [12, 1, 2] })
    const wideData = nn.batches({ x: images, y }, { batchSize: 1 })
    await expect(fit({ data: wideData, epochs: 1 }, wide)).resolves.toMatchObject({ steps: 12 })
  })

  it('are described by options that there are', () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => nn.batches({ x }, {} as never), /batches: option 'batchSize' is not given/],
      [() => nn.batches({ x }, { batchSize: 0 }), /option 'batchSize' must be a whole number of at least 1/],
      [() => nn.batches({ x }, { batchSize: 2, shufle: false } as never), /Did you mean 'shuffle'/],
      [() => nn.batches({ x: [1, 2] } as never, { batchSize: 2 }), /batches: 'x' is an array, expected/],
    ]
    for (const [make, message] of wrong) expect(make).toThrow(message)
  })

  it('of a table do not give the target away', () => {
    const table = fromRows([{ a: 1, b: 2 }])
    expect(() => nn.tableBatches(table, { target: 'a', columns: ['a', 'b'], batchSize: 2 })).toThrow(
      /the target 'a' is among the columns of x/,
    )
    expect(() => nn.tableBatches(table, { target: 'a', batchSize: 2, task: 'class' as never })).toThrow(
      /option 'task' must be one of 'classes', 'values'; received 'class'/,
    )
    expect(() => nn.tableBatches(table, { targt: 'a', batchSize: 2 } as never)).toThrow(
      /Did you mean 'target'/,
    )
  })
})

describe('what would teach nothing', () => {
  it.each<[object, RegExp]>([
    [{ loss: undefined }, /option 'loss' is not given\. Such is loss: \(output, \{ y \}\) =>/],
    [{ optimizer: undefined }, /option 'optimizer' is not given\. Such is optimizer: adam\(\)/],
    [{ optimizer: nn.adam }, /must be an optimizer, such as adam\(\); received a function/],
    [{ loss: nn.crossEntropy }, /crossEntropy: 'targets' is an object, expected a tensor/],
    [{ loss: () => 3 }, /The loss gave 3, expected a tensor of one number/],
    [{ loss: () => undefined }, /The loss gave undefined/],
    [
      { loss: (_: unknown, batch: nn.Batch) => t.mean(t.cast(batch['y']!, 'float32')) },
      /does not depend on any parameter/,
    ],
    [{ loss: (output: NDArray) => t.mean(t.stopGradient(output)) }, /does not depend on any parameter/],
    [{ schedule: () => Number.NaN }, /option 'schedule' gave NaN for step 0 \(counted from 0\)/],
    [{ schedule: () => -1 }, /option 'schedule' gave -1/],
    [{ schedule: (step: number) => (step < 1 ? 1 : undefined) }, /gave undefined for step 1/],
    [{ epochs: undefined, patience: 3 }, /nothing would end training/],
    [{ metrics: ['accuracy'] }, /metrics are scores of validation, which is not given/],
    [{ validation: { x, y } }, /expected batches as an iterable/],
    [{ validation: [{ x, y }], metrics: { loss: () => 1 } }, /the name 'loss' is taken/],
    [
      { validation: [{ x, y }], metrics: { own: () => Promise.resolve(1) } },
      /metric 'own': its function gave a promise/,
    ],
    [{ resume: {} }, /option 'resume' must be true or false, a path, or a checkpoint/],
    [{ checkpoint: {} }, /checkpoint: option 'folder' is not given/],
    [
      { initial: { ...net.initialize(), '0.weight': full([5, 2], 0) } },
      /'0\.weight' of shape \[5, 2\], expected \[4, 2\]/,
    ],
  ])('is refused: %#', async (changed, message) => {
    await expect(fit(changed)).rejects.toThrow(message)
  })

  it('is a layer where a network is expected', async () => {
    await expect(fit({}, nn.dense(3) as never)).rejects.toThrow(
      /the first argument is a function, expected a network/,
    )
    await expect(nn.findLearningRate(nn.dense(3) as never, tried)).rejects.toThrow(/expected a network/)
  })

  it('is a gradient that is no number, which leaves the parameters as they were', async () => {
    const rooted: nn.LossFunction = (output) => t.mean(t.sqrt(t.mul(output, 0)))
    await expect(fit({ loss: rooted, steps: 1 })).rejects.toThrow(
      /^Training: the gradient is NaN in step 1\. The loss is 0, and all activations are finite: a slope is not/,
    )
    await expect(fit({ loss: rooted, worker: true })).rejects.toThrow(/the gradient is NaN in step 1/)
    await expect(fit({ loss: rooted, accumulate: 2, epochs: 4 })).rejects.toThrow(
      /the gradient is NaN in step 2/,
    )
    expect((await nn.findLearningRate(net, { ...tried, loss: rooted })).stopped).toBe('diverged')
  })

  it('is a listener that fails, asynchronously too', async () => {
    const onEvent = async (): Promise<void> => {
      await wait(1)
      throw new Error('no room on the screen')
    }
    await expect(fit({ onEvent })).rejects.toThrow('no room on the screen')
  })
})

describe('a time budget', () => {
  it('ends the wait for a source, too', async () => {
    async function* slow() {
      yield { x, y }
      await wait(60_000, undefined, { ref: false })
      yield { x, y }
    }
    const fitted = await fit({ data: slow, epochs: undefined, timeBudget: 0.5 })
    expect(fitted).toMatchObject({ stopped: 'time', steps: 1, epochs: 1 })
    expect(fitted.history).toHaveLength(1)
    async function* never(): AsyncGenerator<nn.Batch> {
      await wait(60_000, undefined, { ref: false })
      yield { x, y }
    }
    await expect(fit({ data: never, timeBudget: 0.2 })).rejects.toThrow(
      /no batch within the time budget of 0\.2 s/,
    )
  })
})

describe('inputs', () => {
  it('are of the type and the shape that the network is made for', async () => {
    const squares: nn.LossFunction = (output, batch) => nn.meanSquaredError(output, batch.y)
    for (const wrong of [full([12, 5], 0), full([12, 2, 2], 0), full([12, 2], 0, 'int32')])
      await expect(fit({ data: [{ x: wrong, y: full([12, 3], 0) }], loss: squares })).rejects.toThrow(
        /'x' is .*, expected float32\[batch, 2\], which the network is made for/,
      )
  })

  it('may have another length in each batch where an axis has a name', async () => {
    const pooled: nn.Layer = (given, scope) => nn.dense(3)(t.mean(given, { axes: 1 }), scope)
    const reads = nn.network(
      nn.sequential(nn.multiHeadAttention({ heads: 2 }), pooled),
      spec('float32', ['batch', 'time', 4]),
    )
    const labels = codes(0, 2)
    const lengths = [3, 5, 1].map((time) => ({ x: full([2, time, 4], 0.5), y: labels }))
    await expect(fit({ data: lengths, validation: lengths }, reads)).resolves.toMatchObject({ steps: 6 })
    // Three numbers for each row are no three steps of time, though the first batch has them.
    const squares: nn.LossFunction = (output, batch) => nn.meanSquaredError(output, batch.y)
    const rows = lengths.map((batch) => ({ x: batch.x, y: full([2, 3], 1) }))
    await expect(fit({ data: rows, loss: squares }, reads)).resolves.toMatchObject({ steps: 6 })
    // Here they are.
    const tags = nn.network(nn.sequential(nn.transformerBlock({ heads: 2 }), nn.dense(3)), reads.input)
    const tagged = lengths.map((batch) => ({ x: batch.x, y: full(batch.x.shape.slice(0, 2), 1, 'int32') }))
    await expect(fit({ data: tagged, validation: tagged }, tags)).resolves.toMatchObject({ steps: 6 })
    await expect(fit({ data: tagged, validation: tagged, metrics: ['accuracy'] }, tags)).rejects.toThrow(
      /expected one length for metrics/,
    )
  })
})

describe('schedules', () => {
  it.each<[() => unknown, RegExp]>([
    [
      () => nn.cosineSchedule(undefined as never),
      /cosineSchedule: 'steps' must be a number of at least 0; received undefined/,
    ],
    [() => nn.cosineSchedule(10, { flor: 0 } as never), /Did you mean 'floor'/],
    [() => nn.warmup(Number.NaN), /warmup: 'steps' must be .*; received NaN/],
    [() => nn.stepSchedule(0), /stepSchedule: 'every' must be a number greater than 0/],
    [
      () => nn.oneCycle(10, { rise: 2 }),
      /option 'rise' must be a number strictly between 0 and 1; received 2/,
    ],
    [() => nn.plateau({ patiense: 2 } as never), /Did you mean 'patience'/],
  ])('refuse %#', (make, message) => {
    expect(make).toThrow(message)
  })
})
