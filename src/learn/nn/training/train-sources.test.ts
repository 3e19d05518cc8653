// Training from what is not an array in memory, on either engine, and what it tells.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { EngineMissingError, rng } from '../../../base/index.js'
import { fromRows } from '../../../data/index.js'
import { array, type NDArray, spec, writeNpy } from '../../../engine/graph/index.js'
import * as nn from '../index.js'

/** Two classes inside and outside of a circle. */
function circles(rows: number, seed: number): { x: NDArray; y: NDArray } {
  const random = rng(seed)
  const x = Float32Array.from({ length: rows * 2 }, () => random.normal())
  const y = Int32Array.from({ length: rows }, (_, i) => Number(Math.hypot(x[2 * i]!, x[2 * i + 1]!) > 1.18))
  return { x: array(x, { shape: [rows, 2] }), y: array(y) }
}

const net = nn.network(nn.sequential(nn.dense(16), nn.tanh, nn.dense(2)), spec('float32', ['batch', 2]))
const loss: nn.LossFunction = (output, { y }) => nn.crossEntropy(output, y)
const plain = { loss, optimizer: nn.adam({ learningRate: 0.02 }), threads: 1 }
const whole = circles(400, 1)
const held = circles(200, 2)

async function* streamed(count: number, told: { ended: boolean } = { ended: false }) {
  try {
    for (let i = 0; i < count; i++) {
      await wait(0)
      yield circles(20, i)
    }
  } finally {
    told.ended = true
  }
}

describe('streams', () => {
  it('are passed over once, from their first batch to their last', async () => {
    const told = { ended: false }
    const fitted = await nn.fitNetwork(net, { ...plain, data: streamed(30, told) })
    expect(fitted).toMatchObject({ steps: 30, epochs: 1, stopped: 'finished' })
    expect(told.ended).toBe(true)
    // Each batch counts once: the same as from a list.
    const batches = Array.from({ length: 30 }, (_, i) => circles(20, i))
    const listed = await nn.fitNetwork(net, { ...plain, data: batches, epochs: 1 })
    expect(fitted.values).toEqual(listed.values)
  })

  it('are told to end when training does', async () => {
    const told = { ended: false }
    const fitted = await nn.fitNetwork(net, { ...plain, data: streamed(1e9, told), steps: 5 })
    expect(fitted.steps).toBe(5)
    await wait(20)
    expect(told.ended).toBe(true)
  })

  it('end training with a word where they end before the steps do', async () => {
    const events: nn.NetworkEvent[] = []
    const onEvent = (event: nn.NetworkEvent): number => events.push(event)
    const fitted = await nn.fitNetwork(net, { ...plain, data: streamed(3), steps: 10, onEvent })
    expect(fitted.steps).toBe(3)
    expect(events.filter(({ type }) => type === 'warning')).toEqual([
      {
        type: 'warning',
        code: 'data-end',
        message: 'The data ended after 3 steps of 10. Give a function that opens them anew, for more passes.',
      },
    ])
  })

  it('are refused where more than one pass is wanted, and where they are used up', async () => {
    await expect(nn.fitNetwork(net, { ...plain, data: streamed(3), epochs: 2 })).rejects.toThrow(
      /data can be read once only, but epochs is 2\. Give a function that opens them anew/,
    )
    const used = streamed(3)
    await expect(nn.fitNetwork(net, { ...plain, data: () => used, epochs: 2 })).rejects.toThrow(
      /no batch in epoch 2\. Give a function that opens them anew for each epoch/,
    )
    await expect(nn.fitNetwork(net, { ...plain, data: [], epochs: 2 })).rejects.toThrow(/no batch in epoch 1/)
    const validation = streamed(3)
    await expect(nn.fitNetwork(net, { ...plain, data: [whole], epochs: 2, validation })).rejects.toThrow(
      /validation is passed over after each epoch/,
    )
  })

  it('pass their failures on, and aborts interrupt them', async () => {
    async function* failing() {
      yield* streamed(2)
      throw new Error('the line is down')
    }
    await expect(nn.fitNetwork(net, { ...plain, data: failing() })).rejects.toThrow('the line is down')
    async function* hanging() {
      yield* streamed(2)
      await new Promise(() => undefined)
    }
    const controller = new AbortController()
    const aborted = nn.fitNetwork(net, {
      ...plain,
      data: hanging(),
      signal: controller.signal,
      onEvent: (event) =>
        event.type === 'step-end' && event.step === 2 && controller.abort(new Error('enough')),
    })
    await expect(aborted).rejects.toThrow('enough')
  })
})

