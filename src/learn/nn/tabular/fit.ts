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
import { arrange, readInputs, type TabularInputs } from './inputs.js'
import type { NumericEmbeddings } from './numeric-embeddings.js'
import type { MlpOptions } from './options.js'
import { targetScale, type TargetScale } from './target-scale.js'

/** What a network for tables keeps; plain data. */
export interface MlpState {
  readonly inputs: TabularInputs
  readonly numericEmbeddings: NumericEmbeddings
  /** Weights by path, and their shapes. */
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly values: Readonly<Record<string, Float32Array>>
  readonly hiddenLayers: number
  readonly members: number
  readonly outputs: number
  readonly target: TargetScale
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
  const target = targetScale(data.y, task.classes)
  const rows = divide(data, options.validationFraction)
  const inputs = readInputs(data.x, data.levels ?? [])
  const { train, validation } = partsOf(data, task, { rows, inputs, target })
  const { hiddenLayerSizes: hiddenLayers, members, numericEmbeddings } = options
  const { outputs } = task
  const form = { inputs: { ...inputs, numericEmbeddings }, members, hiddenLayers, outputs }
  const net = network(
    tabularEnsemble({ ...form, dropout: options.dropout }),
    spec('float32', ['batch', inputs.order.length]),
  )
  const seed = data.rng.split('mlp').below(2 ** 31)
  const batchSize = options.batchSize ?? batchSizeFor(rows.train.length)
  const fitted = await fitNetwork(net, {
    data: batches({ ...train }, { batchSize, seed }),
    loss: (scores, { y, weight }) => weightedMean(task.losses(scores, y), weight!),
    optimizer: adamW({ learningRate: options.learningRate, weightDecay: options.weightDecay }),
    averageDecay: averageDecayFor(rows.train.length / batchSize),
    clipNorm: 1,
    epochs: options.maxEpochs,
    patience: options.patience,
    ...(validation.x.shape[0] === 0 ? {} : { validation: () => [{ ...validation }] }),
    seed,
    ...(data.threads === undefined ? {} : { threads: data.threads }),
    ...(data.signal === undefined ? {} : { signal: data.signal }),
    onEvent(event) {
      if (event.type !== 'epoch-end') return
      console.log(
        event.epoch,
        event.trainLoss.toFixed(5),
        event.validation?.['loss']?.toFixed(5),
        event.seconds.toFixed(1),
      )
      data.onEvent?.({ type: 'progress-update', done: (event.epoch + 1) / options.maxEpochs })
    },
  })
  const { epochs } = fitted
  const rest = {
    inputs,
    numericEmbeddings,
    hiddenLayers: hiddenLayers.length,
    members,
    outputs,
    target,
    epochs,
  }
  return stateOf(fitted.values, rest)
}

// The average looks back about an epoch: longer, and it holds what was forgotten; 200 steps suffice to smooth.
const averageDecayFor = (stepsOfEpoch: number): number => 1 - 1 / Math.max(2, Math.min(200, stepsOfEpoch))

interface Part {
  readonly x: NDArray
  readonly y: NDArray
  readonly weight: NDArray
}

interface Ready {
  readonly rows: { readonly train: Int32Array; readonly held: Int32Array }
  readonly inputs: TabularInputs
  readonly target: TargetScale
}

/** Rows to learn from and rows to stop by, as the network takes them. */
function partsOf(data: LearnerData, task: MlpTask, { rows, inputs, target }: Ready) {
  const part = (
    { x, y, sampleWeight }: Pick<LearnerData, 'x' | 'y' | 'sampleWeight'>,
    which: Int32Array,
  ): Part => ({
    x: array(arrange(takeRows(x, which), inputs), { shape: [which.length, inputs.order.length] }),
    y: task.classes
      ? array(Int32Array.from(which, (row) => y[row]!))
      : array(Float32Array.from(which, (row) => (y[row]! - target.center) / target.scale)),
    weight: array(Float32Array.from(which, (row) => sampleWeight?.[row] ?? 1)),
  })
  const own = { ...data, sampleWeight: task.sampleWeight }
  return {
    train: part(own, rows.train),
    validation:
      data.validation === undefined
        ? part(own, rows.held)
        : part(data.validation, all(data.validation.x.rows)),
  }
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

const all = (rows: number): Int32Array => Int32Array.from({ length: rows }, (_, i) => i)

/** Rows to learn from and rows to stop by, drawn at random. */
function divide(data: LearnerData, share: number): Ready['rows'] {
  const { rows } = data.x
  const count = data.validation === undefined ? Math.round(rows * share) : 0
  if (count === 0 || count === rows) return { train: all(rows), held: new Int32Array(0) }
  const order = data.rng.split('mlp-validation').permutation(rows)
  return { train: order.slice(count).sort(), held: order.slice(0, count).sort() }
}

function takeRows({ data, columns, names }: Matrix, rows: Int32Array): Matrix {
  const part = new Float64Array(rows.length * columns)
  rows.forEach((row, i) => part.set(data.subarray(row * columns, (row + 1) * columns), i * columns))
  return { data: part, rows: rows.length, columns, names }
}
