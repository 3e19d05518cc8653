import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rng } from '../../../base/index.js'
import { array, openSafetensors, spec, writeSafetensors } from '../../../engine/graph/index.js'
import * as nn from '../index.js'

let root = ''
let folders = 0
const folder = (): string => join(root, `run${folders++}`)

beforeAll(async () => (root = await mkdtemp(join(tmpdir(), 'modelwright-checkpoints-'))))
afterAll(() => rm(root, { recursive: true, force: true }))

const random = rng(4)
const rows = 70
const features = Float32Array.from({ length: rows * 3 }, () => random.normal())
const sums = Float32Array.from(
  { length: rows },
  (_, i) => features[3 * i]! - features[3 * i + 1]! + 0.1 * random.normal(),
)
const x = array(features, { shape: [rows, 3] })
const y = array(sums, { shape: [rows, 1] })
const noise = array(
  Float32Array.from({ length: rows }, () => random.normal()),
  { shape: [rows, 1] },
)

// Batch norm has states, dropout draws keys, and the last batch of an epoch is a short one.
const net = nn.network(
  nn.sequential(nn.dense(6), nn.batchNorm(), nn.relu, nn.dropout(0.2), nn.dense(1)),
  spec('float32', ['batch', 3]),
)
const options = (changed: Partial<nn.FitNetworkOptions> = {}): nn.FitNetworkOptions => ({
  data: nn.batches({ x, y }, { batchSize: 16, seed: 3 }),
  loss: (output, batch) => nn.meanSquaredError(output, batch.y),
  optimizer: nn.adamW({ learningRate: 0.02 }),
  seed: 3,
  epochs: 6,
  validation: [{ x, y: noise }],
  threads: 1,
  ...changed,
})

/** Bits, not numbers: what resumes must be the same to the last of them. */
const bits = (values: nn.FittedNetwork['values']): string[] =>
  Object.entries(values).map(
    ([path, { data }]) => `${path} ${Buffer.from(data.slice().buffer).toString('hex')}`,
  )
const names = async (path: string): Promise<string[]> => (await readdir(path)).toSorted()

const cases: Record<string, () => Partial<nn.FitNetworkOptions>> = {
  'as it is': () => ({}),
  'while gradients add up': () => ({ accumulate: 3, clipNorm: 0.5 }),
  'with a moving average': () => ({
    averageDecay: 0.9,
    optimizer: nn.rmsprop({ learningRate: 0.01, momentum: 0.5 }),
  }),
  'with a plateau and a schedule': () => ({
    plateau: nn.plateau({ patience: 0, factor: 0.5 }),
    schedule: nn.warmup(7, nn.cosineSchedule(40)),
    optimizer: nn.sgd({ learningRate: 0.05, momentum: 0.9 }),
  }),
  'in a worker': () => ({ worker: true }),
  'without validation': () => ({ validation: undefined as never, optimizer: nn.adagrad() }),
  'from a stream': () => ({
    async *data(epoch: number) {
      for (const batch of nn.batches({ x, y }, { batchSize: 16, seed: 3 })(epoch)) {
        await Promise.resolve()
        yield batch
      }
    },
  }),
}