describe('tables and folders', () => {
  it('train a network whose scores are those of the library', async () => {
    const tableOf = ({ x, y }: { x: NDArray; y: NDArray }) =>
      fromRows(
        Array.from(y.data, (code, i) => ({
          a: x.data[2 * i]!,
          b: x.data[2 * i + 1]!,
          side: code === 1 ? 'out' : 'in',
        })),
      )
    const data = nn.tableBatches(tableOf(whole), { target: 'side', batchSize: 50 })
    const { classes } = data
    const fitted = await nn.fitNetwork(net, {
      ...plain,
      data,
      epochs: 25,
      validation: nn.tableBatches(tableOf(held), { target: 'side', batchSize: 64, shuffle: false, classes }),
      metrics: ['accuracy', 'roc-auc', 'log-loss'],
    })
    const last = fitted.history.at(-1)!.validation!
    expect(Object.keys(last)).toEqual(['loss', 'accuracy', 'roc-auc', 'log-loss'])
    expect(last['accuracy']).toBeGreaterThan(0.93)
    expect(last['roc-auc']).toBeGreaterThan(0.97)
    // The loss is the same figure, in float32 and batch by batch.
    expect(last['log-loss']).toBeCloseTo(last['loss']!, 5)
  })

  it('are read from files while training goes on, in a worker too', async () => {
    const root = await mkdtemp(join(tmpdir(), 'modelwright-train-'))
    try {
      for (const [i, code] of whole.y.data.slice(0, 60).entries()) {
        await mkdir(join(root, `c${code}`), { recursive: true })
        await writeNpy(
          join(root, `c${code}`, `${i}.npy`),
          array(whole.x.data.slice(2 * i, 2 * i + 2) as Float32Array),
        )
      }
      const data = await nn.folderBatches(root, { batchSize: 16 })
      const options = { ...plain, data, epochs: 60, validation: data, metrics: ['accuracy'] }
      const fitted = await nn.fitNetwork(net, options)
      expect(fitted.steps).toBe(240)
      expect(fitted.history.at(-1)!.validation!['accuracy']).toBeGreaterThan(0.9)
      expect((await nn.fitNetwork(net, { ...options, worker: true })).history).toEqual(fitted.history)
    } finally {
      await rm(root, { recursive: true, force: true })
    }
  })
})

