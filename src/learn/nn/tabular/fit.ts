// Training of the networks for tables.
import { spec, t, type Tensor } from '../../../engine/graph/index.js'
import type { LearnerData } from '../../contracts/index.js'
import { type Network, network } from '../network.js'
import { adamW } from '../optimizers.js'
import type { Arrays } from '../scope.js'
import { batches } from '../sources/index.js'
import { fitNetwork } from '../training/train-network.js'
import type { FittedNetwork } from '../training/train-options.js'
import { tabularEnsemble } from './ensemble.js'
import { readInputs, type TabularInputs } from './inputs.js'
import type { NumericEmbeddings } from './numeric-embeddings.js'
import type { MlpOptions } from './options.js'
import { allRows, divide, type Part, partOf } from './parts.js'
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

/** Trains until the validation loss stops falling and keeps the best, on few rows once more with the rows of validation. */
export async function fitMlp(
  data: LearnerData,
  options: Readonly<MlpOptions>,
  task: MlpTask,
): Promise<MlpState> {
  const target = targetScale(data.y, task.classes)
  const inputs = readInputs(data.x, data.levels ?? [])
  const reading = { inputs, target, classes: task.classes }
  const own = { ...data, sampleWeight: task.sampleWeight }
  const rows = divide(data, options.validationFraction)
  const { validation } = data
  const stop =
    validation === undefined
      ? partOf(own, rows.held, reading)
      : partOf(validation, allRows(validation.x.rows), reading)
  const { hiddenLayerSizes: hiddenLayers, members, dropout } = options
  const numericEmbeddings = inputs.numbers > mostEmbedded ? 'none' : options.numericEmbeddings
  const { outputs } = task
  const form = { inputs: { ...inputs, numericEmbeddings }, members, hiddenLayers, outputs, dropout }
  const net = network(tabularEnsemble(form), spec('float32', ['batch', inputs.order.length]))
  const job = { net, data, options, task, seed: data.rng.split('mlp').below(2 ** 31) }
  const first = await train(job, partOf(own, rows.train, reading), { stop, epochs: options.maxEpochs })
  const again = rows.held.length > 0 && data.x.rows <= mostRowsToRefit
  const epochs = bestEpochs(first)
  const fitted = again ? await train(job, partOf(own, allRows(data.x.rows), reading), { epochs }) : first
  const sizes = { hiddenLayers: hiddenLayers.length, members, outputs }
  return stateOf(fitted.values, { inputs, numericEmbeddings, ...sizes, target, epochs })
}

// A vector for each of more numbers, such as the weights of words, would be thousands of inputs for every member.
const mostEmbedded = 100

// Of few rows each counts (vehicle, 760: log loss .393 by .418 without those of validation), and a second training is cheap.
const mostRowsToRefit = 5000

/** Passes over the rows until the loss of validation was least; all of them where there is none. */
function bestEpochs({ history, epochs }: FittedNetwork): number {
  const losses = history.flatMap(({ validation }) => validation?.['loss'] ?? [])
  return losses.length === 0 ? epochs : 1 + losses.indexOf(losses.reduce((a, b) => Math.min(a, b)))
}

interface Job {
  readonly net: Network
  readonly data: LearnerData
  readonly options: Readonly<MlpOptions>
  readonly task: MlpTask
  readonly seed: number
}

function train(
  { net, data, options, task, seed }: Job,
  part: Part,
  { stop, epochs }: { readonly stop?: Part; readonly epochs: number },
): Promise<FittedNetwork> {
  const rows = part.x.shape[0]!
  const batchSize = options.batchSize ?? batchSizeFor(rows)
  return fitNetwork(net, {
    data: batches(part, { batchSize, seed }),
    loss: (scores, { y, weight }) => weightedMean(task.losses(scores, y), weight!),
    optimizer: adamW({ learningRate: options.learningRate, weightDecay: options.weightDecay }),
    averageDecay: averageDecayFor(rows / batchSize),
    clipNorm: 1,
    epochs,
    patience: options.patience,
    ...(stop === undefined || stop.x.shape[0] === 0
      ? {}
      : { validation: batches(stop, { batchSize: rowsOfValidation, shuffle: false }) }),
    seed,
    ...(data.threads === undefined ? {} : { threads: data.threads }),
    ...(data.signal === undefined ? {} : { signal: data.signal }),
    onEvent(event) {
      if (event.type !== 'epoch-end') return
      data.onEvent?.({ type: 'progress-update', done: (event.epoch + 1) / epochs })
    },
  })
}

// Small tables need small batches: an epoch must have some steps. Large ones learn as well from large batches, in less time.
function batchSizeFor(rows: number): number {
  if (rows <= 2500) return 64
  if (rows <= 10_000) return 128
  return rows <= 50_000 ? 256 : 512
}

// The members' hidden numbers of so many rows are in memory at once: 33 MB a layer of the default size.
const rowsOfValidation = 8192

// The average looks back about an epoch: longer, and it holds what was forgotten; 200 steps suffice to smooth.
const averageDecayFor = (stepsOfEpoch: number): number => 1 - 1 / Math.max(2, Math.min(200, stepsOfEpoch))

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
