// A version in memory: its graph opened where it runs best, warmed up, with a queue before it.
import { openSession } from '../../engine/onnx/index.js'
import type { Port } from '../../engine/onnx/index.js'
import { now } from '../../base/index.js'
import { betweenRuns, type Crew } from './crew.js'
import type { Lane, OpenedGraph } from './lane.js'
import type { BundleFacts, ModelFiles } from './model-files.js'
import { belongsInThread } from './placement.js'
import { scheduler } from './scheduler.js'
import type { BatchSettings, Placement } from './service.js'
import type { Tensors } from './tensor-rows.js'
import { threadLane } from './thread-lane.js'
import { type WarmUp, warmUp } from './warm-up.js'
import { type QueueSetup, workQueue, type WorkQueue } from './work-queue.js'

/** A version that answers. */
export interface LoadedVersion {
  readonly queue: WorkQueue
  readonly bundle: BundleFacts | undefined
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly placement: Placement
  /** Bytes that it is estimated to occupy. */
  readonly bytes: number
  readonly batching: BatchSettings
  /** Why the slower engine runs it. */
  readonly note: string | undefined
  /** Frees its sessions; what still runs ends first. */
  close(): Promise<void>
}

export interface LoadSetup {
  readonly crew: Crew
  readonly placement: Placement | 'auto'
  readonly batching: BatchSettings
  readonly queueLimit: number
  readonly threads: number | undefined
  readonly engine: 'auto' | 'native' | 'wasm' | undefined
}

/** A large request gives way after this many milliseconds. */
const turn = 5

let lastSession = 0

/**
 * Opens a graph and warms it up.
 *
 * @param trial - inputs of two rows, where the model has some that make sense
 * @throws {@link FormatError} when the runtime cannot read the graph, and what it throws for the rows to try
 */
export async function openLoaded(
  files: ModelFiles,
  setup: LoadSetup,
  trial: Tensors | undefined,
): Promise<LoadedVersion> {
  if (setup.placement === 'thread') return inThread(files, setup, { trial })
  const { crew } = setup
  const { maxBatch } = setup.batching
  const session = ++lastSession
  const open = (lane: ReturnType<Crew['first']>): Promise<OpenedGraph> =>
    betweenRuns(crew, lane, () => lane.open(session, files.graph))
  const warm = (lane: Lane, graph: OpenedGraph): Promise<WarmUp> =>
    betweenRuns(crew, lane, () => warmUp({ lane, session, graph }, maxBatch, trial))
  const opened: ReturnType<Crew['first']>[] = []
  const closeAll = async (): Promise<void> => {
    await Promise.all(
      opened.map((lane) => crew.between(lane, () => lane.close(session)).catch(() => undefined)),
    )
  }
  try {
    const first = crew.first()
    const graph = await open(first)
    opened.push(first)
    const measured = await warm(first, graph)
    if (setup.placement === 'auto' && belongsInThread(measured, files.size)) {
      await closeAll()
      return await inThread(files, setup, { measured, growth: graph.growth })
    }
    // One after the other, so that requests of other models have a worker meanwhile.
    for (const lane of crew.all().slice(1)) {
      await open(lane)
      opened.push(lane)
      await warm(lane, graph)
    }
    const queue: WorkQueue = queueOf(graph, setup, {
      session,
      measured,
      wake: () => crew.wake(queue),
    })
    return {
      ...facts(files, graph, queue),
      placement: 'worker',
      bytes: files.size + opened.length * sessionBytes(files, graph.growth),
      get batching() {
        return effective(setup.batching, queue)
      },
      close: closeAll,
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}

interface Known {
  readonly trial?: Tensors | undefined
  readonly measured?: WarmUp
  readonly growth?: number
}

async function inThread(files: ModelFiles, setup: LoadSetup, known: Known): Promise<LoadedVersion> {
  const start = now()
  const model = 'path' in files.graph ? files.graph.path : new Uint8Array(files.graph.bytes)
  // What takes less than a millisecond is not faster for waking other threads.
  const session = await openSession(model, { engine: setup.engine, threads: setup.threads ?? 1 })
  try {
    const { inputs, outputs, engine, note } = session
    const { maxBatch } = setup.batching
    const graph: OpenedGraph = {
      inputs,
      outputs,
      engine,
      note,
      time: now() - start,
      growth: known.growth ?? 0,
    }
    const measured =
      known.measured ??
      (await warmUp({ lane: threadLane(session, Infinity), session: 0, graph }, maxBatch, known.trial))
    const rows = rowsInATurn(measured, maxBatch)
    const lane = threadLane(session, rows)
    const { wake, tryTake, giveBack } = scheduler([lane], () => new Error('A thread cannot be lost.'))
    // Who wants requests to wait for company does not want them to pass it.
    const express = setup.batching.maxDelay > 0 ? undefined : { lane, rows, tryTake, giveBack }
    const queue: WorkQueue = queueOf(graph, setup, {
      session: 0,
      measured,
      wake: () => wake(queue),
      express,
    })
    return {
      ...facts(files, graph, queue),
      placement: 'thread',
      bytes: sessionBytes(files, graph.growth),
      get batching() {
        return effective(setup.batching, queue)
      },
      close: () => session.close(),
    }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** A graph that does not compute row by row cannot give way in the middle. */
function rowsInATurn({ single, batch, joins }: WarmUp, maxBatch: number): number {
  if (!joins) return Infinity
  const perRow = batch === undefined ? (single ?? turn) : batch / maxBatch
  return Math.max(1, Math.floor(turn / Math.max(perRow, 1e-6)))
}

function queueOf(
  graph: OpenedGraph,
  { batching, queueLimit }: LoadSetup,
  {
    measured: { joins, single },
    ...own
  }: Pick<QueueSetup, 'session' | 'wake' | 'express'> & { readonly measured: WarmUp },
): WorkQueue {
  const inputNames = graph.inputs.map(({ name }) => name)
  return workQueue({ ...batching, ...own, joins, single, inputNames, limit: queueLimit })
}

const facts = (
  { bundle }: ModelFiles,
  { inputs, outputs, note }: OpenedGraph,
  queue: WorkQueue,
): Pick<LoadedVersion, 'bundle' | 'inputs' | 'outputs' | 'note' | 'queue'> => ({
  bundle,
  inputs,
  outputs,
  note,
  queue,
})

const effective = (batching: BatchSettings, queue: WorkQueue): BatchSettings =>
  queue.joins ? batching : { maxBatch: 1, maxDelay: 0 }

/**
 * The growth of the process while a graph was opened is noisy: other threads work too, and the first graph brings the runtime with
 * it. A session holds its constants, and at most some copies of them in other layouts.
 */
const sessionBytes = ({ size }: ModelFiles, growth: number): number =>
  Math.min(4 * size, Math.max(size, growth))
