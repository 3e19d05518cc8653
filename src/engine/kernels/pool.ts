// Pools of worker threads on one shared memory each. A pool is lent to one piece of work at a time and kept for the
// next when it is small; its workers never keep the process alive while idle.
import { Worker } from 'node:worker_threads'
import { DataError, InternalError, builtFile, workerFlags } from '../../base/index.js'
import { HEAP, SYNC, SYNC_ABORT, SYNC_ARRIVED } from './control-words.js'
import type { BoostResult, Job, RoundReport, WorkerMessage, WorkerStart } from './jobs.js'
import { boostingModule } from './kernel-module.js'
import { type SharedMemory, webAssembly } from './webassembly.js'

const PAGE = 65536
/** What 32-bit addresses reach. */
const MOST_PAGES = 65536
// Memory of a WebAssembly instance cannot shrink: a pool that grew beyond this is given up after its work.
const KEPT_BYTES = 64 * 1024 * 1024

/** A set of workers that run the same job together. */
export interface Pool {
  readonly threads: number
  readonly memory: SharedMemory
  /** Makes the memory at least so large. @throws DataError beyond 4 GiB */
  reserve(bytes: number, what: string): void
  run(job: Job, onRound?: (report: RoundReport) => void): Promise<BoostResult | undefined>
  /** Asks the running kernels to end early. */
  abort(): void
  close(): void
}

/** Starts the workers; they are ready when the first job is answered. */
export async function startPool(threads: number): Promise<Pool> {
  const kernelModule = await boostingModule()
  const memory = new webAssembly.Memory({ initial: 2, maximum: MOST_PAGES, shared: true })
  const path = builtFile(import.meta.url, './pool-worker.js')
  let ended: InternalError | undefined
  const workers = Array.from({ length: threads }, (_, thread) => {
    const workerData: WorkerStart = { kernelModule, memory, thread }
    const worker = new Worker(path, { workerData, ...workerFlags() })
    worker.unref()
    // A worker may end before its first job: without a listener that would end the process, and the job would wait for ever.
    worker.once('error', (error) => (ended ??= workerError(error)))
    worker.once('exit', () => (ended ??= workerError(undefined)))
    return worker
  })
  const close = (): void => {
    for (const worker of workers) void worker.terminate()
  }
  return {
    threads,
    memory,
    reserve: (bytes, what) => growTo(memory, bytes, what),
    run: (job, onRound) => (ended === undefined ? runTogether(workers, job, onRound) : Promise.reject(ended)),
    abort: () => void Atomics.store(new Int32Array(memory.buffer), (SYNC + SYNC_ABORT) / 4, 1),
    close,
  }
}

function growTo(memory: SharedMemory, bytes: number, what: string): void {
  const pages = Math.ceil(bytes / PAGE)
  const present = memory.buffer.byteLength / PAGE
  const gigabytes = (bytes / 2 ** 30).toFixed(1)
  if (pages > MOST_PAGES) {
    throw new DataError(
      `${what} would need ${gigabytes} GiB — expected at most 4 GiB, which is what the kernels can address. ` +
        'Use fewer rows, fewer columns, or fewer leaves.',
      { bytes, limit: MOST_PAGES * PAGE },
    )
  }
  if (pages <= present) return
  try {
    memory.grow(pages - present)
  } catch (error) {
    throw new DataError(
      `${what} needs ${gigabytes} GiB of memory, which the machine did not give. Use fewer rows or columns.`,
      { bytes },
      error,
    )
  }
}

/** Posts the job to every worker; resolves with thread 0's result when all are done. */
function runTogether(
  workers: readonly Worker[],
  job: Job,
  onRound?: (report: RoundReport) => void,
): Promise<BoostResult | undefined> {
  return new Promise((resolve, reject) => {
    let waiting = workers.length
    let result: BoostResult | undefined
    const release: (() => void)[] = []
    const finish = (act: () => void): void => {
      for (const undo of release) undo()
      act()
    }
    for (const worker of workers) {
      const onMessage = (message: WorkerMessage): void => {
        if (message.type === 'round') {
          onRound?.(message)
          return
        }
        result ??= message.result
        waiting--
        if (waiting === 0) finish(() => resolve(result))
      }
      const onError = (error: unknown): void => finish(() => reject(workerError(error)))
      const onExit = (): void => finish(() => reject(workerError(undefined)))
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
      worker.ref()
      release.push(() => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        worker.unref()
      })
      worker.postMessage(job)
    }
  })
}

function workerError(cause: unknown): InternalError {
  return new InternalError(
    'Modelwright is at fault: a kernel thread ended in the middle of its work. Please report this.',
    {},
    cause,
  )
}

/** Makes a pool's memory ready for new work: nobody waits, nobody wants to end. */
export function resetPool(pool: Pool): void {
  new Uint8Array(pool.memory.buffer, SYNC, HEAP - SYNC).fill(0)
  Atomics.store(new Int32Array(pool.memory.buffer), (SYNC + SYNC_ARRIVED) / 4, 0)
}

/** Whether a pool is worth keeping for the next piece of work. */
export function worthKeeping(pool: Pool): boolean {
  return pool.memory.buffer.byteLength <= KEPT_BYTES
}
