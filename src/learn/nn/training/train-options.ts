// What training a network is told, and what it gives.
import {
  custom,
  integer,
  nameOf,
  optional,
  type OptionChecks,
  type OptionSpec,
  real,
  seedOption,
  threadsOption,
  UsageError,
  workSpecs,
} from '../../../base/index.js'
import type { Tensor } from '../../../engine/graph/index.js'
import type { CheckpointOptions, EpochRecord, Scores, TrainingCheckpoint } from '../checkpoints/index.js'
import type { NetworkMetrics } from './metric-scores.js'
import type { Monitor } from './monitor.js'
import type { Network } from '../network.js'
import type { PlateauSchedule, Schedule } from '../schedules.js'
import type { Arrays } from '../scope.js'
import type { BatchSource } from '../sources/index.js'
import type { StepOptions } from './training-step.js'

/** From the output of a network and the rest of a batch (y, and what else there is) to one number. */
export type LossFunction = (
  output: Tensor,
  batch: Readonly<Record<'y', Tensor>> & Readonly<Record<string, Tensor>>,
) => Tensor

/** One step is done. */
export interface StepEndEvent {
  readonly type: 'step-end'
  /** Steps so far, those before a resume included. */
  readonly step: number
  /** Epochs that are done. */
  readonly epoch: number
  /** Of this batch, before the update. */
  readonly loss: number
  readonly learningRate: number
  /** The mean since training began, validation included. */
  readonly stepsPerSecond: number
  /** Seconds until `steps`, `epochs` or `timeBudget` end it at the latest; undefined while an epoch's length is not known. */
  readonly secondsLeft: number | undefined
}

/** One epoch is done. */
export interface EpochEndEvent {
  readonly type: 'epoch-end'
  /** From 0 on. */
  readonly epoch: number
  /** The mean over the batches. */
  readonly trainLoss: number
  /** Undefined where there is no validation. */
  readonly validation: Scores | undefined
  /** Since training began. */
  readonly seconds: number
}

/** What happens in training. */
export type NetworkEvent =
  | StepEndEvent
  | EpochEndEvent
  /** A checkpoint was written to this file. */
  | { readonly type: 'checkpoint-end'; readonly path: string; readonly step: number }
  /** 'slow-engine': the WebAssembly engine computes; 'data-end': a source of one pass ended before `steps` or `epochs`. */
  | { readonly type: 'warning'; readonly code: 'slow-engine' | 'data-end'; readonly message: string }

/** How a network is trained. At least one of epochs, steps, timeBudget and patience must end it, or data of one pass, or a signal. */
export interface FitNetworkOptions extends Pick<
  StepOptions,
  'optimizer' | 'clipNorm' | 'averageDecay' | 'decays' | 'engine' | 'device' | 'threads' | 'worker'
> {
  /**
   * Batches with `x` and what the loss takes, usually `y`: from `batches`, `tableBatches` or `folderBatches`, any function of
   * the epoch that gives an iterable or async iterable, or a stream that is passed over once.
   */
  readonly data: BatchSource
  readonly loss: LossFunction
  /** Passes over the data. @default until steps, time or early stopping end it; one over a stream */
  readonly epochs?: number
  /** Steps in all, a batch each. */
  readonly steps?: number
  /** Seconds, opening the engine included. */
  readonly timeBudget?: number
  /** Batches of an async source that are read ahead at most; each must have arrays of its own. @default 2 */
  readonly prefetch?: number
  /** Multiplies the optimizer's learning rate. @default always 1 */
  readonly schedule?: Schedule
  /** Multiplies it too, and is told the validation loss of each epoch (the training loss where there is no validation). */
  readonly plateau?: PlateauSchedule
  /** Adds up the gradients of so many batches before an update, across epochs; a rest at the very end updates nothing. @default 1 */
  readonly accumulate?: number
  /** Batches to judge by after each epoch, with the moving average where one is kept; passed over each time. @default none */
  readonly validation?: BatchSource
  /** Scores of validation beside the loss: names of metrics, or functions. @default none */
  readonly metrics?: NetworkMetrics
  /**
   * The score of validation by which the best parameters are chosen and patience is counted: 'loss', a name of `metrics`, or
   * { score, mode } for a function of theirs. @default 'loss'
   */
  readonly monitor?: Monitor
  /** Epochs without a better score that are waited for. @default never stops */
  readonly patience?: number
  /** Of parameters and of random layers. @default 0 */
  readonly seed?: number
  /** Parameters to begin with. @default drawn by the seed */
  readonly initial?: Arrays
  /** Writes checkpoints into files. @default none */
  readonly checkpoint?: CheckpointOptions
  /**
   * Goes on exactly where training was: a checkpoint, its file, or a folder of them, of which the latest is taken; true: the latest
   * of `checkpoint.folder`, or from the start where there is none; false: from the start. @default false
   */
  readonly resume?: TrainingCheckpoint | string | boolean
  /** Called with all that resuming needs, as often as `checkpoint` says; without it after each epoch and at the end. */
  readonly onCheckpoint?: (checkpoint: TrainingCheckpoint) => void | Promise<void>
  /** Ends training: it rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** Waited for where it is asynchronous. What it throws ends training. */
  readonly onEvent?: (event: NetworkEvent) => void
}

