// Requests that wait for one loaded model, and how they are joined: what queues while all lanes are busy is computed
// together. Nobody waits for company unless `maxDelay` says so.
import { now, OverloadError } from '../../base/index.js'
import { isLaneLost, type Lane, type RunResult } from './lane.js'
import type { BatchSettings, RequestOptions } from './service.js'
import { cutRows, haveRows, rowShape, type Tensors } from './tensor-rows.js'

/** The answer to one request. */
export interface Answer {
  readonly outputs: Tensors
  readonly queueTime: number
  readonly computeTime: number
  readonly batchSize: number
}

/** One request on its way. */
interface Job {
  readonly inputs: Tensors
  /** At least 1, so that requests without rows are counted too. */
  readonly rows: number
  /** Sizes beyond the first. */
  readonly shape: string
  readonly entered: number
  /** Not to be joined with others: a run that it was part of failed. */
  alone: boolean
  /** How often a lane was lost with it. */
  losses: number
  settled: boolean
  settle(answer: Answer | undefined, error?: unknown): void
}

/** Jobs that are computed in one run. */
type Group = readonly Job[]

/** What a request wants computed. */
export interface Work {
  readonly inputs: Tensors
  /** Size of the first axis; 1 where there is none. */
  readonly rows: number
  /** Never joined with others, as its inputs differ in their number of rows. */
  readonly alone?: boolean
}

/** Requests of one loaded model. */
export interface WorkQueue {
  /** @throws {@link OverloadError} when too many wait, time has passed or the worker was lost; what the graph throws */
  submit(work: Work, options?: RequestOptions): Promise<Answer>
  /** Milliseconds until something may be taken: 0 for now, Infinity when nothing waits. */
  dueIn(): number
  /** Takes what is due to a lane and computes it there. `idle`: other lanes that have nothing to do. */
  work(lane: Lane, idle: number): Promise<void>
  /** Refuses all that waits and runs. */
  refuseAll(error: () => Error): void
  /** Whether requests are joined; no more once a result had other rows than its inputs. */
  readonly joins: boolean
}

export interface QueueSetup extends BatchSettings {
  /** The number of the session in its lanes. */
  readonly session: number
  readonly inputNames: readonly string[]
  /** Whether the graph computes each row by itself. */
  readonly joins: boolean
  /** Rows that may wait. */
  readonly limit: number
  /** Who asks lanes for work: called when there is some. */
  readonly wake: () => void
}

/** Runs of less are sent several in one message, as the message costs as much (measured: 0.1 ms there and back). */
const worthAMessage = 0.5
/** So that a lane that is free shortly after finds something to do. */
const runsInAMessage = 8

