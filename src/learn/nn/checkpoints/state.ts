// All that training needs to go on exactly: numbers and counters, as plain data.
import type { OptimizerDocument } from '../optimizer-of.js'
import type { PlateauState } from '../schedules.js'
import type { Arrays } from '../scope.js'
import type { EngineState } from '../training/step-engine.js'

/** Scores of validation: `loss`, and each metric by its name. */
export type Scores = Readonly<Record<string, number>>

/** A point of the learning curve. */
export interface EpochRecord {
  /** From 0 on. */
  readonly epoch: number
  /** Steps at its end. */
  readonly steps: number
  /** The mean over its batches, each before its update. */
  readonly trainLoss: number
  readonly validation?: Scores
}

/** All that resuming needs. Where the schedule stands follows from the steps, the order of batches from the epoch. */
export interface TrainingCheckpoint {
  /** Parameters and states. */
  readonly values: Arrays
  /** What the optimizer keeps, gradients that wait for an update, and the moving average. */
  readonly engine: EngineState
  /** Whose state that is. */
  readonly optimizer: OptimizerDocument
  /** Epochs that are done. */
  readonly epoch: number
  /** Batches of the running epoch that are learned from already. */
  readonly batch: number
  /** The sum of their losses. */
  readonly lossSum: number
  /** Steps so far. */
  readonly steps: number
  /** Parameters and states of the best validation by the monitor; undefined before the first. */
  readonly best: Arrays | undefined
  /** Their validation loss; of another monitor its score, negative where more is better. */
  readonly bestLoss: number
  /** Epochs since. */
  readonly waited: number
  /** Where the plateau schedule stands; undefined where there is none. */
  readonly plateau: PlateauState | undefined
  readonly seed: number
  readonly history: readonly EpochRecord[]
}
