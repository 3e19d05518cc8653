// What a shell learns from a run. Every error class of ours has its status here; anything else is our bug.
import { ModelwrightError } from '../../base/index.js'

export const exitCodes = { done: 0, bug: 1, usage: 2, data: 3, time: 4, interrupted: 130 } as const

const byCode: Readonly<Record<string, number>> = {
  usage: exitCodes.usage,
  'invalid-option': exitCodes.usage,
  'unknown-column': exitCodes.usage,
  conflict: exitCodes.usage,
  'schema-mismatch': exitCodes.data,
  shape: exitCodes.data,
  data: exitCodes.data,
  convergence: exitCodes.data,
  format: exitCodes.data,
  'engine-missing': exitCodes.data,
  'not-found': exitCodes.data,
  storage: exitCodes.data,
  memory: exitCodes.data,
  access: exitCodes.data,
  limit: exitCodes.data,
  overload: exitCodes.data,
  'time-budget': exitCodes.time,
}

/** The exit status for an error. */
export function exitCodeOf(error: unknown): number {
  // A gate that refuses says something of the model; the command was used rightly.
  if (ModelwrightError.is(error) && error.details['kind'] === 'promotion') return exitCodes.data
  return ModelwrightError.is(error) ? (byCode[error.code] ?? exitCodes.bug) : exitCodes.bug
}
