// A worker thread that holds sessions. When it ends by itself, another takes its place and opens the same graphs again.
//
// It is never terminated while it computes: the runtime's binding meets a thread that is being ended with an exception that nobody
// can catch, which ends the whole process (tried with onnxruntime-node 1.30). It is asked to end instead.
import { isMainThread, Worker } from 'node:worker_threads'
import { builtFile, revivedError, workerFlags } from '../../base/index.js'
import { type EngineChoice, switchTelemetryOff } from '../../engine/onnx/index.js'
import {
  type GraphFile,
  isLaneLost,
  type Lane,
  laneLost,
  type OpenedGraph,
  type RunInputs,
  type RunResult,
} from './lane.js'
import { joined } from './tensor-rows.js'
import { connect, type Connection } from './worker-connection.js'
import { fromWire, type LaneResponse, toWire, type WireResult } from './worker-messages.js'

/** A worker with sessions in it. */
export interface WorkerLane extends Lane {
  /** Opens a graph under a number; it is opened again in each worker that takes the place of this one. */
  open(session: number, file: GraphFile): Promise<OpenedGraph>
  close(session: number): Promise<void>
  /** Has the worker end once it is done; resolves when it has ended, or did not within the time. */
  shut(within: number): Promise<void>
}

export interface WorkerLaneOptions {
  readonly engine: EngineChoice | undefined
  readonly threads: number | undefined
  /** Called when the lane is up, lost or broken. */
  readonly onChange: () => void
  /** @default a worker of serving-worker.js */
  readonly start?: (() => Worker) | undefined
}

/** Starts the thread of the models. */
export function startServingWorker(): Worker {
  // Native code of a worker sees the environment of the main thread only.
  if (isMainThread) switchTelemetryOff()
  return new Worker(builtFile(import.meta.url, './serving-worker.js'), workerFlags())
}

/** Three workers that end in a row before they answered anything will not be the last: nobody should wait for a fourth. */
const lossesUntilBroken = 3
/** Between attempts to start a worker that keeps ending, doubled each time, in milliseconds. */
const firstPause = 100
const longestPause = 30_000

interface Held {
  readonly file: GraphFile
  graph: OpenedGraph | undefined
  /** Why it could not be opened again. */
  failure: Error | undefined
}

interface LaneState {
  readonly options: WorkerLaneOptions
  readonly sessions: Map<number, Held>
  current: Connection
  up: boolean
  losses: number
  shutting: boolean
}

export function openWorkerLane(options: WorkerLaneOptions): WorkerLane {
  const state = {
    options,
    sessions: new Map<number, Held>(),
    up: true,
    losses: 0,
    shutting: false,
  } as LaneState
  state.current = newWorker(state)
  return {
    get up() {
      return state.up
    },
    get broken() {
      return !state.up && state.losses >= lossesUntilBroken
    },
    async open(session, file) {
      const held: Held = { file, graph: undefined, failure: undefined }
      state.sessions.set(session, held)
      try {
        held.graph = await openIn(state.current, session, held, options)
        state.losses = 0
        return held.graph
      } catch (error) {
        state.sessions.delete(session)
        throw error
      }
    },
    async close(session) {
      state.sessions.delete(session)
      // A worker that is away has nothing to close.
      await state.current.ask({ type: 'close', session }).catch(() => undefined)
    },
    run: (session, runs) => run(state, session, runs),
    async shut(within) {
      state.shutting = true
      state.up = false
      await state.current.end(within)
    },
  }
}

function newWorker(state: LaneState): Connection {
  const made: Connection = connect((state.options.start ?? startServingWorker)(), () => {
    if (made !== state.current || state.shutting) return
    state.up = false
    startAgain(state)
  })
  return made
}

function startAgain(state: LaneState): void {
  state.losses++
  const pause = state.losses === 1 ? 0 : Math.min(longestPause, firstPause * 2 ** state.losses)
  setTimeout(() => {
    if (state.shutting) return
    try {
      state.current = newWorker(state)
    } catch {
      // No thread could be had, as memory is short: later perhaps.
      startAgain(state)
      return
    }
    void reopen(state, state.current)
  }, pause).unref()
  state.options.onChange()
}

/** Opens all graphs in a new worker; only then it is up. */
async function reopen(state: LaneState, worker: Connection): Promise<void> {
  for (const [session, held] of state.sessions) {
    if (held.graph === undefined || held.failure !== undefined) continue
    try {
      await openIn(worker, session, held, state.options)
      state.losses = 0
    } catch (error) {
      if (isLaneLost(error)) return
      held.failure = error as Error
    }
  }
  if (worker.ended) return
  state.up = true
  state.options.onChange()
}

async function openIn(
  worker: Connection,
  session: number,
  { file }: Held,
  { engine, threads }: WorkerLaneOptions,
): Promise<OpenedGraph> {
  const response = await worker.ask({ type: 'open', session, file, engine, threads })
  return (response as LaneResponse & { opened: OpenedGraph }).opened
}

async function run(
  state: LaneState,
  session: number,
  runs: readonly RunInputs[],
): Promise<readonly RunResult[]> {
  const { graph, failure } = state.sessions.get(session) ?? {}
  if (graph === undefined) throw laneLost()
  if (failure !== undefined) return runs.map(() => ({ error: failure, time: 0 }))
  const memory: ArrayBuffer[] = []
  const names = graph.inputs.map(({ name }) => name)
  const wired = runs.map((parts) => {
    const whole = joined(parts, names)
    memory.push(whole.memory)
    return toWire(whole.tensors, graph.inputs)
  })
  const response = await state.current.ask({ type: 'run', session, runs: wired }, memory)
  state.losses = 0
  return (response as LaneResponse & { results: readonly WireResult[] }).results.map((result) =>
    'error' in result
      ? { error: revivedError(result.error), time: result.time }
      : { outputs: fromWire(result, graph.outputs), time: result.time },
  )
}
