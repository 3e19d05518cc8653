// The workers of a service. None is started before a model needs one.
import type { Worker } from 'node:worker_threads'
import { OverloadError } from '../../base/index.js'
import type { EngineChoice } from '../../engine/onnx/index.js'
import { isLaneLost, type Lane } from './lane.js'
import { type Scheduler, scheduler } from './scheduler.js'
import { openWorkerLane, type WorkerLane } from './worker-lane.js'

export interface Crew extends Scheduler {
  /** The first worker, to try a graph in. */
  first(): WorkerLane
  /** All of them. */
  all(): readonly WorkerLane[]
  shut(within: number): Promise<void>
}

export interface CrewOptions {
  readonly workers: number
  readonly threads: number | undefined
  readonly engine: EngineChoice | undefined
  readonly startWorker?: (() => Worker) | undefined
}

export function openCrew({ workers, threads, engine, startWorker }: CrewOptions): Crew {
  const lanes: WorkerLane[] = []
  const shared = scheduler(lanes, workersLost)
  const growTo = (count: number): void => {
    while (lanes.length < count)
      lanes.push(openWorkerLane({ engine, threads, start: startWorker, onChange: shared.laneChanged }))
  }
  return {
    ...shared,
    first() {
      growTo(1)
      return lanes[0]!
    },
    all() {
      growTo(workers)
      return lanes
    },
    async shut(within) {
      await Promise.all(lanes.map((lane) => lane.shut(within)))
    },
  }
}

const workersLost = (): OverloadError =>
  new OverloadError(
    'The workers of the models end as soon as they start. Try again later; if it lasts, memory may be short.',
    { retryAfter: 5, reason: 'worker-lost' },
  )

/** Work of a lane between two runs; once more when its worker was lost over it. */
export async function betweenRuns<Result>(
  crew: Scheduler,
  lane: Lane,
  task: () => Promise<Result>,
): Promise<Result> {
  try {
    return await crew.between(lane, task)
  } catch (error) {
    if (!isLaneLost(error) || lane.broken) throw error
    return crew.between(lane, task)
  }
}
