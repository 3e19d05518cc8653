// What training a network is told, and what it gives.
import type { Tensor } from '../../engine/graph/index.js'
import type { Batch, BatchSource } from './batches.js'
import type { PlateauSchedule, Schedule } from './schedules.js'
import type { Arrays } from './scope.js'
import type { EngineState } from './step-engine.js'
import type { StepOptions } from './training-step.js'

/** From the output of a network and the rest of a batch (y, and what else there is) to one number. */
export type LossFunction = (
  output: Tensor,
  batch: Readonly<Record<'y', Tensor>> & Readonly<Record<string, Tensor>>,
) => Tensor

/** Scores of validation: `loss`, and each metric by its name. */
export type Scores = Readonly<Record<string, number>>

/** What happens in training. */
export type NetworkEvent =
  | {
      readonly type: 'step-end'
      readonly step: number
      readonly loss: number
      readonly learningRate: number
      readonly stepsPerSecond: number
    }
  | {
      readonly type: 'epoch-end'
      readonly epoch: number
      readonly trainLoss: number
      readonly validation: Scores | undefined
      readonly seconds: number
    }
  | { readonly type: 'warning'; readonly code: string; readonly message: string }

/** How a network is trained. */
export interface FitNetworkOptions extends Pick<
  StepOptions,
  'optimizer' | 'clipNorm' | 'averageDecay' | 'decays' | 'engine' | 'threads' | 'worker'
> {
  /** Batches with `x` and what the loss takes, usually `y`. */
  readonly data: BatchSource
  readonly loss: LossFunction
  /** Passes over the data. @default until steps, time or early stopping end it */
  readonly epochs?: number
  /** Steps in all. */
  readonly steps?: number
  /** Seconds. */
  readonly timeBudget?: number
  /** Multiplies the optimizer's learning rate. @default always 1 */
  readonly schedule?: Schedule
  /** Multiplies it too, and is told the validation loss of each epoch. */
  readonly plateau?: PlateauSchedule
  /** Adds up the gradients of so many batches before an update. @default 1 */
  readonly accumulate?: number
  /** Batches to judge by after each epoch. */
  readonly validation?: () => Iterable<Batch>
  /** Scores of validation, from all outputs and targets: [rows, …] each. */
  readonly metrics?: Readonly<Record<string, (outputs: Float32Array, batch: Batch, width: number) => number>>
  /** Epochs without a better validation loss that are waited for. @default never stops */
  readonly patience?: number
  /** Of parameters, batches' keys. @default 0 */
  readonly seed?: number
  /** Parameters to begin with. @default drawn by the seed */
  readonly initial?: Arrays
  /** A checkpoint to go on from, exactly. */
  readonly resume?: TrainingCheckpoint
  /** Called after each epoch with all that resuming needs. */
  readonly onCheckpoint?: (checkpoint: TrainingCheckpoint) => void | Promise<void>
  readonly signal?: AbortSignal
  readonly onEvent?: (event: NetworkEvent) => void
}

/** All that resuming needs. */
export interface TrainingCheckpoint {
  readonly values: Arrays
  readonly engine: EngineState
  readonly epoch: number
  readonly steps: number
  readonly best: Arrays | undefined
  readonly bestLoss: number
  readonly waited: number
}

/** A trained network. */
export interface FittedNetwork {
  /** Parameters and states. */
  readonly values: Arrays
  readonly steps: number
  readonly epochs: number
  /** The learning curve. */
  readonly history: readonly {
    readonly epoch: number
    readonly steps: number
    readonly trainLoss: number
    readonly validation?: Scores
  }[]
  readonly stopped: 'finished' | 'early' | 'time'
  readonly engine: string
}

export const patienceOf = ({ patience = Infinity }: FitNetworkOptions): number => patience
