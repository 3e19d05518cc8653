// Which lane computes what: lanes take from queues in turn when they have nothing to do, so that no model waits for another's
// queue, and what queues meanwhile is joined. They take at the end of a turn of the loop, so that requests that arrive in one turn
// stay together: the first of them would otherwise be computed alone.
import { now } from '../../base/index.js'
import { laneLost, type Lane } from './lane.js'
import type { WorkQueue } from './work-queue.js'

export interface Scheduler {
  /** Says that a queue has work. */
  wake(queue: WorkQueue): void
  /** Has a lane do something else between two runs: open a graph, close one. @throws what the task throws */
  between<Result>(lane: Lane, task: () => Promise<Result>): Promise<Result>
  /** To be called when a lane is up again, lost or broken. */
  laneChanged(): void
  /** Takes the only lane for a run without a place in a queue, if it has nothing to do and nothing waits. */
  tryTake(): boolean
  /** Gives it back. */
  giveBack(): void
}

interface Slot {
  readonly lane: Lane
  busy: boolean
  readonly tasks: { readonly run: () => Promise<void>; readonly refuse: (error: Error) => void }[]
}

interface SchedulerState {
  readonly lanes: readonly Lane[]
  readonly slots: Slot[]
  /** In the order in which they were last served. */
  readonly ready: Set<WorkQueue>
  /** For the queue that waits for company and is due first. */
  timer: NodeJS.Timeout | undefined
  timerAt: number
  /** Whether lanes take at the end of this turn. */
  pumping: boolean
}

/**
 * Shares lanes among queues.
 *
 * @param lanes - may grow while it works
 * @param refuse - what is told to those who wait when all lanes are broken
 */
export function scheduler(lanes: readonly Lane[], refuse: () => Error): Scheduler {
  const state: SchedulerState = {
    lanes,
    slots: [],
    ready: new Set(),
    timer: undefined,
    timerAt: Infinity,
    pumping: false,
  }
  const allBroken = (): boolean => lanes.length > 0 && lanes.every(({ broken }) => broken)
  return {
    wake(queue) {
      if (allBroken()) return queue.refuseAll(refuse)
      state.ready.add(queue)
      pumpSoon(state)
    },
    between: (lane, task) =>
      new Promise((resolve, reject) => {
        addSlots(state)
        const slot = state.slots.find((own) => own.lane === lane)!
        slot.tasks.push({ run: () => task().then(resolve, reject), refuse: reject })
        pumpSoon(state)
      }),
    laneChanged() {
      if (allBroken()) for (const queue of state.ready) queue.refuseAll(refuse)
      pumpSoon(state)
    },
    tryTake() {
      addSlots(state)
      const slot = state.slots[0]!
      if (slot.busy || slot.tasks.length > 0) return false
      for (const queue of state.ready) if (queue.dueIn() < Infinity) return false
      return (slot.busy = true)
    },
    giveBack() {
      state.slots[0]!.busy = false
      if (state.ready.size > 0) pumpSoon(state)
    },
  }
}

function addSlots({ lanes, slots }: SchedulerState): void {
  for (let i = slots.length; i < lanes.length; i++) slots.push({ lane: lanes[i]!, busy: false, tasks: [] })
}

const isFree = ({ lane, busy }: Slot): boolean => !busy && lane.up

function pumpSoon(state: SchedulerState): void {
  if (state.pumping) return
  state.pumping = true
  setImmediate(() => {
    state.pumping = false
    pump(state)
  })
}

function pump(state: SchedulerState): void {
  addSlots(state)
  for (const slot of state.slots) {
    if (slot.lane.broken) for (const task of slot.tasks.splice(0)) task.refuse(laneLost())
    if (!isFree(slot)) continue
    const task = slot.tasks.shift()
    if (task !== undefined) occupy(state, slot, task.run)
    else serveNext(state, slot)
  }
}

/** Occupies a slot as long as something runs in it. */
function occupy(state: SchedulerState, slot: Slot, work: () => Promise<void>): void {
  slot.busy = true
  void work().finally(() => {
    slot.busy = false
    pumpSoon(state)
  })
}

function serveNext(state: SchedulerState, slot: Slot): void {
  const { ready, slots } = state
  let soonest = Infinity
  for (const queue of ready) {
    const due = queue.dueIn()
    if (due === Infinity) ready.delete(queue)
    else if (due > 0) soonest = Math.min(soonest, due)
    else {
      // To the end of the line: the set keeps the order of insertion.
      ready.delete(queue)
      ready.add(queue)
      const idle = slots.filter((other) => other !== slot && isFree(other)).length
      return occupy(state, slot, () => queue.work(slot.lane, idle))
    }
  }
  if (soonest < Infinity) pumpIn(state, soonest)
}

function pumpIn(state: SchedulerState, delay: number): void {
  const at = now() + delay
  if (state.timer !== undefined && state.timerAt <= at) return
  clearTimeout(state.timer)
  state.timerAt = at
  state.timer = setTimeout(() => {
    state.timer = undefined
    pump(state)
  }, delay)
}
