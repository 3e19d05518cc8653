// One request on its way through a queue: it is settled once, by its answer, its caller's patience or its signal.
import { now, OverloadError } from '../../base/index.js'
import { onAbort } from './on-abort.js'
import type { RequestOptions } from './service.js'
import type { Tensors } from './tensor-rows.js'

/** What a request wants computed. */
export interface Work {
  readonly inputs: Tensors
  /** Size of the first axis; 1 where there is none. */
  readonly rows: number
  /** Never joined with others, as its inputs differ in their number of rows. */
  readonly alone?: boolean
}

/** The answer to one request. */
export interface Answer {
  readonly outputs: Tensors
  readonly queueTime: number
  readonly computeTime: number
  readonly batchSize: number
}

export interface Job {
  readonly inputs: Tensors
  /** At least 1, so that requests without rows are counted too. */
  readonly rows: number
  /** Sizes beyond the first: jobs that agree in them can be joined. */
  readonly shape: string
  readonly entered: number
  /** Not to be joined with others, as a run that it was part of failed. */
  alone: boolean
  /** How often a lane was lost with it. */
  losses: number
  readonly settled: boolean
  answer(answer: Answer): void
  refuse(error: unknown): void
}

/** What a queue does with a job. */
export interface JobPlace {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
  /** Called when its caller gave up, so that it is not computed. */
  readonly onDrop: (job: Job) => void
  readonly onSettled: (job: Job) => void
}

export function newJob(work: Work, shape: string, options: RequestOptions, place: JobPlace): Job {
  const { signal, timeout } = options
  let settled = false
  const settle = (): boolean => {
    if (settled) return false
    settled = true
    clearTimeout(timer)
    stopListening?.()
    place.onSettled(job)
    return true
  }
  const drop = (error: unknown): void => {
    place.onDrop(job)
    job.refuse(error)
  }
  const job: Job = {
    inputs: work.inputs,
    rows: Math.max(1, work.rows),
    shape,
    entered: now(),
    // Not every graph takes no rows, and others must not fail with it.
    alone: work.alone === true || work.rows === 0,
    losses: 0,
    get settled() {
      return settled
    },
    answer(answer) {
      if (settle()) place.resolve(answer)
    },
    refuse(error) {
      if (settle()) place.reject(error)
    },
  }
  const timer =
    timeout === undefined ? undefined : setTimeout(() => drop(tooLate(timeout)), timerDelay(timeout))
  const stopListening = signal === undefined ? undefined : onAbort(signal, () => drop(signal.reason))
  return job
}

/** Timers of Node take 31 bits, some 25 days; of more they make a millisecond. */
export const timerDelay = (milliseconds: number): number => Math.min(milliseconds, 2 ** 31 - 1)

const tooLate = (timeout: number): OverloadError =>
  new OverloadError(
    `The request waited longer than its ${timeout} ms. Try again later, or allow more time.`,
    { retryAfter: 1, reason: 'timeout' },
  )
