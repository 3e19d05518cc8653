// Whether a training logs itself, and where. A plain `modelwright train` in a folder that knows nothing of runs must leave nothing behind.
import { statSync } from 'node:fs'

/** Where the run of a job goes; plain data, as it travels to the thread of the job. */
export interface JobTracking {
  readonly store?: string
  readonly experiment?: string
  readonly name?: string
  /** Whether it keeps the rows that were judged on. */
  readonly testRows: boolean
  /** The command line that the run remembers. */
  readonly argv: readonly string[]
  /** Asked for in so many words: a store that cannot be opened is an error then, not a warning. */
  readonly required: boolean
}

/** The folder of runs, below the working directory: where it is, somebody keeps runs here. */
const ownFolder = '.modelwright'

/** By --track and --no-track; without them where MODELWRIGHT_STORE says so, or a folder of runs is here. */
export function trackingOf(options: Readonly<Record<string, unknown>>): JobTracking | undefined {
  const { track, experiment, runName, testRows } = options
  const required = track !== undefined || experiment !== undefined || runName !== undefined
  if (track === false || (!required && !isSetUp())) return undefined
  return {
    ...(typeof track === 'string' && { store: track }),
    ...(experiment !== undefined && { experiment: experiment as string }),
    ...(runName !== undefined && { name: runName as string }),
    testRows: testRows !== false,
    argv: process.argv,
    required,
  }
}

const isSetUp = (): boolean =>
  (process.env['MODELWRIGHT_STORE'] ?? '') !== '' ||
  statSync(ownFolder, { throwIfNoEntry: false })?.isDirectory() === true
