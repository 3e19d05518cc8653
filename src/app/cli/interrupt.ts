// Ctrl-C and SIGTERM. Until a command says otherwise they end the program at once, with a sentence.
import { exitCodes } from './exit-codes.js'

/** After an interrupt, work has this long to end by itself; the user was promised a second in all, on busy machines too. */
export const graceMs = 450

/** The reason of every interrupted command. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'

  constructor() {
    super('interrupted')
  }
}

/** Says that the program was stopped, and ends it. */
export function exitInterrupted(): never {
  process.stderr.write('modelwright: interrupted; nothing half done was kept.\n')
  process.exit(exitCodes.interrupted)
}

let handler: () => void = exitInterrupted

/** From here on interrupts are heard. */
export function listenForInterrupts(): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => handler())
}

/** Puts a handler in place of the present one; the answer puts that back. */
export function onInterrupt(own: () => void): () => void {
  const before = handler
  handler = own
  return () => {
    handler = before
  }
}

/**
 * A signal that aborts on an interrupt. A second one, or work that does not end by itself, ends the program.
 *
 * @param clear - removes what may lie half-written then
 */
export function abortOnInterrupt(clear: () => void = () => {}): AbortSignal {
  const controller = new AbortController()
  const end = (): never => {
    clear()
    return exitInterrupted()
  }
  onInterrupt(() => {
    onInterrupt(end)
    controller.abort(new InterruptedError())
    setTimeout(end, graceMs).unref()
  })
  return controller.signal
}