describe('what training tells', () => {
  const steps = async (changed: Partial<nn.FitNetworkOptions>): Promise<nn.StepEndEvent[]> => {
    const events: nn.StepEndEvent[] = []
    const onEvent = (event: nn.NetworkEvent): void => void (event.type === 'step-end' && events.push(event))
    await nn.fitNetwork(net, { ...plain, data: nn.batches(whole, { batchSize: 50 }), ...changed, onEvent })
    return events
  }

  it('is how fast it goes and how long it takes', async () => {
    const events = await steps({ epochs: 3 })
    expect(events.map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    expect(events.map(({ epoch }) => epoch).filter((epoch) => epoch === 2)).toHaveLength(8)
    for (const { step, stepsPerSecond, secondsLeft, loss: own, learningRate } of events) {
      expect(stepsPerSecond).toBeGreaterThan(0)
      expect(secondsLeft).toBeCloseTo((24 - step) / stepsPerSecond, 6)
      expect(own).toBeGreaterThan(0)
      expect(learningRate).toBe(0.02)
    }
    expect(events.at(-1)!.secondsLeft).toBe(0)
  })

  it('is bounded by steps and time, and unknown while an epoch is', async () => {
    expect((await steps({ epochs: 9, steps: 10 }))[0]!.secondsLeft).toBeGreaterThan(0)
    for (const { secondsLeft } of await steps({ epochs: 2, timeBudget: 1000 }))
      expect(secondsLeft).toBeLessThan(1000)
    const unknown = await steps({ data: (epoch) => nn.batches(whole, { batchSize: 50 })(epoch), epochs: 2 })
    expect(unknown.slice(0, 8).map(({ secondsLeft }) => secondsLeft)).toEqual(Array.from({ length: 8 }))
    expect(unknown.slice(8).every(({ secondsLeft }) => secondsLeft !== undefined)).toBe(true)
    expect((await steps({ patience: 3, steps: 1 }))[0]!.secondsLeft).toBe(0)
  })

  it('does not count the steps before a resume as fast ones', async () => {
    let kept: nn.TrainingCheckpoint | undefined
    const data = nn.batches(whole, { batchSize: 50 })
    await nn.fitNetwork(net, { ...plain, data, epochs: 2, onCheckpoint: (one) => void (kept = one) })
    const [first] = await steps({ epochs: 3, resume: { ...kept!, steps: 1e6 + 16 } })
    expect(first!.step).toBe(1e6 + 17)
    expect(first!.stepsPerSecond).toBeLessThan(1e5)
  })

  it('is wrong options, before anything begins', async () => {
    const given = { ...plain, data: [whole], epochs: 1 }
    const wrong: [object, RegExp][] = [
      [{ epoch: 3 }, /fitNetwork: there is no option 'epoch'\. Did you mean 'epochs'\?/],
      [{ epochs: 0 }, /option 'epochs' must be a whole number of at least 1; received 0/],
      [{ accumulate: 0.5 }, /option 'accumulate' must be a whole number/],
      [
        { epochs: undefined },
        /nothing would end training\. Give epochs, steps, timeBudget, patience \(with validation\) or a signal/,
      ],
      [{ checkpoint: { folder: 'x', evry: 2 } }, /there is no option 'evry'\. Did you mean 'every'/],
      [{ validation: [held], metrics: ['acuracy'] }, /no metric 'acuracy'/],
      [{ initial: {} }, /the values to begin with have none for '0\.weight'/],
    ]
    for (const [option, message] of wrong)
      await expect(nn.fitNetwork(net, { ...given, ...option })).rejects.toThrow(message)
  })
})

describe('where training runs', () => {
  const data = nn.batches(whole, { batchSize: 50 })

  it.each([false, true])(
    'is the WebAssembly engine where asked for, which says that it is slow (worker: %s)',
    async (worker) => {
      const warnings: nn.NetworkEvent[] = []
      const onEvent = (event: nn.NetworkEvent): void =>
        void (event.type === 'warning' && warnings.push(event))
      const given = { ...plain, data, epochs: 4, validation: [held], metrics: ['accuracy'], onEvent }
      const slow = await nn.fitNetwork(net, { ...given, engine: 'wasm', worker })
      expect(slow.engine).toBe('wasm')
      expect(warnings).toHaveLength(1)
      expect(warnings[0]).toMatchObject({ code: 'slow-engine' })
      expect(warnings[0]).toHaveProperty(
        'message',
        expect.stringMatching(/WebAssembly engine.*slower.*engine: 'auto'/),
      )
      const fast = await nn.fitNetwork(net, given)
      expect(fast.engine).toBe('native')
      expect(warnings).toHaveLength(1)
      // Sums in another order, over 32 steps.
      for (const [i, { trainLoss, validation }] of slow.history.entries()) {
        expect(trainLoss).toBeCloseTo(fast.history[i]!.trainLoss, 4)
        expect(validation!['accuracy']).toBeCloseTo(fast.history[i]!.validation!['accuracy']!, 1)
      }
    },
  )

  it.each([false, true])('is no other device than the one asked for (worker: %s)', async (worker) => {
    const trained = await nn
      .fitNetwork(net, { ...plain, data, epochs: 1, device: 'cuda', worker })
      .catch((error: unknown) => error)
    if (!(trained instanceof Error)) {
      expect(trained).toMatchObject({ engine: 'native' })
      return
    }
    expect(EngineMissingError.is(trained)).toBe(true)
    expect(trained.message).toMatch(/^The device 'cuda' cannot be used: .*device: 'cpu'\.$/)
  })

  it('leaves the main loop free in a worker, validation included', async () => {
    const wide = nn.network(
      nn.sequential(nn.dense(1024), nn.relu, nn.dense(1024), nn.relu, nn.dense(2)),
      spec('float32', ['batch', 1024]),
    )
    const x = array(new Float32Array(1024 * 1024).fill(0.1), { shape: [1024, 1024] })
    const batch = { x, y: array(Int32Array.from({ length: 1024 }, (_, i) => i % 2)) }
    let ticks = 0
    const timer = setInterval(() => ticks++, 2)
    // Six calls, each of which takes tens of milliseconds: on this thread the timer would tick once between two of them.
    await nn.fitNetwork(wide, { ...plain, data: [batch], validation: [batch], epochs: 3, worker: true })
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(40)
  })
})
