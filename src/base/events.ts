// What long work tells while it runs. Progress bars, the tracker and the web page read the same events.

/** One step of long work. Names are noun-verb; verbs are `start`, `end`, `error`, `update`. */
export type WorkEvent =
  | { readonly type: 'phase-start'; readonly phase: string; readonly detail?: string }
  | { readonly type: 'phase-end'; readonly phase: string; readonly seconds: number }
  /** Share of the running phase that is done, 0 to 1. */
  | { readonly type: 'progress-update'; readonly done: number; readonly detail?: string }
  | {
      readonly type: 'iteration-end'
      readonly iteration: number
      readonly trainLoss?: number
      readonly validationLoss?: number
    }
  /** Cross-validation fits on all folds but this one, from 0. */
  | { readonly type: 'fold-start'; readonly fold: number }
  | { readonly type: 'fold-end'; readonly fold: number; readonly score: number }
  | { readonly type: 'model-start'; readonly name: string }
  | { readonly type: 'model-end'; readonly name: string; readonly score: number; readonly seconds: number }
  /** The result stands, but the user should know this. */
  | { readonly type: 'warning'; readonly code: string; readonly column?: string; readonly message: string }
  | { readonly type: 'convergence-error'; readonly iterations: number; readonly reached: number }

/** What every long call accepts. */
export interface WorkOptions {
  /** Ends the work: it rejects with the signal's reason, and nothing half-done escapes. */
  readonly signal?: AbortSignal | undefined
  readonly onEvent?: ((event: WorkEvent) => void) | undefined
}