/** A trained network. */
export interface FittedNetwork {
  /** Parameters and states. */
  readonly values: Arrays
  readonly steps: number
  readonly epochs: number
  /** The learning curve, with that of before a resume. */
  readonly history: readonly EpochRecord[]
  /** What ended it: epochs, steps or data; early stopping; the time budget. */
  readonly stopped: 'finished' | 'early' | 'time'
  readonly engine: string
}

export const patienceOf = ({ patience = Infinity }: FitNetworkOptions): number => patience

const aFunction: OptionSpec<unknown> = custom<unknown>({
  default: undefined,
  expected: 'a function',
  accepts: (value) => typeof value === 'function',
})
const anObject: OptionSpec<unknown> = custom<unknown>({
  default: undefined,
  expected: 'an object',
  accepts: (value) => typeof value === 'object' && value !== null,
})
// Without a limit is what Infinity says.
const countOrInfinity: OptionSpec<number> = custom<number>({
  default: Infinity,
  expected: 'a whole number of at least 1',
  accepts: (value) => value === Infinity || (Number.isInteger(value) && (value as number) >= 1),
})
const positive = real({ min: 0, exclusive: true, default: 1 })

/** What each option must be; sources, engines and checkpoints look at theirs themselves. */
export const fitNetworkChecks: OptionChecks<FitNetworkOptions> = {
  data: true,
  loss: aFunction,
  optimizer: custom<unknown>({
    default: undefined,
    expected: 'an optimizer, such as adam()',
    accepts: (value) => typeof value === 'object' && value !== null && 'update' in value && 'kind' in value,
  }),
  epochs: countOrInfinity,
  steps: countOrInfinity,
  timeBudget: positive,
  prefetch: integer({ min: 0, default: 2 }),
  schedule: aFunction,
  plateau: anObject,
  accumulate: integer({ min: 1, default: 1 }),
  validation: true,
  metrics: custom<unknown>({
    default: [],
    expected: "a list of names, such as ['accuracy'], or an object of names and functions",
    accepts: (value) => typeof value === 'object' && value !== null,
  }),
  monitor: custom<unknown>({
    default: 'loss',
    expected: "the name of a score, or { score, mode: 'max' or 'min' }",
    accepts: (value) =>
      typeof value === 'string' || (typeof value === 'object' && value !== null && 'score' in value),
  }),
  patience: countOrInfinity,
  clipNorm: positive,
  averageDecay: real({ min: 0, max: 1, exclusive: true, default: 0.999 }),
  decays: aFunction,
  engine: true,
  device: true,
  threads: threadsOption,
  worker: optional({ expected: 'true or false', accepts: (value) => typeof value === 'boolean' }),
  seed: seedOption,
  initial: anObject,
  checkpoint: anObject,
  resume: custom<unknown>({
    default: false,
    expected: 'true or false, a path, or a checkpoint from loadCheckpoint or onCheckpoint',
    accepts: (value) =>
      typeof value === 'boolean' ||
      typeof value === 'string' ||
      (typeof value === 'object' && value !== null && 'values' in value && 'engine' in value),
  }),
  onCheckpoint: aFunction,
  signal: workSpecs.signal,
  onEvent: aFunction,
}

/** What has no default. @throws {@link UsageError} for what is not given, or is no network */
export function requireGiven(
  who: string,
  net: Network,
  options: Pick<FitNetworkOptions, 'data' | 'loss' | 'optimizer'>,
): void {
  // A layer is a function too, and has a name.
  if (typeof net !== 'object' || net === null || !('parameters' in net))
    throw new UsageError(
      `${who}: the first argument is ${nameOf(net)}, expected a network. Make one of a layer: network(layer, spec('float32', ['batch', 4])).`,
      { argument: 'net' },
    )
  const missing = (['data', 'loss', 'optimizer'] as const).find((name) => options[name] === undefined)
  if (missing === undefined) return
  const examples = {
    data: 'batches({ x, y }, { batchSize: 32 })',
    loss: '(output, { y }) => meanSquaredError(output, y)',
    optimizer: 'adam()',
  }
  throw new UsageError(
    `${who}: option '${missing}' is not given. Such is ${missing}: ${examples[missing]}.`,
    {
      argument: missing,
    },
  )
}