describe('training goes on from files to the bit', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const defined = (): nn.FitNetworkOptions => {
      const { validation, ...rest } = options(cases[name]!())
      return validation === undefined ? rest : { ...rest, validation }
    }
    const whole = await nn.fitNetwork(net, defined())
    const checkpoint = { folder: folder() }
    // Seven steps: one epoch of five, and two of the next.
    await nn.fitNetwork(net, { ...defined(), steps: 7, checkpoint })
    expect((await nn.loadCheckpoint(checkpoint.folder)).batch).toBe(2)
    await nn.fitNetwork(net, { ...defined(), epochs: 4, checkpoint, resume: true })
    const resumed = await nn.fitNetwork(net, { ...defined(), resume: checkpoint.folder })
    expect(bits(resumed.values)).toEqual(bits(whole.values))
    expect(resumed.history).toEqual(whole.history)
    expect(resumed).toMatchObject({ steps: whole.steps, epochs: whole.epochs, stopped: whole.stopped })
  })

  it('counts the epochs without a better loss on', async () => {
    const patient = options({ epochs: 300, patience: 4 })
    const whole = await nn.fitNetwork(net, patient)
    expect(whole.stopped).toBe('early')
    const checkpoint = { folder: folder() }
    await nn.fitNetwork(net, { ...patient, epochs: whole.epochs - 2, checkpoint })
    expect((await nn.loadCheckpoint(checkpoint.folder)).waited).toBe(2)
    const resumed = await nn.fitNetwork(net, { ...patient, checkpoint, resume: true })
    expect(resumed).toMatchObject({ epochs: whole.epochs, stopped: 'early', history: whole.history })
    expect(bits(resumed.values)).toEqual(bits(whole.values))
    // What is over stays over.
    const again = await nn.fitNetwork(net, { ...patient, checkpoint, resume: true })
    expect(again).toMatchObject({ steps: whole.steps, epochs: whole.epochs, stopped: 'early' })
    expect(bits(again.values)).toEqual(bits(whole.values))
  })

  it('goes on where an abort ended it, from the last steps that were kept', async () => {
    const whole = await nn.fitNetwork(net, options())
    const checkpoint = { folder: folder(), everySteps: 3 }
    const controller = new AbortController()
    const aborted = nn.fitNetwork(net, {
      ...options({ checkpoint, signal: controller.signal }),
      onEvent: (event) =>
        event.type === 'step-end' && event.step === 14 && controller.abort(new Error('stopped')),
    })
    await expect(aborted).rejects.toThrow('stopped')
    expect((await nn.loadCheckpoint(checkpoint.folder)).steps).toBe(12)
    const resumed = await nn.fitNetwork(net, options({ checkpoint, resume: true }))
    expect(bits(resumed.values)).toEqual(bits(whole.values))
    expect(resumed.history).toEqual(whole.history)
  })
})

