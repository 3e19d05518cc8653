// All threads run the same program and meet at barriers. A thread spins briefly, because the others are usually
// microseconds away, then sleeps.
import { SYNC, SYNC_ABORT, SYNC_ARRIVED, SYNC_GENERATION, SYNC_STOP } from './control-words'
import { thread, threads } from './state.as'

// About 10 µs: longer than most waits between threads that share a split, shorter than a sleep and its wake-up.
const SPINS: i32 = 4000

/** Returns when every thread has called it. */
export function barrier(): void {
  if (threads == 1) return
  const generation = atomic.load<i32>(<usize>SYNC + SYNC_GENERATION)
  if (atomic.add<i32>(<usize>SYNC + SYNC_ARRIVED, 1) == threads - 1) {
    atomic.store<i32>(<usize>SYNC + SYNC_ARRIVED, 0)
    atomic.add<i32>(<usize>SYNC + SYNC_GENERATION, 1)
    atomic.notify(<usize>SYNC + SYNC_GENERATION, threads)
    return
  }
  for (let spin = SPINS; spin > 0; spin--) {
    if (atomic.load<i32>(<usize>SYNC + SYNC_GENERATION) != generation) return
  }
  while (atomic.load<i32>(<usize>SYNC + SYNC_GENERATION) == generation) {
    atomic.wait<i32>(<usize>SYNC + SYNC_GENERATION, generation, -1)
  }
}

/** Thread 0 looks whether the caller wants to end; the answer is valid for all after the next barrier. */
export function pollAbort(): void {
  if (thread == 0) atomic.store<i32>(<usize>SYNC + SYNC_STOP, atomic.load<i32>(<usize>SYNC + SYNC_ABORT))
}

/** The answer of the last {@link pollAbort}, the same in every thread once a barrier lies between. */
export function stopped(): bool {
  return atomic.load<i32>(<usize>SYNC + SYNC_STOP) != 0
}
