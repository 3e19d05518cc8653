// How fast training is, and how long it will take at most.
import { now } from '../../../base/index.js'
import type { FitNetworkOptions } from './train-options.js'

/** Where training stands. */
export interface Standing {
  readonly steps: number
  readonly epoch: number
  /** Batches of the running epoch that are done. */
  readonly batch: number
}

/** A clock of training. */
export interface Progress {
  /** Seconds since `fitNetwork` was called. */
  seconds(): number
  /** Whether the time budget is used up. */
  isOver(): boolean
  /** What comes within the time budget, or 'over'. */
  within<T>(coming: Promise<T>): Promise<T | 'over'>
  /** The first step comes now: opening the engine is no part of its pace. */
  begin(standing: Standing): void
  /** An epoch had so many batches. */
  measured(batches: number): void
  at(standing: Standing): { readonly stepsPerSecond: number; readonly secondsLeft: number | undefined }
}

/** Starts the clock. @param batchCount - batches of an epoch, where that is known */
export function startProgress(
  { steps = Infinity, epochs = Infinity, timeBudget = Infinity }: FitNetworkOptions,
  batchCount: number | undefined,
): Progress {
  const start = now()
  let [begun, before, perEpoch] = [start, 0, batchCount]
  const seconds = (): number => (now() - start) / 1000
  return {
    seconds,
    isOver: () => seconds() >= timeBudget,
    async within(coming) {
      if (timeBudget === Infinity) return coming
      let timer: NodeJS.Timeout | undefined
      const over = new Promise<'over'>((resolve) => {
        timer = setTimeout(() => resolve('over'), Math.max(0, timeBudget - seconds()) * 1000)
      })
      return Promise.race([coming, over]).finally(() => clearTimeout(timer))
    },
    begin(standing) {
      begun = now()
      before = standing.steps
    },
    measured: (batches) => void (perEpoch = batches),
    at(standing) {
      const stepsPerSecond = (standing.steps - before) / ((now() - begun) / 1000)
      const ofEpochs =
        epochs === Infinity || perEpoch === undefined
          ? Infinity
          : (epochs - standing.epoch) * perEpoch - standing.batch
      const left = Math.max(0, Math.min(steps - standing.steps, ofEpochs)) / stepsPerSecond
      const most = Math.min(left, Math.max(0, timeBudget - seconds()))
      return { stepsPerSecond, secondsLeft: Number.isFinite(most) ? most : undefined }
    },
  }
}
