// Runs must not stay open because their process ends: on a signal, at the natural end of the event loop, and when an error that nobody
// caught leaves the block of a run.
import { constants } from 'node:os'
import { isMainThread } from 'node:worker_threads'

/** How a run ends when its process does. */
export type ProcessEnd =
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'finished'; readonly failed: boolean }
  | { readonly kind: 'error'; readonly error: unknown }

export interface WatchedByProcess {
  /** Writes how it ended; must not throw. */
  end(how: ProcessEnd): Promise<void>
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Milliseconds within which runs write their end on a signal: who pressed Ctrl-C waits. */
const signalGrace = 2000

const open = new Set<WatchedByProcess>()
/** Ended by leaving their block, in this very breath: an error that comes to light now came out of it. */
const justLeft = new Set<WatchedByProcess>()
let installed = false

/** From now on the run ends with the process at the latest. */
export function watch(run: WatchedByProcess): void {
  open.add(run)
  install()
}

/** It has ended by itself. */
export function unwatch(run: WatchedByProcess): void {
  open.delete(run)
  justLeft.delete(run)
  uninstallWhenIdle()
}

/**
 * It has ended because its block was left: `await using` does not say whether by an error. One that nobody catches comes to light before
 * the event loop goes round twice, and then the run has failed after all.
 */
export function leftBlock(run: WatchedByProcess): void {
  justLeft.add(run)
  install()
  forgetSoon(run)
}

let holds = 0

/** Until what comes back is called, errors may still come out of blocks that were left: an outer one is being left. */
export function holdBlocks(): () => void {
  holds++
  return () => {
    holds--
    for (const run of justLeft) forgetSoon(run)
  }
}

function forgetSoon(run: WatchedByProcess): void {
  setImmediate(() =>
    setImmediate(() => {
      if (holds > 0) return
      justLeft.delete(run)
      uninstallWhenIdle()
    }),
  )
}

function install(): void {
  if (installed) return
  installed = true
  process.on('beforeExit', onBeforeExit)
  process.on('uncaughtException', onUncaught)
  // Threads hear no signals.
  if (isMainThread) for (const signal of signals) process.on(signal, onSignal)
}

function uninstallWhenIdle(): void {
  if (!installed || open.size > 0 || justLeft.size > 0) return
  installed = false
  process.off('beforeExit', onBeforeExit)
  process.off('uncaughtException', onUncaught)
  if (isMainThread) for (const signal of signals) process.off(signal, onSignal)
}

const endAll = async (runs: Iterable<WatchedByProcess>, how: ProcessEnd): Promise<void> => {
  await Promise.all([...runs].map((run) => run.end(how)))
}

function onBeforeExit(): void {
  // Asynchronous work begun here keeps the process alive until it is done.
  void endAll(open, { kind: 'finished', failed: (process.exitCode ?? 0) !== 0 })
}

function onSignal(signal: NodeJS.Signals): void {
  // A program with a handler of its own decides itself how its runs end.
  if (process.listenerCount(signal) > 1) return
  const die = (): never => process.exit(128 + constants.signals[signal])
  setTimeout(die, signalGrace).unref()
  void endAll(open, { kind: 'signal', signal }).finally(() => {
    for (const own of signals) process.off(own, onSignal)
    // As if nobody had listened: whoever waits for this process sees which signal ended it.
    process.kill(process.pid, signal)
  })
}

function onUncaught(error: unknown): void {
  const others = process.listenerCount('uncaughtException') > 1
  const runs = [...open, ...justLeft]
  process.off('uncaughtException', onUncaught)
  void endAll(runs, { kind: 'error', error }).finally(() => {
    if (others) {
      if (installed) process.on('uncaughtException', onUncaught)
      return
    }
    // Node ends the process as it would have done, with the error on standard error and status 1.
    setImmediate(() => {
      throw error
    })
  })
}
