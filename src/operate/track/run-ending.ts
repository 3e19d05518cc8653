// Everything about the end of a run: signs of life until then, what waits is written, then the status.
import { ConflictError, wallClock } from '../../base/index.js'
import type { Run } from '../store/index.js'
import type { Attempt } from './attempt.js'
import type { TrackingBackend } from './backend.js'
import { sentenceOf, tagsOf } from './logged-values.js'
import { leftBlock, type ProcessEnd, unwatch, watch } from './process-watch.js'
import type { EndOptions, RunOptions } from './run-options.js'
import { heartbeatEvery } from './sweep.js'
import { sampleEvery, systemSampler } from './system-metrics.js'
import { retrying } from './writer.js'

export interface EndingParts {
  readonly backend: TrackingBackend
  /** Seconds for which a store that is away is asked again. */
  readonly retry: number
  readonly attempt: Attempt
  /** Resolves when nothing waits to be written. */
  drained(): Promise<void>
  /** Opens the same store again, after this one was closed: an error may come to light only then. */
  reopen(): Promise<TrackingBackend>
  /** Logs the load of the machine. */
  sample(values: Record<string, number>, step: number): void
}

export interface RunEnding {
  /** @throws {@link ConflictError} when the run has ended */
  requireOpen(): void
  /** The run does not end before this work does. */
  during<T>(work: Promise<T>): Promise<T>
  fail(error: unknown): void
  end(options?: EndOptions): Promise<void>
  /** Its block was left. */
  leave(): Promise<void>
}

/** The run is open from now on, until it ends in one of the ways that there are. */
export function runEnding({ runId: id }: Run, parts: EndingParts, options: RunOptions): RunEnding {
  const busy = new Set<Promise<unknown>>()
  let failure: { readonly error: unknown } | undefined
  let ended: Promise<void> | undefined

  const finish = ({ status, error = failure?.error }: EndOptions, to: TrackingBackend): Promise<boolean> => {
    const final = status ?? (error === undefined && failure === undefined ? 'FINISHED' : 'FAILED')
    const write = async (): Promise<void> => {
      if (error !== undefined)
        await to.logBatch(id, { tags: tagsOf({ 'modelwright.error': sentenceOf(error) }) })
      await to.updateRun(id, { status: final, endTime: wallClock() })
    }
    return parts.attempt(retrying(write, parts.retry))
  }
  const close = async (given: EndOptions): Promise<void> => {
    stopSigns()
    unwatch(watched)
    await Promise.allSettled(busy)
    await parts.drained()
    await finish(given, parts.backend)
  }
  const end = (given: EndOptions = {}): Promise<void> => (ended ??= close(given))
  const watched = {
    async end(how: ProcessEnd): Promise<void> {
      if (ended === undefined) return end(optionsOf(how)).catch(() => undefined)
      await ended.catch(() => undefined)
      if (how.kind !== 'error') return
      // It said FINISHED when its block was left; now we know better.
      await parts
        .reopen()
        .then(async (to) => {
          await finish(optionsOf(how), to)
          await to[Symbol.asyncDispose]()
        })
        .catch(() => undefined)
    },
  }
  const stopSigns = startSigns(id, parts, options, end)
  watch(watched)
  return {
    requireOpen() {
      if (ended !== undefined) throw hasEnded(id)
    },
    during(work) {
      busy.add(work)
      const done = (): void => void busy.delete(work)
      work.then(done, done)
      return work
    },
    fail(error) {
      failure ??= { error }
    },
    end,
    async leave() {
      const known = ended !== undefined || failure !== undefined
      await end()
      if (!known) leftBlock(watched)
    },
  }
}

const hasEnded = (id: string): ConflictError =>
  new ConflictError(`The run '${id}' has ended, nothing more can be logged into it. Start another one.`, {
    kind: 'run',
    id,
  })

/** Signs of life, samples of the machine, and an ear for the signal; what comes back stops them. */
function startSigns(
  id: string,
  { backend, sample }: EndingParts,
  { signal, systemMetrics = false }: RunOptions,
  end: (options: EndOptions) => Promise<void>,
): () => void {
  const beat = (): void => void backend.heartbeat(id).catch(() => undefined)
  const timers = [setInterval(beat, heartbeatEvery).unref()]
  if (systemMetrics) {
    const take = systemSampler()
    let step = 0
    timers.push(setInterval(() => sample(take(), step++), sampleEvery).unref())
  }
  const onAbort = (): void => void end({ status: 'KILLED', error: signal!.reason }).catch(() => undefined)
  signal?.addEventListener('abort', onAbort, { once: true })
  return () => {
    for (const timer of timers) clearInterval(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

const optionsOf = (how: ProcessEnd): EndOptions => {
  if (how.kind === 'signal')
    return { status: 'KILLED', error: new Error(`The process received ${how.signal}.`) }
  if (how.kind === 'error') return { status: 'FAILED', error: how.error }
  return { status: how.failed ? 'FAILED' : undefined }
}
