// The runs that a command means, open while it works.
import { openRuns, type TrackingBackend } from '../../../operate/track/index.js'
import type { CommandContext } from '../program.js'

type Options = CommandContext['options']

/** Where runs are, as the command line says it. */
export const placesOf = (options: Options): { readonly store?: string; readonly artifacts?: string } => ({
  ...(options['store'] !== undefined && { store: options['store'] as string }),
  ...(options['artifacts'] !== undefined && { artifacts: options['artifacts'] as string }),
})

/** Opens them where there are some, notices runs whose process is gone, and closes them again. */
export async function withRuns<T>(options: Options, work: (runs: TrackingBackend) => Promise<T>): Promise<T> {
  await using runs = await openRuns({ ...placesOf(options), create: false })
  await runs.sweep()
  // Awaited here, before they are closed.
  return await work(runs)
}

/** The one document of `--json`. */
export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)

/** A time as a person reads it, in the zone of this machine. */
export function formatTime(time: number): string {
  const date = new Date(time - new Date(time).getTimezoneOffset() * 60_000)
  return date.toISOString().slice(0, 16).replace('T', ' ')
}
