// The only reader of the clock, and the breath that lets an abort signal arrive.

/** Milliseconds since the process started; for measuring, never for deciding a result. */
export const now = (): number => performance.now()

/** The wall-clock time as an ISO string, for manifests. */
export const timestamp = (): string => new Date().toISOString()

/** The wall-clock time in milliseconds since 1970, for records of what happened when; tests give a clock of their own. */
export const wallClock = (): number => Date.now()

let lastBreath = 0

/**
 * Called in the outer loops of long JavaScript work: lets timers and signals run when more than 12 ms have passed
 * (a frame of a 60 Hz display, and far below the second within which Ctrl-C must act), and throws when aborted.
 */
export async function checkpoint(signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  if (now() - lastBreath < 12) return
  await new Promise((resolve) => setImmediate(resolve))
  lastBreath = now()
  signal?.throwIfAborted()
}

/** Milliseconds of processor time that this process has used, all threads together: how much of the machine it gets. */
export const cpuNow = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
