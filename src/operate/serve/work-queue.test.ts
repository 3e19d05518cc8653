// When a queue lets a lane have what waits.
import { expect, it } from 'vitest'
import { pairs } from '../../../test/support/served-models.js'
import type { Lane, RunInputs, RunResult } from './lane.js'
import { workQueue, type WorkQueue } from './work-queue.js'

/** A lane that answers when it is told to. */
function slowLane(): Lane & { readonly rows: number[]; finish(time: number): void } {
  const rows: number[] = []
  const ends: ((time: number) => void)[] = []
  const answer = (parts: RunInputs, time: number): RunResult => ({
    outputs: pairs(parts.flatMap(({ x }) => Array.from(x!.data as Float32Array))),
    time,
  })
  return {
    up: true,
    broken: false,
    rows,
    run: (_, runs) =>
      new Promise((resolve) => {
        for (const parts of runs) rows.push(parts.length)
        ends.push((time) => resolve(runs.map((parts) => answer(parts, time))))
      }),
    finish: (time) => ends.shift()!(time),
  }
}

function queueOf({ single, woken = [] }: { single?: number; woken?: string[] } = {}): WorkQueue {
  return workQueue({
    session: 1,
    inputNames: ['x'],
    joins: true,
    single,
    maxBatch: 8,
    maxDelay: 0,
    limit: 100,
    wake: () => void woken.push('woken'),
  })
}

const ask = (queue: WorkQueue, count: number, rows = 1): Promise<unknown>[] =>
  Array.from({ length: count }, () =>
    queue.submit({ inputs: pairs(Array.from({ length: 2 * rows }, () => 1)), rows }),
  )

it('few rows wait for a batch that runs where batches pay, and as many do not', async () => {
  const woken: string[] = []
  const queue = queueOf({ single: 4, woken })
  const lane = slowLane()
  const first = ask(queue, 6)
  expect(queue.dueIn()).toBe(0)
  const ran = queue.work(lane, 1)
  // Nothing is known yet of how long rows take in batches.
  lane.finish(6)
  await ran
  void queue.work(lane, 1)
  const six = ask(queue, 6)
  void queue.work(lane, 1)
  const others = ask(queue, 5)
  expect(queue.dueIn()).toBe(Infinity)
  others.push(...ask(queue, 1))
  expect(queue.dueIn()).toBe(0)
  woken.length = 0
  lane.finish(6)
  await Promise.all([...first, ...six])
  await new Promise((resolve) => setImmediate(resolve))
  // Whoever waited for it hears of its end.
  expect(woken).toEqual(['woken'])
  const last = queue.work(lane, 1)
  lane.finish(6)
  await Promise.all([last, ...others])
  expect(lane.rows).toEqual([6, 6, 6])
})

it.each([
  ['a row in a batch takes as long as one alone', 1.5, 6],
  ['nobody knows how long one alone takes', undefined, 6],
])('nobody waits for a batch where %s', async (_, single, rows) => {
  const queue = queueOf(single === undefined ? {} : { single })
  const lane = slowLane()
  const first = ask(queue, rows)
  const ran = queue.work(lane, 1)
  lane.finish(rows)
  await Promise.all([ran, ...first])
  const second = ask(queue, rows)
  void queue.work(lane, 1)
  const third = ask(queue, 1)
  expect(queue.dueIn()).toBe(0)
  void queue.work(lane, 0)
  lane.finish(rows)
  lane.finish(1)
  await Promise.all([...second, ...third])
  expect(lane.rows).toEqual([rows, rows, 1])
})

it('nobody waits for a request that is larger than a batch', async () => {
  const queue = queueOf({ single: 4 })
  const lane = slowLane()
  const first = ask(queue, 6)
  const ran = queue.work(lane, 1)
  lane.finish(6)
  await Promise.all([ran, ...first])
  const large = ask(queue, 1, 50)
  void queue.work(lane, 1)
  const small = ask(queue, 1)
  expect(queue.dueIn()).toBe(0)
  void queue.work(lane, 0)
  lane.finish(50)
  lane.finish(1)
  await Promise.all([...large, ...small])
  expect(lane.rows).toEqual([6, 1, 1])
})
