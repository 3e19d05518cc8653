// Tracking must not end the work that it tracks: what cannot be logged becomes a warning, unless the user wants an error.
import { InvalidOptionError } from '../../base/index.js'

/** What could not be logged, and why. */
export interface TrackingWarning {
  readonly runId: string | undefined
  readonly message: string
  readonly error: unknown
}

export interface AttemptOptions {
  readonly onError: 'warn' | 'throw'
  readonly onWarning: (warning: TrackingWarning) => void
}

/** Does a part of logging: true when it is done, false when it failed and a warning says so. */
export type Attempt = (work: () => Promise<unknown>) => Promise<boolean>

export function attempter(runId: string | undefined, { onError, onWarning }: AttemptOptions): Attempt {
  return async (work) => {
    try {
      await work()
      return true
    } catch (error) {
      if (onError === 'throw') throw error
      onWarning({ runId, error, message: error instanceof Error ? error.message : String(error) })
      return false
    }
  }
}

/** As a warning of the process, which Node prints; the same sentence only once a minute would be printed too often, so once. */
export function processWarnings(): (warning: TrackingWarning) => void {
  const told = new Set<string>()
  return ({ message, runId }) => {
    if (told.has(message)) return
    if (told.size < mostTold) told.add(message)
    process.emitWarning(
      runId === undefined ? message : `Run ${runId}: ${message}`,
      'ModelwrightTrackingWarning',
    )
  }
}

/** Sentences that are remembered: more different ones than this are told as often as they come. */
const mostTold = 1000

export function checkOnError(value: unknown): 'warn' | 'throw' {
  if (value === 'warn' || value === 'throw') return value
  throw new InvalidOptionError(
    `openTracker: option 'onError' must be 'warn' or 'throw'; received ${String(value)}.`,
    {
      option: 'onError',
      expected: "'warn' or 'throw'",
      received: value,
    },
  )
}
