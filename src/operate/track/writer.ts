// Gathers what is logged and writes it in groups: while one group is being written, the next one gathers. A promise is kept only when
// what it stands for is stored, so that nothing that was acknowledged can be lost.
import { setTimeout as sleep } from 'node:timers/promises'
import { ModelwrightError, now, OverloadError } from '../../base/index.js'
import type { LogBatch, MetricPoint } from '../store/index.js'

export interface WriterOptions {
  /** Stores a batch, all or nothing; may be called again with the same one. */
  readonly write: (batch: LogBatch) => Promise<void>
  /** Seconds for which a store that is away is asked again. */
  readonly retrySeconds: number
  /** Values that may wait at most; more are refused. @default 100,000 */
  readonly limit?: number | undefined
  /** Milliseconds that lazy entries gather. @default 200 */
  readonly gather?: number | undefined
}

export interface Writer {
  /** Resolves when it is stored. Lazy entries wait for company. @throws what the store throws; {@link OverloadError} when too much waits */
  add(batch: LogBatch, how?: { readonly lazy?: boolean }): Promise<void>
  /** True when so much waits that whoever can should wait for `drained`. */
  readonly crowded: boolean
  /** Resolves when all that was added is stored or refused. */
  drained(): Promise<void>
}

interface Entry {
  readonly batch: LogBatch
  readonly size: number
  resolve(): void
  reject(error: unknown): void
}

/** Some 20 MB: a point with its promise takes about 200 bytes. */
const defaultLimit = 100_000
/** A fifth of a second: nobody sees a curve move sooner, and a thousand steps a second become five transactions. */
const defaultGather = 200
/** Values of one transaction: more of them are no faster, and keep other writers waiting. */
const groupSize = 5000
/** Milliseconds before the second try; the pause doubles up to the longest. */
const firstPause = 100
const longestPause = 5000

export function openWriter({
  write,
  retrySeconds,
  limit = defaultLimit,
  gather = defaultGather,
}: WriterOptions): Writer {
  const waiting: Entry[] = []
  let size = 0
  let running: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  const attempt = retrying(write, retrySeconds)

  const start = (): void => {
    clearTimeout(timer)
    timer = undefined
    running ??= loop()
  }
  async function loop(): Promise<void> {
    // What is logged in the same breath goes into the first group.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const group = takeGroup(waiting)
      await writeGroup(group, attempt)
      for (const entry of group) size -= entry.size
    }
    // In the same breath as the last look at what waits: whoever comes later begins anew.
    running = undefined
  }
  return {
    add(batch, { lazy = false } = {}) {
      const own = sizeOf(batch)
      if (size > 0 && size + own > limit) return Promise.reject(tooMany(limit))
      return new Promise<void>((resolve, reject) => {
        waiting.push({ batch, size: own, resolve, reject })
        size += own
        if (!lazy || size >= groupSize) start()
        else if (running === undefined) timer ??= setTimeout(start, gather)
      })
    },
    get crowded() {
      return size > limit / 2
    },
    async drained() {
      if (waiting.length > 0) start()
      while (running !== undefined) await running
    },
  }
}

const sizeOf = ({ metrics = [], params = {}, tags = {} }: LogBatch): number =>
  metrics.length + Object.keys(params).length + Object.keys(tags).length

function tooMany(limit: number): OverloadError {
  return new OverloadError(
    `More than ${limit} logged values wait for the store, which is too slow or away; this one was not kept. Await what log returns, or log less often.`,
    { reason: 'store', limit },
  )
}

/** The next entries, as many as one transaction should hold; a parameter that changes begins another, so that it alone is refused. */
function takeGroup(waiting: Entry[]): Entry[] {
  const params = new Map<string, string>()
  let size = 0
  let count = 0
  for (const { batch, size: own } of waiting) {
    const pairs = Object.entries(batch.params ?? {})
    const changes = pairs.some(([key, value]) => (params.get(key) ?? value) !== value)
    if (count > 0 && (changes || size + own > groupSize)) break
    for (const [key, value] of pairs) params.set(key, value)
    size += own
    count++
  }
  return waiting.splice(0, count)
}

async function writeGroup(group: readonly Entry[], write: WriterOptions['write']): Promise<void> {
  try {
    await write(joined(group.map(({ batch }) => batch)))
    for (const { resolve } of group) resolve()
  } catch (error) {
    // One entry that is refused must not take the others along.
    if (group.length > 1 && !isAway(error)) for (const entry of group) await writeGroup([entry], write)
    else for (const { reject } of group) reject(error)
  }
}

function joined(batches: readonly LogBatch[]): LogBatch {
  if (batches.length === 1) return batches[0]!
  const metrics: MetricPoint[] = []
  const params: Record<string, string> = {}
  const tags: Record<string, string> = {}
  for (const batch of batches) {
    for (const point of batch.metrics ?? []) metrics.push(point)
    Object.assign(params, batch.params)
    Object.assign(tags, batch.tags)
  }
  return { metrics, params, tags }
}

export const isAway = (error: unknown): boolean => ModelwrightError.is(error) && error.code === 'overload'

/**
 * Asks again while the store is away, with longer and longer pauses. Once it was away for too long, each further work is tried once
 * only, until it answers.
 */
export function retrying<A extends readonly unknown[], T>(
  work: (...args: A) => Promise<T>,
  seconds: number,
): (...args: A) => Promise<T> {
  let awaySince: number | undefined
  return async (...args) => {
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      try {
        const result = await work(...args)
        awaySince = undefined
        return result
      } catch (error) {
        if (!isAway(error)) throw error
        awaySince ??= now()
        const left = 1000 * seconds - (now() - awaySince)
        if (left <= 0) throw goneTooLong(error as ModelwrightError, seconds)
        await sleep(Math.min(pause, left))
      }
    }
  }
}

function goneTooLong(error: ModelwrightError, seconds: number): OverloadError {
  return new OverloadError(
    `${error.message} It was asked again for ${seconds} s (option 'retry'); what waited was not stored.`,
    { ...error.details, seconds },
    error,
  )
}
