// Which lane computes what: lanes take from queues in turn when they have nothing to do, so that no model waits for another's
// queue, and what queues meanwhile is joined.
import { laneLost, type Lane } from './lane.js'
import type { WorkQueue } from './work-queue.js'

export interface Scheduler {
  /** Says that a queue has work. */
  wake(queue: WorkQueue): void
  /** Has a lane do something else between two runs: open a graph, close one. @throws what the task throws */
  between<Result>(lane: Lane, task: () => Promise<Result>): Promise<Result>
  /** To be called when a lane is up again, lost or broken. */
  laneChanged(): void
}

interface Slot {
  readonly lane: Lane
  busy: boolean
  readonly tasks: { readonly run: () => Promise<void>; readonly refuse: (error: Error) => void }[]
}

/**
 * Shares lanes among queues.
 *
 * @param lanes - may grow while it works
 * @param refuse - what is told to those who wait when all lanes are broken
 */
export function scheduler(lanes: readonly Lane[], refuse: () => Error): Scheduler {
  const slots: Slot[] = []
  // In the order in which they were last served.
  const ready = new Set<WorkQueue>()
  let timer: NodeJS.Timeout | undefined
  let timerAt = Infinity

  const slotOf = (lane: Lane): Slot => {
    for (const known of lanes.slice(slots.length)) slots.push({ lane: known, busy: false, tasks: [] })
    return slots.find((slot) => slot.lane === lane)!
  }
  const isFree = ({ lane, busy }: Slot): boolean => !busy && lane.up

  /** Occupies a slot as long as something runs in it; a lane that was lost meanwhile is not up. */
  function occupy(slot: Slot, work: () => Promise<void>): void {
    slot.busy = true
    void work().finally(() => {
      slot.busy = false
      pump()
    })
  }

  function pump(): void {
    if (slots.length < lanes.length) slotOf(lanes.at(-1)!)
    for (const slot of slots) {
      if (slot.lane.broken) for (const task of slot.tasks.splice(0)) task.refuse(laneLost())
      if (!isFree(slot)) continue
      const task = slot.tasks.shift()
      if (task !== undefined) occupy(slot, task.run)
      else serveNext(slot)
    }
  }

  function serveNext(slot: Slot): void {
    let soonest = Infinity
    for (const queue of ready) {
      const due = queue.dueIn()
      if (due === Infinity) ready.delete(queue)
      else if (due > 0) soonest = Math.min(soonest, due)
      else {
        // To the end of the line: the set keeps the order of insertion.
        ready.delete(queue)
        ready.add(queue)
        const idle = slots.reduce((count, other) => (other !== slot && isFree(other) ? count + 1 : count), 0)
        return occupy(slot, () => queue.work(slot.lane, idle))
      }
    }
    if (soonest < Infinity) pumpIn(soonest)
  }

  function pumpIn(delay: number): void {
    const at = performance.now() + delay
    if (timer !== undefined && timerAt <= at) return
    clearTimeout(timer)
    timerAt = at
    timer = setTimeout(() => {
      timer = undefined
      pump()
    }, delay)
  }

  return {
    wake(queue) {
      if (lanes.length > 0 && lanes.every(({ broken }) => broken)) return queue.refuseAll(refuse)
      ready.add(queue)
      pump()
    },
    between: (lane, task) =>
      new Promise((resolve, reject) => {
        slotOf(lane).tasks.push({ run: () => task().then(resolve, reject), refuse: reject })
        pump()
      }),
    laneChanged() {
      if (lanes.length > 0 && lanes.every(({ broken }) => broken))
        for (const queue of ready) queue.refuseAll(refuse)
      pump()
    },
  }
}