describe('a folder of checkpoints', () => {
  it('keeps the last ones and the best, and tells of each', async () => {
    const checkpoint = { folder: folder(), keep: 2 }
    const paths: string[] = []
    const fitted = await nn.fitNetwork(net, {
      ...options({ checkpoint, epochs: 8 }),
      onEvent: (event) => event.type === 'checkpoint-end' && paths.push(event.path),
    })
    expect(paths).toHaveLength(8)
    const best = fitted.history.reduce((a, b) => (b.validation!['loss']! < a.validation!['loss']! ? b : a))
    expect(best.epoch).toBeLessThan(6)
    const expected = [best.steps, 35, 40].map((steps) => `step-${String(steps).padStart(8, '0')}.safetensors`)
    expect(await names(checkpoint.folder)).toEqual(expected)
    const kept = await nn.loadCheckpoint(join(checkpoint.folder, expected[0]!))
    expect(bits(kept.values)).toEqual(bits(fitted.values))
    expect(kept.bestLoss).toBe(best.validation!['loss'])
  })

  it('writes as seldom as it is told, and always at the end', async () => {
    const steps: number[] = []
    await nn.fitNetwork(net, {
      ...options({ checkpoint: { folder: folder(), every: 4 } }),
      onEvent: (event) => event.type === 'checkpoint-end' && steps.push(event.step),
    })
    expect(steps).toEqual([20, 30])
    const { validation: _, ...rest } = options({ checkpoint: { folder: folder(), every: 4 } })
    const { epochs: __, ...stream } = {
      ...rest,
      data: [
        { x, y },
        { x, y },
      ].values(),
    }
    await nn.fitNetwork(net, {
      ...stream,
      onEvent: (event) => event.type === 'checkpoint-end' && steps.push(event.step),
    })
    expect(steps).toEqual([20, 30, 2])
  })

  it('is of one training: another begins elsewhere, or goes on', async () => {
    const checkpoint = { folder: folder() }
    // resume: true begins where there is nothing yet.
    await nn.fitNetwork(net, options({ epochs: 1, checkpoint, resume: true }))
    await expect(nn.fitNetwork(net, options({ epochs: 1, checkpoint }))).rejects.toThrow(
      /holds checkpoints already, up to step-00000005\.safetensors\. Go on from there with resume: true, or choose another folder/,
    )
    const first = join(checkpoint.folder, 'step-00000005.safetensors')
    await nn.fitNetwork(net, options({ epochs: 2, checkpoint, resume: true }))
    await expect(nn.fitNetwork(net, options({ checkpoint, resume: first }))).rejects.toThrow(
      /up to step-00000010\.safetensors\. Training goes on from step 5: remove the later ones, or choose another folder/,
    )
    await expect(nn.fitNetwork(net, options({ resume: folder() }))).rejects.toThrow(
      /There is no checkpoint in/,
    )
    await expect(nn.fitNetwork(net, options({ resume: true }))).rejects.toThrow(
      /checkpoint\.folder, which is not given/,
    )
  })

  it('holds whole checkpoints only, whenever the process is killed', async () => {
    const path = folder()
    await mkdir(path)
    // 12 MB a file: a kill comes in the middle of one more often than not.
    const program = `
      import { saveCheckpoint } from 'modelwright/nn'
      const value = { dtype: 'float32', shape: [1_000_000], data: new Float32Array(1_000_000).fill(1) }
      const moments = { firstMoment: { w: value }, secondMoment: { w: value } }
      for (let steps = 1; ; steps++) {
        await saveCheckpoint(${JSON.stringify(path)} + '/step-' + steps + '.safetensors', {
          values: { w: value }, engine: { updates: steps, summed: 0, optimizer: moments }, optimizer: { kind: 'adam', options: {} },
          epoch: steps, batch: 0, lossSum: 0, steps, best: undefined, bestLoss: Infinity, waited: 0, plateau: undefined,
          seed: 0, history: [],
        })
        console.log(steps)
      }`
    for (const delay of [0, 5, 15, 30]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await wait(delay)
      child.kill('SIGKILL')
      await once(child, 'exit')
      for (const name of await names(path)) {
        if (name.startsWith('.')) continue
        const { steps, values } = await nn.loadCheckpoint(join(path, name))
        expect(name).toBe(`step-${steps}.safetensors`)
        expect(values['w']!.data.at(-1)).toBe(1)
      }
      expect((await names(path)).length).toBeGreaterThan(0)
    }
  })

  it('is cleared of what a killed process left', async () => {
    const path = folder()
    await mkdir(path)
    // No process has this number: Linux ends at 2^22.
    const left = join(path, '.step-00000005.safetensors.99999999.partial')
    const running = join(path, `.step-00000007.safetensors.${process.pid}.partial`)
    for (const file of [left, running]) await writeFile(file, 'half')
    await nn.fitNetwork(net, options({ epochs: 1, checkpoint: { folder: path } }))
    expect(existsSync(left)).toBe(false)
    expect(existsSync(running)).toBe(true)
    expect((await nn.loadCheckpoint(path)).steps).toBe(5)
  })
})

