// A job in a worker thread, so that the main thread can draw, and can stop it within a second whatever it is doing.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { builtFile, type PlainError, revivedError, type WorkEvent } from '../../base/index.js'
import { switchTelemetryOff } from '../../engine/onnx/index.js'
import { graceMs, InterruptedError, onInterrupt } from './interrupt.js'
import type { JobTracking } from './track-options.js'

/** What goes to the worker. */
export interface JobRequest {
  readonly job: 'train'
  readonly options: Record<string, unknown>
  /** The run that it is logged as; undefined for none. */
  readonly track?: JobTracking | undefined
  /** The job reads standard input. */
  readonly stdin?: boolean
}

/** What comes back. */
export type JobMessage =
  | { readonly type: 'event'; readonly event: WorkEvent }
  | { readonly type: 'result'; readonly result: unknown }
  | { readonly type: 'error'; readonly error: PlainError }

/**
 * Runs a job in a worker.
 *
 * @throws {@link InterruptedError} on Ctrl-C or SIGTERM, and whatever the job throws
 */
export async function runInBackground(
  request: JobRequest,
  onEvent: (event: WorkEvent) => void,
): Promise<unknown> {
  // Native code of a worker sees the environment of the main thread only.
  switchTelemetryOff()
  // A worker's standard input is empty unless it is passed on.
  const stdin = request.stdin === true
  const worker = new Worker(builtFile(import.meta.url, './job-worker.js'), { workerData: request, stdin })
  if (stdin) process.stdin.pipe(worker.stdin!)
  let interrupted = false
  let exited = false
  worker.once('exit', () => (exited = true))
  const restore = onInterrupt(() => {
    // A second Ctrl-C does not wait.
    if (interrupted) void worker.terminate()
    interrupted = true
    worker.postMessage('abort')
    setTimeout(() => void worker.terminate(), graceMs).unref()
  })
  try {
    return await new Promise((resolve, reject) => {
      worker.on('message', (message: JobMessage) => {
        if (message.type === 'event') onEvent(message.event)
        else if (message.type === 'result') resolve(message.result)
        else reject(interrupted ? new InterruptedError() : revivedError(message.error))
      })
      worker.on('error', (error) => reject(interrupted ? new InterruptedError() : error))
      worker.on('exit', () =>
        reject(interrupted ? new InterruptedError() : new Error('The worker ended early.')),
      )
    })
  } finally {
    restore()
    // An open input would keep the process waiting for it.
    if (stdin) process.stdin.destroy()
    if (!exited) await endOf(worker)
  }
}

/**
 * Waits for a worker to end by itself, for as long as the grace lasts. One that is ended in the middle of a read takes the
 * process down with it: native code finds no JavaScript to answer to.
 */
async function endOf(worker: Worker): Promise<void> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), graceMs)
  await once(worker, 'exit', { signal: late.signal }).catch(() => worker.terminate())
  clearTimeout(timer)
}
