// Who may use which pool: first come, first served, never more threads at work than the machine has.
import { availableParallelism } from 'node:os'
import { InternalError } from '../../base/index.js'
import { MAX_THREADS } from './control-words.js'
import { type Pool, resetPool, startPool, worthKeeping } from './pool.js'

const idle: Pool[] = []
// A machine rarely alternates between more than two thread counts; each kept pool costs some 5 MB a thread.
const MOST_IDLE = 2

interface Waiting {
  readonly threads: number
  readonly start: () => void
}
const queue: Waiting[] = []
let busyThreads = 0

/** Threads to use when the caller does not say. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), MAX_THREADS)
}

export interface Borrowing {
  readonly threads: number
  readonly signal: AbortSignal | undefined
  /** Short work without barriers need not wait for a long fit to end. */
  readonly urgent?: boolean
}

/** Borrows a pool for a piece of work; waits while the machine is busy with earlier work, unless it is urgent. */
export async function withPool<T>(
  { threads: wanted, signal, urgent = false }: Borrowing,
  work: (pool: Pool) => Promise<T>,
): Promise<T> {
  const threads = Math.min(wanted, MAX_THREADS)
  signal?.throwIfAborted()
  if (urgent) busyThreads += threads
  else await turn(threads, signal)
  let pool: Pool | undefined
  let sound = true
  try {
    pool = takeIdle(threads) ?? (await startPool(threads))
    resetPool(pool)
    return await work(pool)
  } catch (error) {
    // After an abort or bad data all threads have answered and the pool can serve again; after our own failure not.
    sound = !InternalError.is(error)
    throw error
  } finally {
    busyThreads -= threads
    if (pool !== undefined) giveBack(pool, sound)
    startNext()
  }
}

function takeIdle(threads: number): Pool | undefined {
  const index = idle.findIndex((pool) => pool.threads === threads)
  return index < 0 ? undefined : idle.splice(index, 1)[0]
}

function giveBack(pool: Pool, sound: boolean): void {
  if (!sound || !worthKeeping(pool)) {
    pool.close()
    return
  }
  idle.push(pool)
  if (idle.length > MOST_IDLE) idle.shift()?.close()
}

const mayStart = (threads: number): boolean => busyThreads === 0 || busyThreads + threads <= defaultThreads()

function startNext(): void {
  while (queue.length > 0 && mayStart(queue[0]!.threads)) queue.shift()!.start()
}

function turn(threads: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      queue.splice(queue.indexOf(waiting), 1)
      reject(signal?.reason as Error)
    }
    const waiting: Waiting = {
      threads,
      start: () => {
        signal?.removeEventListener('abort', onAbort)
        busyThreads += threads
        resolve()
      },
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    queue.push(waiting)
    startNext()
  })
}
