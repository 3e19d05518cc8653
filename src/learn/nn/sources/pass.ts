// One pass over batches, read ahead where they are asynchronous: the next ones load while the present one is learned from.
import { nameOf, UsageError } from '../../../base/index.js'
import type { Batch, Batches } from './batch.js'

/** How batches are read. */
export interface PassOptions {
  /** Batches of an async iterable that are read ahead at most; 0: each is asked for when it is needed. */
  readonly prefetch: number
  readonly signal?: AbortSignal | undefined
}

/** Batches one after the other. */
export interface Pass {
  /** The next batch; undefined after the last one. Rejects with what the source threw, or with the reason of the signal. */
  next(): Promise<Batch | undefined>
  /** Tells the source that no more is wanted. */
  close(): Promise<void>
}

/** Begins a pass. */
export const passOver = (batches: Batches, options: PassOptions): Pass =>
  Symbol.asyncIterator in batches ? readAhead(batches[Symbol.asyncIterator](), options) : inTurn(batches)

function checked(value: unknown): Batch {
  if (typeof value === 'object' && value !== null) return value as Batch
  throw new UsageError(
    `The data gave ${nameOf(value)} in place of a batch. Give objects of arrays, such as { x, y }.`,
    { argument: 'data' },
  )
}

function inTurn(batches: Iterable<Batch>): Pass {
  const iterator = batches[Symbol.iterator]()
  let ended = false
  return {
    // A promise also for what is there at once: what the iterator throws is a rejection.
    // eslint-disable-next-line typescript/require-await
    async next() {
      const { value, done } = iterator.next()
      ended = done === true
      return ended ? undefined : checked(value)
    },
    close() {
      if (!ended) iterator.return?.()
      ended = true
      return Promise.resolve()
    },
  }
}

interface Reading {
  readonly iterator: AsyncIterator<Batch>
  readonly ready: Batch[]
  /** The source has ended, or has failed with `failure`. */
  ended: boolean
  failure: { readonly error: unknown } | undefined
  /** A batch is asked for and has not come. */
  asking: boolean
  closed: boolean
  /** Called when a batch, the end or a failure came, or on abort. */
  wake: () => void
}

function readAhead(iterator: AsyncIterator<Batch>, { prefetch, signal }: PassOptions): Pass {
  const state = { ended: false, failure: undefined, asking: false, closed: false, wake: () => undefined }
  const reading: Reading = { iterator, ready: [], ...state }
  const onAbort = (): void => reading.wake()
  signal?.addEventListener('abort', onAbort)
  return {
    async next() {
      for (;;) {
        signal?.throwIfAborted()
        const batch = reading.ready.shift()
        if (batch !== undefined) {
          void fill(reading, prefetch)
          return batch
        }
        if (reading.failure !== undefined) throw reading.failure.error
        if (reading.ended || reading.closed) return undefined
        const woken = new Promise<void>((resolve) => (reading.wake = resolve))
        void fill(reading, Math.max(1, prefetch))
        await woken
      }
    },
    async close() {
      signal?.removeEventListener('abort', onAbort)
      if (reading.closed) return
      reading.closed = true
      if (!reading.ended) await release(reading)
    },
  }
}

/** Asks for one batch after the other until so many are ready: a source is never asked twice at once. */
async function fill(reading: Reading, wanted: number): Promise<void> {
  if (reading.asking) return
  reading.asking = true
  try {
    while (reading.ready.length < wanted && !reading.ended && !reading.closed) {
      const { value, done } = await reading.iterator.next()
      if (done === true) reading.ended = true
      else reading.ready.push(checked(value))
      reading.wake()
    }
  } catch (error) {
    // Batches that came before it are learned from first.
    reading.failure = { error }
    reading.ended = true
  } finally {
    reading.asking = false
    reading.wake()
  }
}

/** A source that hangs in its next batch would never answer: it is told, and not waited for. */
async function release({ iterator, asking }: Reading): Promise<void> {
  const returned = iterator.return?.()
  // What fails in cleaning up must not take what has been learned with it.
  const quiet = returned?.then(
    () => undefined,
    () => undefined,
  )
  if (!asking) await quiet
}
