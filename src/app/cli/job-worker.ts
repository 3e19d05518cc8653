// The other end of background.ts: runs one job and tells what happens.
import { parentPort, workerData } from 'node:worker_threads'
import { ModelwrightError } from '../../base/index.js'
import { train, type TrainOptions } from '../../operate/train/index.js'
import type { JobError, JobMessage, JobRequest } from './background.js'

const send = (message: JobMessage): void => parentPort!.postMessage(message)
const abort = new AbortController()
parentPort!.on('message', () => abort.abort(new Error('interrupted')))

function plain(error: unknown): JobError {
  if (!(error instanceof Error)) return { message: String(error) }
  const { message, stack } = error
  if (!ModelwrightError.is(error)) return { message, stack }
  return {
    message,
    stack,
    code: error.code,
    details: JSON.parse(JSON.stringify(error.details)) as JobError['details'],
  }
}

const { options } = workerData as JobRequest
try {
  const { result } = await train({
    ...(options as unknown as TrainOptions),
    signal: abort.signal,
    onEvent: (event) => send({ type: 'event', event }),
  })
  send({ type: 'result', result })
} catch (error) {
  send({ type: 'error', error: plain(error) })
}
parentPort!.unref()