describe('a checkpoint file', () => {
  const kept = async (): Promise<nn.TrainingCheckpoint> => {
    let last: nn.TrainingCheckpoint | undefined
    await nn.fitNetwork(net, options({ epochs: 2, onCheckpoint: (one) => void (last = one) }))
    return last!
  }

  it('holds the parameters under their own names, for any reader', async () => {
    const path = join(root, 'one.safetensors')
    const checkpoint = await kept()
    await nn.saveCheckpoint(path, checkpoint)
    await using file = await openSafetensors(path)
    expect((await file.read('0.weight')).data).toEqual(checkpoint.values['0.weight']!.data)
    expect(file.tensors.has('optimizer.firstMoment:0.weight')).toBe(true)
    expect(file.tensors.has('best:1.running_mean')).toBe(true)
    expect(JSON.parse(file.metadata['training']!)).toMatchObject({
      format: 'modelwright-training',
      version: 1,
      epoch: 2,
      steps: 10,
    })
    expect(await nn.loadCheckpoint(path)).toEqual(checkpoint)
  })

  it('keeps numbers that JSON has not', async () => {
    const path = join(root, 'two.safetensors')
    const history = [{ epoch: 0, steps: 5, trainLoss: 0.1, validation: { loss: 0.3, 'roc-auc': Number.NaN } }]
    const checkpoint = { ...(await kept()), bestLoss: Infinity, history }
    await nn.saveCheckpoint(path, checkpoint)
    expect(await nn.loadCheckpoint(path)).toEqual(checkpoint)
  })

  it('is refused where it is cut, with the byte', async () => {
    const path = join(root, 'cut.safetensors')
    await nn.saveCheckpoint(path, await kept())
    const whole = (await readFile(path)).length
    await truncate(path, whole - 40)
    const failure = await nn.loadCheckpoint(path).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'format' })
    expect((failure as Error).message).toMatch(/cut\.safetensors', byte \d+: /)
    await truncate(path, 5)
    await expect(nn.loadCheckpoint(path)).rejects.toThrow(/byte 5: it ends before the length of its header/)
  })

  it('is refused where it is another file, or its state is damaged', async () => {
    const path = join(root, 'other.safetensors')
    const checkpoint = await kept()
    await writeSafetensors(path, checkpoint.values)
    await expect(nn.loadCheckpoint(path)).rejects.toThrow(
      /byte 8: it holds no state of a training, only arrays/,
    )
    await writeSafetensors(path, checkpoint.values, { training: '{"format":' })
    await expect(nn.loadCheckpoint(path)).rejects.toThrow(/byte 8: its state is damaged/)
    const state = { format: 'modelwright-training', version: 2 }
    await writeSafetensors(path, checkpoint.values, { training: JSON.stringify(state) })
    await expect(nn.loadCheckpoint(path)).rejects.toThrow(/has version 2, expected 1/)
    await writeSafetensors(path, checkpoint.values, {
      training: JSON.stringify({ ...state, version: 1, epoch: -1 }),
    })
    await expect(nn.loadCheckpoint(path)).rejects.toThrow(/'epoch' of its state is -1, expected a count/)
  })

  it('is refused where what the optimizer keeps has another shape, with the byte', async () => {
    const path = join(root, 'shape.safetensors')
    const checkpoint = await kept()
    const moments = checkpoint.engine.optimizer['firstMoment']!
    const optimizer = {
      ...checkpoint.engine.optimizer,
      firstMoment: { ...moments, '0.weight': array(new Float32Array(4)) as never },
    }
    await nn.saveCheckpoint(path, { ...checkpoint, engine: { ...checkpoint.engine, optimizer } })
    await expect(nn.loadCheckpoint(path)).rejects.toThrow(
      /byte \d+: 'optimizer\.firstMoment:0\.weight' is \[4\], expected \[6, 3\] as the parameter/,
    )
  })

  it('is refused by another network, optimizer, seed or data', async () => {
    const resume = await kept()
    const wider = nn.network(
      nn.sequential(nn.dense(8), nn.batchNorm(), nn.relu, nn.dropout(0.2), nn.dense(1)),
      spec('float32', ['batch', 3]),
    )
    await expect(nn.fitNetwork(wider, options({ resume }))).rejects.toThrow(
      /^The checkpoint is of another network: '0\.weight' is \[6, 3\], expected \[8, 3\]; '0\.bias' is \[6\], expected \[8\]; .*; and \d more\. Build/,
    )
    const deeper = nn.network(nn.sequential(nn.dense(6), nn.dense(1)), spec('float32', ['batch', 3]))
    await expect(nn.fitNetwork(deeper, options({ resume }))).rejects.toThrow(
      /'1\.weight' is \[6\], expected \[1, 6\]/,
    )
    await expect(nn.fitNetwork(net, options({ resume, optimizer: nn.sgd() }))).rejects.toThrow(
      /was trained by the optimizer 'adam-w', expected 'sgd'/,
    )
    await expect(nn.fitNetwork(net, options({ resume, seed: 5 }))).rejects.toThrow(
      /trained with seed 3, received 5.*Give seed: 3/,
    )
    await expect(nn.fitNetwork(net, options({ resume, averageDecay: 0.9 }))).rejects.toThrow(
      /holds no moving average/,
    )
    const path = folder()
    await nn.fitNetwork(net, options({ steps: 8, checkpoint: { folder: path } }))
    const fewer = options({ resume: path, data: nn.batches({ x, y }, { batchSize: 64, seed: 3 }) })
    await expect(nn.fitNetwork(net, fewer)).rejects.toThrow(
      /has 2 batches, but the checkpoint was written after 3 of them/,
    )
  })
})
