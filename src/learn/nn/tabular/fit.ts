// Training of the networks for tables.
import type { Matrix } from '../../../data/index.js'
import { array, type NDArray, spec, t, type Tensor } from '../../../engine/graph/index.js'
import type { LearnerData } from '../../contracts/index.js'
import { batches } from '../sources/index.js'
import { network } from '../network.js'
import { adamW } from '../optimizers.js'
import type { Arrays } from '../scope.js'
import { fitNetwork } from '../training/train-network.js'
import { tabularEnsemble } from './ensemble.js'
import type { MlpOptions } from './options.js'

/** What a network for tables keeps; plain data. */
export interface MlpState {
  /** Weights by path, and their shapes. */
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly values: Readonly<Record<string, Float32Array>>
  readonly hiddenLayers: number
  readonly members: number
  readonly outputs: number
  /** Of the target: predictions are network · scale + center. */
  readonly center: number
  readonly scale: number
  readonly epochs: number
}

/** How targets are learned. */
export interface MlpTask {
  readonly outputs: number
  /** Losses [members, N] from scores [members, N, outputs] and targets [N]. */
  losses(scores: Tensor, targets: Tensor): Tensor
  readonly classes: boolean
  readonly sampleWeight: Float64Array | undefined
}

// Networks learn with 64 rows a step on small tables, where 256 would be a few steps an epoch.
const batchSizeFor = (rows: number): number => (rows <= 5000 ? 64 : rows <= 50_000 ? 256 : 512)

/** Trains until the validation loss stops falling, and keeps the best. */
export async function fitMlp(
  data: LearnerData,
  options: Readonly<MlpOptions>,
  task: MlpTask,
): Promise<MlpState> {
  const { center, scale } = task.classes ? { center: 0, scale: 1 } : momentsOf(data.y)
  const rows = divide(data, options.validationFraction)
  const part = (x: Matrix, y: Float64Array, weights: Float64Array | undefined, which: Int32Array): Part => ({
    x: takeRows(x, which),
    y: task.classes
      ? array(Int32Array.from(which, (row) => y[row]!))
      : array(Float32Array.from(which, (row) => (y[row]! - center) / scale)),
    weight: array(Float32Array.from(which, (row) => weights?.[row] ?? 1)),
  })
  const train = part(data.x, data.y, task.sampleWeight, rows.train)
  const validation =
    data.validation === undefined
      ? part(data.x, data.y, task.sampleWeight, rows.held)
      : part(data.validation.x, data.validation.y, data.validation.sampleWeight, all(data.validation.x.rows))
  const { hiddenLayerSizes, members, outputs } = { ...options, ...task }
  const net = network(
    tabularEnsemble({ members, hiddenLayers: hiddenLayerSizes, outputs, dropout: options.dropout }),
    spec('float32', ['batch', data.x.columns]),
  )
  const seed = data.rng.split('mlp').below(2 ** 31)
  const batchSize = options.batchSize ?? batchSizeFor(rows.train.length)
  const fitted = await fitNetwork(net, {
    data: batches(train as never, { batchSize, seed }),
    loss: (scores, { y, weight }) => weightedMean(task.losses(scores, y), weight!),
    optimizer: adamW({ learningRate: options.learningRate, weightDecay: options.weightDecay }),
    clipNorm: 1,
    epochs: options.maxEpochs,
    patience: options.patience,
    ...(validation.x.shape[0] === 0 ? {} : { validation: () => [validation as never] }),
    seed,
    ...(data.threads === undefined ? {} : { threads: data.threads }),
    ...(data.signal === undefined ? {} : { signal: data.signal }),
    onEvent(event) {
      if (event.type !== 'epoch-end') return
      data.onEvent?.({ type: 'progress-update', done: (event.epoch + 1) / options.maxEpochs })
    },
  })
  return stateOf(fitted.values, {
    hiddenLayers: hiddenLayerSizes.length,
    members,
    outputs,
    center,
    scale,
    epochs: fitted.epochs,
  })
}

interface Part {
  readonly x: NDArray
  readonly y: NDArray
  readonly weight: NDArray
}

function stateOf(values: Arrays, rest: Omit<MlpState, 'shapes' | 'values'>): MlpState {
  return {
    ...rest,
    shapes: Object.fromEntries(Object.entries(values).map(([path, { shape }]) => [path, shape])),
    values: Object.fromEntries(Object.entries(values).map(([path, { data }]) => [path, data.slice()])),
  }
}

/** Σ weight · loss / Σ weight over the rows, the mean over the members. */
function weightedMean(losses: Tensor, weight: Tensor): Tensor {
  const rows = t.mean(losses, { axes: 0 })
  return t.div(t.sum(t.mul(rows, weight)), t.sum(weight))
}

function momentsOf(y: Float64Array): { center: number; scale: number } {
  const center = y.reduce((sum, value) => sum + value, 0) / y.length
  const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - center) ** 2, 0) / y.length)
  return { center, scale: deviation > 0 ? deviation : 1 }
}

const all = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i)

/** Rows to learn from and rows to stop by, drawn at random. */
function divide(data: LearnerData, share: number): { readonly train: Int32Array; readonly held: Int32Array } {
  const { rows } = data.x
  const count = data.validation === undefined ? Math.round(rows * share) : 0
  if (count === 0 || count === rows) return { train: all(rows), held: new Int32Array(0) }
  const order = data.rng.split('mlp-validation').permutation(rows)
  return { train: order.slice(count).sort(), held: order.slice(0, count).sort() }
}

function takeRows({ data, columns }: Matrix, rows: Int32Array): NDArray {
  const part = new Float32Array(rows.length * columns)
  rows.forEach((row, i) => part.set(data.subarray(row * columns, (row + 1) * columns), i * columns))
  return array(part, { shape: [rows.length, columns] })
}
