// Who may follow a job and keep what it did. A tracker of runs is one (operate/track); the job itself knows nothing of stores.
import type { WorkEvent } from '../../base/index.js'
import type { Table } from '../../data/index.js'
import type { Recipe } from '../../learn/catalogue.js'
import type { TrainRecipe } from './recipe.js'
import type { TrainSettings } from './train-options.js'
import type { TrainResult } from './train-result.js'

/** How the run of a job is called and where it belongs. */
export interface TrainingRunOptions {
  readonly name?: string | undefined
  readonly experiment?: string | undefined
  readonly tags?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly note?: string | undefined
  readonly parent?: string | { readonly id: string } | undefined
  /** Keep the rows that the model was judged on among its artifacts: later versions are compared on them. @default true */
  readonly testRows?: boolean | undefined
}

/** A job that begins. */
export interface TrainingStart {
  readonly settings: TrainSettings
  /** It replays a recipe, without a clock. */
  readonly isReplay: boolean
  readonly run: TrainingRunOptions
  readonly signal: AbortSignal | undefined
}

/** A job that is done. */
export interface FinishedTraining {
  readonly result: TrainResult
  readonly recipe: TrainRecipe
  /** What was fitted on all rows, with the number of rounds that was found. */
  readonly winner: Recipe
  /** All rows, as they were read. */
  readonly table: Table
  /** The rows that were judged on, with all columns that they came with. */
  testRows(): Table
  readonly source: string | undefined
  readonly hash: string
  /** The folder of the bundle. */
  readonly bundle: string
}

/** Follows one job. Nothing here may throw for want of a store: training goes on. */
export interface TrainingLog {
  /** Undefined where there is no run. */
  readonly runId: string | undefined
  onEvent(event: WorkEvent): void
  finished(job: FinishedTraining): Promise<void>
  failed(error: unknown): Promise<void>
}

export interface TrainingTracker {
  startTraining(start: TrainingStart): Promise<TrainingLog>
}