export function workQueue(setup: QueueSetup): WorkQueue {
  const { session, inputNames, maxBatch, maxDelay, limit, wake } = setup
  let joins = setup.joins && maxBatch > 1
  let waiting: Job[] = []
  let waitingRows = 0
  const live = new Set<Job>()
  /** Milliseconds of computing for one row, lately. */
  let pace = 0

  const remove = (count: number): Job[] => {
    const taken = waiting.splice(0, count)
    for (const job of taken) waitingRows -= job.rows
    return taken
  }
  function submit({ inputs, rows, alone = false }: Work, options: RequestOptions = {}): Promise<Answer> {
    const { signal, timeout } = options
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
    if (waitingRows >= limit) return Promise.reject(overloaded())
    return new Promise<Answer>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const abort = (): void => drop(job, signal!.reason)
      const job: Job = {
        inputs,
        rows: Math.max(1, rows),
        shape: joins ? rowShape(inputs, inputNames) : '',
        entered: now(),
        // Not every graph takes none, and others must not fail with it.
        alone: alone || rows === 0,
        losses: 0,
        settled: false,
        settle(answer, error) {
          if (job.settled) return
          job.settled = true
          live.delete(job)
          clearTimeout(timer)
          signal?.removeEventListener('abort', abort)
          if (answer === undefined) reject(error as Error)
          else resolve(answer)
        },
      }
      live.add(job)
      if (timeout !== undefined) timer = setTimeout(() => drop(job, tooLate(timeout)), timeout)
      signal?.addEventListener('abort', abort)
      waiting.push(job)
      waitingRows += job.rows
      wake()
    })
  }

  /** Refuses a job; where it still waits it is not computed. */
  function drop(job: Job, error: unknown): void {
    const at = waiting.indexOf(job)
    if (at >= 0) {
      waiting.splice(at, 1)
      waitingRows -= job.rows
    }
    job.settle(undefined, error)
  }

  function take(idle: number): Group[] {
    const first = waiting[0]
    if (first === undefined) return []
    if (first.alone) return [remove(1)]
    if (!joins) {
      // Slow runs one by one, so that each lane has some; fast ones in one message.
      const many = pace * first.rows < worthAMessage && idle === 0 ? runsInAMessage : 1
      const until = waiting.findIndex((job) => job.alone)
      return remove(Math.min(many, until < 0 ? many : until)).map((job) => [job])
    }
    let rows = 0
    let count = 0
    for (const job of waiting) {
      if (job.alone || (count > 0 && rows + job.rows > maxBatch)) break
      rows += job.rows
      count++
    }
    return grouped(remove(count))
  }

  async function work(lane: Lane, idle: number): Promise<void> {
    const groups = take(idle)
    if (groups.length === 0) return
    const started = now()
    try {
      const results = await lane.run(
        session,
        groups.map((group) => group.map((job) => job.inputs)),
      )
      groups.forEach((group, i) => deliver(group, results[i]!, started))
    } catch (error) {
      for (const group of groups) failed(group, error)
    }
  }

  function deliver(group: Group, result: RunResult, started: number): void {
    if ('error' in result) return failed(group, result.error)
    let rows = 0
    for (const job of group) rows += job.rows
    pace = pace === 0 ? result.time / rows : 0.8 * pace + (0.2 * result.time) / rows
    if (group.length > 1 && !haveRows(result.outputs, rows)) {
      joins = false
      return again(group)
    }
    let at = 0
    for (const job of group) {
      const outputs = group.length === 1 ? result.outputs : cutRows(result.outputs, at, at + job.rows)
      at += job.rows
      job.settle({ outputs, queueTime: started - job.entered, computeTime: result.time, batchSize: rows })
    }
  }

  /** A run failed: of several requests each has a run of its own, so that only the guilty one fails. */
  function failed(group: Group, error: unknown): void {
    if (isLaneLost(error)) {
      for (const job of group) job.losses++
      for (const job of group.filter(({ losses }) => losses > 1)) job.settle(undefined, lostTwice())
      again(group.filter(({ losses }) => losses <= 1))
    } else if (group.length > 1) again(group)
    else group[0]!.settle(undefined, error)
  }

  function again(group: Group): void {
    const left = group.filter((job) => !job.settled)
    for (const job of left) {
      job.alone = true
      waitingRows += job.rows
    }
    waiting.unshift(...left)
    if (left.length > 0) wake()
  }

  const overloaded = (): OverloadError =>
    new OverloadError(
      `${waitingRows} rows wait for this model already, which is as many as may (queueLimit). Try again later, or raise the limit.`,
      { retryAfter: Math.max(1, Math.ceil((waitingRows * pace) / 1000)), reason: 'queue-full' },
    )

  return {
    submit,
    work,
    dueIn() {
      const first = waiting[0]
      if (first === undefined) return Infinity
      if (maxDelay === 0 || !joins || first.alone || waitingRows >= maxBatch) return 0
      return Math.max(0, first.entered + maxDelay - now())
    },
    refuseAll(error) {
      waiting = []
      waitingRows = 0
      for (const job of live) job.settle(undefined, error())
    },
    get joins() {
      return joins
    },
  }
}

/** Jobs by the sizes of their rows: those that agree are one run. */
function grouped(jobs: readonly Job[]): Group[] {
  const groups = new Map<string, Job[]>()
  for (const job of jobs) {
    const group = groups.get(job.shape)
    if (group === undefined) groups.set(job.shape, [job])
    else group.push(job)
  }
  return [...groups.values()]
}

const tooLate = (timeout: number): OverloadError =>
  new OverloadError(
    `The request waited longer than its ${timeout} ms. Try again later, or allow more time.`,
    { retryAfter: 1, reason: 'timeout' },
  )

const lostTwice = (): OverloadError =>
  new OverloadError(
    'The worker of the model ended while it computed this request, twice. Try again later; if it happens again, the request may need more memory than there is.',
    { retryAfter: 1, reason: 'worker-lost' },
  )
