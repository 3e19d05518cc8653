// The tracker: where runs are started, and what is common to them.
import {
  checkOptions,
  custom,
  flag,
  optional,
  type OptionChecks,
  real,
  text,
  wallClock,
} from '../../base/index.js'
import { checkOnError, processWarnings, type TrackingWarning } from './attempt.js'
import type { TrackingBackend } from './backend.js'
import { captureEnvironment, environmentTags, type RunEnvironment } from './environment.js'
import { checkExperiment } from './limits.js'
import { openBackend, type BackendPlaces } from './open-backend.js'
import { holdBlocks } from './process-watch.js'
import { newRunName } from './run-name.js'
import type { RunOptions, TrackedRun } from './run-options.js'
import { ownOwner } from './owner.js'
import { type RunContext, trackedRun } from './tracked-run.js'
import { tagsOf } from './logged-values.js'
import { trackFit, type TrackedFit } from './tracked-fit.js'
import { trainingLog } from './training-log.js'
import type { TrainingTracker } from '../train/index.js'

export interface TrackerOptions extends BackendPlaces {
  /** The experiment that runs belong to when they name none. @default 'Default' */
  readonly experiment?: string | undefined
  /** What happens to what cannot be logged: a warning, so that training goes on, or an error of the call. @default 'warn' */
  readonly onError?: 'warn' | 'throw' | undefined
  /** Told what could not be logged. @default a warning of the process, which Node prints */
  readonly onWarning?: ((warning: TrackingWarning) => void) | undefined
  /** Seconds for which a store that is away is asked again. @default 120 */
  readonly retry?: number | undefined
  /** The command line that runs remember, as in process.argv: program, file, arguments. @default process.argv */
  readonly argv?: readonly string[] | undefined
}

/** Starts runs; `train({ …, tracker })` starts one itself. */
export interface Tracker extends TrainingTracker, TrackedFit, AsyncDisposable {
  /** The address of its store, without a password. */
  readonly url: string
  /**
   * Starts a run. It ends when `end` is called, or when the block of `await using` is left.
   *
   * @throws {@link OverloadError} when the store does not answer; {@link ConflictError} when the experiment is deleted
   */
  start(options?: RunOptions): Promise<TrackedRun>
  /** Starts a run for the time of a function: it ends with it, as FAILED when it throws. */
  run<T>(options: RunOptions, work: (run: TrackedRun) => Promise<T>): Promise<T>
  /** Marks runs whose process ended without a word, as `kill -9` makes it; their ids. */
  sweep(): Promise<readonly string[]>
  /** Its store: runs as they are kept. */
  readonly backend: TrackingBackend
  /** Closes the store; runs must have ended. */
  close(): Promise<void>
}

const aFunction = custom<((warning: TrackingWarning) => void) | undefined>({
  default: undefined,
  expected: 'a function',
  accepts: (value) => typeof value === 'function',
})

const checks: OptionChecks<TrackerOptions> = {
  store: optional(text({ default: '' })),
  artifacts: optional(text({ default: '' })),
  token: optional(text({ default: '' })),
  create: flag({ default: true }),
  experiment: optional(text({ default: '' })),
  onError: true,
  onWarning: aFunction,
  retry: real({ min: 0, default: 120 }),
  argv: true,
}

const runChecks: OptionChecks<RunOptions> = {
  name: optional(text({ default: '' })),
  experiment: optional(text({ default: '' })),
  tags: true,
  note: optional(text({ default: '' })),
  parent: true,
  signal: true,
  systemMetrics: flag({ default: false }),
  environment: flag({ default: true }),
}

/** Long enough that a database is started again meanwhile, short enough that nobody waits for one that is gone. */
const defaultRetry = 120

/** Behind the door of this name: doors.ts. */
export async function openTracker(options: TrackerOptions = {}): Promise<Tracker> {
  checkOptions<TrackerOptions>('openTracker', options, checks)
  const experiment = checkExperiment(options.experiment ?? 'Default')
  const onError = checkOnError(options.onError ?? 'warn')
  // What is true of the code is so now, when it is loaded: files may change while it runs.
  const environment = captureEnvironment({ argv: options.argv })
  const backend = await openBackend(options)
  const context: RunContext = {
    backend,
    onError,
    onWarning: options.onWarning ?? processWarnings(),
    retry: options.retry ?? defaultRetry,
    child: (parent, experimentId, given) => begin({ ...given, parent }, experimentId),
    reopen: () => openBackend(options),
  }
  async function begin(given: RunOptions, experimentId?: string): Promise<TrackedRun> {
    checkOptions<RunOptions>('tracker.start', given, runChecks)
    given.signal?.throwIfAborted()
    const found = given.environment === false ? undefined : await environment
    const record = await backend.createRun({
      experimentId:
        experimentId ?? (await backend.experimentId(checkExperiment(given.experiment ?? experiment))),
      name: given.name ?? newRunName(),
      userId: found?.user,
      startTime: wallClock(),
      owner: JSON.stringify(ownOwner()),
      tags: startTags(given, found),
    })
    const run = trackedRun(record, context, given)
    if (found !== undefined) await logEnvironment(run, found)
    return run
  }
  const start = (given: RunOptions = {}): Promise<TrackedRun> => begin(given)
  const inRun = <T>(given: RunOptions, work: (run: TrackedRun) => Promise<T>): Promise<T> =>
    withRun(start, given, work)
  const close = async (): Promise<void> => {
    const release = holdBlocks()
    try {
      await backend[Symbol.asyncDispose]()
    } finally {
      release()
    }
  }
  return {
    url: backend.url,
    backend,
    start,
    run: inRun,
    sweep: () => backend.sweep(),
    startTraining: (training) => trainingLog(start, training, context),
    ...trackFit(inRun),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function withRun<T>(
  start: Tracker['start'],
  options: RunOptions,
  work: (run: TrackedRun) => Promise<T>,
): Promise<T> {
  const run = await start(options)
  try {
    const result = await work(run)
    await run.end()
    return result
  } catch (error) {
    await run.end({ error, ...(isAbort(error, options.signal) && { status: 'KILLED' as const }) })
    throw error
  }
}

const isAbort = (error: unknown, signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true && (error === signal.reason || (error as Error | undefined)?.name === 'AbortError')

function startTags({ tags = {}, note, parent }: RunOptions, environment: RunEnvironment | undefined) {
  const parentId = typeof parent === 'object' ? parent.id : parent
  return tagsOf({
    ...(environment === undefined ? {} : environmentTags(environment)),
    ...(note !== undefined && { 'mlflow.note.content': note }),
    ...(parentId !== undefined && { 'mlflow.parentRunId': parentId }),
    ...tags,
  })
}

/** All of it, versions of packages too, beside the tags that searches look at. */
const logEnvironment = (run: TrackedRun, environment: RunEnvironment): Promise<boolean> =>
  run.logArtifact({ path: 'environment.json', contents: `${JSON.stringify(environment, null, 2)}\n` })
