// A worker thread that holds sessions. When it ends by itself, another takes its place and opens the same graphs again.
//
// It is never terminated while it computes: the runtime's binding meets a thread that is being ended with an exception that nobody
// can catch, which ends the whole process (tried with onnxruntime-node 1.30). It is asked to end instead.
import { isMainThread, Worker } from 'node:worker_threads'
import { builtFile, OverloadError, workerFlags } from '../../base/index.js'
import { type EngineChoice, switchTelemetryOff } from '../../engine/onnx/index.js'
import { type GraphFile, isLaneLost, type Lane, laneLost, type OpenedGraph, type RunResult } from './lane.js'
import { joined } from './tensor-rows.js'
import {
  fromWire,
  type LaneRequest,
  type LaneResponse,
  revived,
  toWire,
  type WireResult,
} from './worker-messages.js'

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

interface Pending {
  readonly resolve: (response: LaneResponse) => void
  readonly reject: (error: Error) => void
}

interface Held {
  readonly file: GraphFile
  graph: OpenedGraph | undefined
  /** Why it could not be opened again. */
  failure: Error | undefined
}

type Ask = (request: Record<string, unknown>, memory?: ArrayBuffer[]) => Promise<LaneResponse>

export function openWorkerLane(options: WorkerLaneOptions): WorkerLane {
  const sessions = new Map<number, Held>()
  let up = false
  let losses = 0
  let shutting = false
  let current = connect()

  function connect(): Connection {
    const made: Connection = connection(options.start ?? startServingWorker, () => lostWorker(made))
    return made
  }
  function lostWorker(from: Connection): void {
    if (from !== current || shutting) return
    up = false
    startAgain()
  }
  function startAgain(): void {
    losses++
    const pause = losses === 1 ? 0 : Math.min(longestPause, firstPause * 2 ** losses)
    setTimeout(() => {
      if (shutting) return
      try {
        current = connect()
      } catch {
        // No thread could be had, as memory is short: later perhaps.
        startAgain()
        return
      }
      void reopen(current)
    }, pause).unref()
    options.onChange()
  }
  async function reopen(into: Connection): Promise<void> {
    for (const [session, held] of sessions) {
      if (held.graph === undefined || held.failure !== undefined) continue
      try {
        await openIn(into.ask, session, held.file)
        losses = 0
      } catch (error) {
        // One that ends its worker does so once, and not the next one that the others need.
        held.failure = isLaneLost(error) ? endsWorkers() : (error as Error)
        if (into !== current || into.ended()) return
      }
    }
    if (into !== current || into.ended()) return
    up = true
    options.onChange()
  }
  async function openIn(ask: Ask, session: number, file: GraphFile): Promise<OpenedGraph> {
    const { engine, threads } = options
    const response = await ask({ type: 'open', session, file, engine, threads })
    return (response as LaneResponse & { opened: OpenedGraph }).opened
  }
  up = true
  return {
    get up() {
      return up
    },
    get broken() {
      return !up && losses >= lossesUntilBroken
    },
    async open(session, file) {
      const held: Held = { file, graph: undefined, failure: undefined }
      sessions.set(session, held)
      try {
        held.graph = await openIn(current.ask, session, file)
        losses = 0
        return held.graph
      } catch (error) {
        sessions.delete(session)
        throw error
      }
    },
    async close(session) {
      sessions.delete(session)
      // A worker that is away has nothing to close.
      await current.ask({ type: 'close', session }).catch(() => undefined)
    },
    async run(session, runs) {
      const held = sessions.get(session)
      const graph = held?.graph
      if (graph === undefined) throw laneLost()
      if (held!.failure !== undefined) return runs.map(() => ({ error: held!.failure!, time: 0 }))
      const memory: ArrayBuffer[] = []
      const names = graph.inputs.map(({ name }) => name)
      const wired = runs.map((parts) => {
        const whole = joined(parts, names)
        memory.push(whole.memory)
        return toWire(whole.tensors, graph.inputs)
      })
      const response = await current.ask({ type: 'run', session, runs: wired }, memory)
      losses = 0
      return (response as LaneResponse & { results: readonly WireResult[] }).results.map(
        (result): RunResult =>
          'error' in result
            ? { error: revived(result.error), time: result.time }
            : { outputs: fromWire(result, graph.outputs), time: result.time },
      )
    },
    async shut(within) {
      shutting = true
      up = false
      await current.end(within)
    },
  }
}

const endsWorkers = (): OverloadError =>
  new OverloadError(
    'A worker ended while it opened this model again. Load the model once more; if it happens again, it may need more memory than there is.',
    { retryAfter: 10, reason: 'worker-lost' },
  )

interface Connection {
  readonly ask: Ask
  ended(): boolean
  end(within: number): Promise<void>
}

/** One worker and the requests that wait for it. */
function connection(start: () => Worker, onEnd: () => void): Connection {
  const worker = start()
  // A service that is forgotten must not keep the program alive; each request holds it as long as it runs.
  worker.unref()
  const pending = new Map<number, Pending>()
  let next = 0
  let ended = false
  const end = (): void => {
    if (ended) return
    ended = true
    for (const { reject } of pending.values()) reject(laneLost())
    pending.clear()
    onEnd()
  }
  // The reason of its end is told by the requests that fail; what matters here is that it is gone.
  worker.on('error', end)
  worker.on('exit', end)
  worker.on('message', (response: LaneResponse) => {
    const waiting = pending.get(response.id)
    pending.delete(response.id)
    if (pending.size === 0) worker.unref()
    if ('error' in response) waiting?.reject(revived(response.error))
    else waiting?.resolve(response)
  })
  return {
    ended: () => ended,
    ask(request, memory = []) {
      if (ended) return Promise.reject(laneLost())
      if (pending.size === 0) worker.ref()
      const id = ++next
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject })
        worker.postMessage({ ...request, id }, memory)
      })
    },
    async end(within) {
      if (ended) return
      worker.ref()
      const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      worker.postMessage({ type: 'exit' } satisfies LaneRequest)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, within)))
      await Promise.race([exit, late])
      clearTimeout(timer)
      worker.unref()
    },
  }
}
