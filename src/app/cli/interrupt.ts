// Ctrl-C as an abort signal, for commands that run on the main thread.
import { InterruptedError } from './background.js'

/** A signal that aborts on SIGINT or SIGTERM. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController()
  const abort = (): void => controller.abort(new InterruptedError('interrupted'))
  process.once('SIGINT', abort)
  process.once('SIGTERM', abort)
  return controller.signal
}
