// Requests that wait for one loaded model, and how they are joined: what queues while lanes are busy is computed together.
// Nobody waits for company unless `maxDelay` says so, but where batches pay, few do not take a lane beside many.
import { now, OverloadError } from '../../base/index.js'
import { type Answer, type Job, newJob, type Work } from './job.js'
import { isLaneLost, type Lane, type RunResult } from './lane.js'
import type { BatchSettings, RequestOptions } from './service.js'
import { cutRows, haveRows, rowShape } from './tensor-rows.js'

/** Jobs that are computed in one run. */
type Group = readonly Job[]

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
  /** Milliseconds that a row takes by itself, where it could be measured. */
  readonly single: number | undefined
  /** Rows that may wait. */
  readonly limit: number
  /** Who asks lanes for work: called when there is some. */
  readonly wake: () => void
  /** The way past the queue. */
  readonly express?: Express | undefined
}

/**
 * For graphs in the thread of the service: a request that finds the lane free needs no place in a queue. Neither its signal nor its
 * deadline could be heard before it is computed.
 */
export interface Express {
  readonly lane: Lane
  /** Rows that are computed in one turn of the loop. */
  readonly rows: number
  tryTake(): boolean
  giveBack(): void
}

interface QueueState {
  readonly setup: QueueSetup
  joins: boolean
  waiting: Job[]
  waitingRows: number
  /** Rows of batches that run. */
  runningRows: number
  /** All that is not settled, also what runs. */
  readonly live: Set<Job>
  /** Milliseconds of computing for one row, lately. */
  pace: number
}

export function workQueue(setup: QueueSetup): WorkQueue {
  const joins = setup.joins && setup.maxBatch > 1
  const state: QueueState = {
    setup,
    joins,
    waiting: [],
    waitingRows: 0,
    runningRows: 0,
    live: new Set(),
    pace: 0,
  }
  return {
    submit: (work, options = {}) => submit(state, work, options),
    work: (lane, idle) => compute(state, lane, take(state, idle)),
    dueIn: () => dueIn(state),
    refuseAll(error) {
      state.waiting = []
      state.waitingRows = 0
      for (const job of state.live) job.refuse(error())
    },
    get joins() {
      return state.joins
    },
  }
}

function submit(state: QueueState, work: Work, options: RequestOptions): Promise<Answer> {
  const { setup, live, waitingRows } = state
  if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error)
  if (waitingRows >= setup.limit) return Promise.reject(queueFull(state))
  const { express } = setup
  if (express !== undefined && work.rows <= express.rows && express.tryTake())
    return straight(state, express, work)
  return new Promise<Answer>((resolve, reject) => {
    const shape = state.joins ? rowShape(work.inputs, setup.inputNames) : ''
    const job = newJob(work, shape, options, {
      resolve,
      reject,
      onDrop: (dropped) => forget(state, dropped),
      onSettled: (settled) => live.delete(settled),
    })
    live.add(job)
    state.waiting.push(job)
    state.waitingRows += job.rows
    setup.wake()
  })
}

async function straight(state: QueueState, express: Express, { inputs, rows }: Work): Promise<Answer> {
  try {
    const [result] = await express.lane.run(state.setup.session, [[inputs]])
    if ('error' in result!) throw result.error
    keepPace(state, result!.time, Math.max(1, rows))
    return { outputs: result!.outputs, queueTime: 0, computeTime: result!.time, batchSize: rows }
  } finally {
    express.giveBack()
  }
}

/** Takes a job out of the line, if it still waits there. */
function forget(state: QueueState, job: Job): void {
  const at = state.waiting.indexOf(job)
  if (at < 0) return
  state.waiting.splice(at, 1)
  state.waitingRows -= job.rows
}

function dueIn(state: QueueState): number {
  const { setup, joins, waiting, waitingRows } = state
  const first = waiting[0]
  if (first === undefined) return Infinity
  if (!joins || first.alone || waitingRows >= setup.maxBatch) return 0
  if (waitingRows < state.runningRows && batchesPay(state)) return Infinity
  return Math.max(0, first.entered + setup.maxDelay - now())
}

/**
 * Whether rows in batches lately took less than half of a row alone. Two lanes that compute at once share cores and memory, so that a few
 * rows beside a batch cost more than they gain: on two cores 64 callers had 6.2 instead of 4.1 times the answers of single runs (measured).
 */
const batchesPay = ({ setup, pace }: QueueState): boolean =>
  setup.single !== undefined && pace < setup.single / 2

