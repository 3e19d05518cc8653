// The other end of background.ts: runs one job and tells what happens.
import { parentPort, workerData } from 'node:worker_threads'
import { plainError } from '../../base/index.js'
import { train, type TrainOptions } from '../../operate/train/index.js'
import { openTracker, type Tracker } from '../../operate/track/index.js'
import type { JobMessage, JobRequest } from './background.js'
import type { JobTracking } from './track-options.js'

const send = (message: JobMessage): void => parentPort!.postMessage(message)
const abort = new AbortController()
parentPort!.on('message', () => abort.abort(new Error('interrupted')))

/** The tracker of the run; undefined, with a warning, where one is set up that cannot be used. */
async function trackerOf({ store, argv, required }: JobTracking): Promise<Tracker | undefined> {
  const warn = (message: string): void =>
    send({ type: 'event', event: { type: 'warning', code: 'tracking', message } })
  try {
    return await openTracker({ store, argv, onWarning: ({ message }) => warn(message) })
  } catch (error) {
    if (required) throw error
    warn(`No run is logged: ${(error as Error).message}`)
    return undefined
  }
}

const { options, track } = workerData as JobRequest
let tracker: Tracker | undefined
try {
  tracker = track === undefined ? undefined : await trackerOf(track)
  const { result } = await train({
    ...(options as unknown as TrainOptions),
    tracker,
    run: { name: track?.name, experiment: track?.experiment, testRows: track?.testRows },
    signal: abort.signal,
    onEvent: (event) => send({ type: 'event', event }),
  })
  await tracker?.close()
  send({ type: 'result', result })
} catch (error) {
  await tracker?.close()
  send({ type: 'error', error: plainError(error) })
}
parentPort!.unref()
