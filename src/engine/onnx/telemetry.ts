// The native runtime's telemetry is off: nothing is sent anywhere.
import { isMainThread } from 'node:worker_threads'

/** Read by the runtime when it is loaded: without it, it writes a database below the home folder and sends what it did. */
const telemetrySwitch = 'ORT_DISABLE_TELEMETRY'

/** The code of the error where telemetry cannot be switched off. */
export const telemetryOn = 'ERR_TELEMETRY_ON'

/**
 * Switches the telemetry off, for this thread and the workers that it starts. A worker thread has a copy of the environment,
 * which native code does not see: there it must have been switched off before the worker started.
 *
 * @throws an error of the code {@link telemetryOn} in a worker where it was not
 */
export function switchTelemetryOff(): void {
  if (isMainThread) process.env[telemetrySwitch] = '1'
  else if (process.env[telemetrySwitch] !== '1')
    throw Object.assign(new Error(`${telemetrySwitch} is not set`), { code: telemetryOn })
}