/** Runs of less are sent several in one message, as the message costs as much (measured: 0.1 ms there and back). */
const worthAMessage = 0.5
/** So that a lane that is free shortly after finds something to do. */
const runsInAMessage = 8

function take(state: QueueState, idle: number): Group[] {
  const { waiting, joins, pace } = state
  const first = waiting[0]
  if (first === undefined) return []
  if (first.alone) return [remove(state, 1)]
  if (joins) return grouped(remove(state, countForABatch(state)))
  // Slow runs one by one, so that each lane has some; fast ones in one message.
  const many = pace * first.rows < worthAMessage && idle === 0 ? runsInAMessage : 1
  const untilAlone = waiting.findIndex((job) => job.alone)
  return remove(state, untilAlone < 0 ? many : Math.min(many, untilAlone)).map((job) => [job])
}

function countForABatch({ waiting, setup }: QueueState): number {
  let rows = 0
  let count = 0
  for (const job of waiting) {
    if (job.alone || (count > 0 && rows + job.rows > setup.maxBatch)) break
    rows += job.rows
    count++
  }
  return count
}

function remove(state: QueueState, count: number): Job[] {
  const taken = state.waiting.splice(0, count)
  for (const job of taken) state.waitingRows -= job.rows
  return taken
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

async function compute(state: QueueState, lane: Lane, groups: readonly Group[]): Promise<void> {
  if (groups.length === 0) return
  const started = now()
  const rows = batchRows(state, groups)
  state.runningRows += rows
  try {
    const runs = groups.map((group) => group.map((job) => job.inputs))
    const results = await lane.run(state.setup.session, runs)
    groups.forEach((group, i) => deliver(state, group, { result: results[i]!, started }))
  } catch (error) {
    for (const group of groups) failed(state, group, error)
  } finally {
    state.runningRows -= rows
    if (state.waiting.length > 0) state.setup.wake()
  }
}

/** Rows that others wait for: a request larger than a batch may take longer than anybody should. */
function batchRows({ setup }: QueueState, groups: readonly Group[]): number {
  let rows = 0
  for (const group of groups) rows += group.reduce((sum, job) => sum + job.rows, 0)
  return rows > setup.maxBatch ? 0 : rows
}

function deliver(
  state: QueueState,
  group: Group,
  { result, started }: { readonly result: RunResult; readonly started: number },
): void {
  if ('error' in result) return failed(state, group, result.error)
  const { outputs, time } = result
  let rows = 0
  for (const job of group) rows += job.rows
  keepPace(state, time, rows)
  if (group.length > 1 && !haveRows(outputs, rows)) {
    state.joins = false
    return again(state, group)
  }
  let at = 0
  for (const job of group) {
    const own = group.length === 1 ? outputs : cutRows(outputs, at, at + job.rows)
    at += job.rows
    job.answer({ outputs: own, queueTime: started - job.entered, computeTime: time, batchSize: rows })
  }
}

/** The last runs count most: a fifth is the weight of one. */
function keepPace(state: QueueState, time: number, rows: number): void {
  state.pace = state.pace === 0 ? time / rows : 0.8 * state.pace + (0.2 * time) / rows
}

/** A run failed: of several requests each has a run of its own, so that only the guilty one fails. */
function failed(state: QueueState, group: Group, error: unknown): void {
  if (isLaneLost(error)) {
    for (const job of group) job.losses++
    for (const job of group) if (job.losses > 1) job.refuse(lostTwice())
    again(state, group)
  } else if (group.length > 1) again(state, group)
  else group[0]!.refuse(error)
}

function again(state: QueueState, group: Group): void {
  const left = group.filter((job) => !job.settled)
  for (const job of left) {
    job.alone = true
    state.waitingRows += job.rows
  }
  state.waiting.unshift(...left)
  if (left.length > 0) state.setup.wake()
}

const queueFull = ({ waitingRows, pace }: QueueState): OverloadError =>
  new OverloadError(
    `${waitingRows} rows wait for this model already, which is as many as may (queueLimit). Try again later, or raise the limit.`,
    { retryAfter: Math.max(1, Math.ceil((waitingRows * pace) / 1000)), reason: 'queue-full' },
  )

const lostTwice = (): OverloadError =>
  new OverloadError(
    'The worker of the model ended while it computed this request, twice. Try again later; if it happens again, the request may need more memory than there is.',
    { retryAfter: 1, reason: 'worker-lost' },
  )
