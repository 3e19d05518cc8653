// Writes samples of requests to the store. It never slows a request: what the store cannot take in time is left out, and counted.
import { randomBytes } from 'node:crypto'
import {
  custom,
  defineOptions,
  integer,
  ModelwrightError,
  rng,
  drawnSeed,
  optional,
  real,
  wallClock,
} from '../../../base/index.js'
import type { LoggedRequest, Store } from '../../store/index.js'
import type { InferenceService, RequestRecord } from '../service.js'
import { type RedactRule, redactor, redactRules } from './redact.js'

export interface RequestLogOptions {
  /** Share of requests that are logged, from 0 to 1. @default 0.01 */
  readonly rate?: number | undefined
  /** Columns whose values are not logged as they are. @default none */
  readonly redact?: readonly (string | RedactRule)[] | undefined
  /** Secret of hashed values; the same one gives the same hashes in other processes. @default drawn at the start */
  readonly secret?: string | undefined
  /** Days after which entries go. @default 30 */
  readonly days?: number | undefined
  /** Entries that are kept, whatever their age. @default 1,000,000 */
  readonly keep?: number | undefined
  /** Rows of a request that are logged. @default 100 */
  readonly rows?: number | undefined
  /** Requests that wait to be written; further ones are left out. @default 2,000 */
  readonly queue?: number | undefined
}

export interface RequestLog extends AsyncDisposable {
  /** Entries in the store, since the start. */
  readonly written: number
  /** Entries that were left out because the store was too slow or away. */
  readonly dropped: number
  /** Writes what waits now. */
  flush(): Promise<void>
  /** Writes what waits and stops. What the store does not take then is left out. */
  close(): Promise<void>
}

/** Milliseconds between two writes: what a kill takes away at most. */
const writeEvery = 1000
/** Entries of one transaction: some milliseconds of the only writer of an SQLite file. */
const batch = 200
/** Milliseconds between two looks for what is too old. */
const pruneEvery = 60_000

/**
 * Logs samples of what a service is asked and answers. Values stand in the log as they were sent, but for those that `redact` names.
 *
 * @throws {@link InvalidOptionError}
 */
export function logRequests(
  service: Pick<InferenceService, 'onRequest'>,
  { requests }: Pick<Store, 'requests'>,
  options: RequestLogOptions = {},
): RequestLog {
  const settings = declared.parse('logRequests', options)
  const random = rng(drawnSeed('random'))
  const redact = redactor(redactRules(settings.redact), settings.secret ?? randomBytes(32).toString('hex'))
  const writer = entryWriter(requests, settings.queue)
  const stop = service.onRequest((record) => {
    if (random.uniform() < settings.rate) writer.add(() => entryOf(record, redact, settings.rows))
  })
  const prune = async (): Promise<void> => {
    const before = wallClock() - settings.days * 86_400_000
    await requests.prune({ before, keep: settings.keep }).catch(() => undefined)
  }
  const timers = [
    setInterval(() => void writer.flush(), writeEvery).unref(),
    setInterval(() => void prune(), pruneEvery).unref(),
  ]
  const close = async (): Promise<void> => {
    stop()
    for (const timer of timers) clearInterval(timer)
    await writer.close()
  }
  return {
    get written() {
      return writer.written
    },
    get dropped() {
      return writer.dropped
    },
    flush: writer.flush,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Entries wait in a queue of a length, and go to the store in batches, one at a time. */
function entryWriter(requests: Store['requests'], queue: number) {
  const waiting: LoggedRequest[] = []
  let [written, dropped] = [0, 0]
  let writing: Promise<void> | undefined
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const entries = waiting.slice(0, batch)
      try {
        await requests.append(entries)
        written += entries.length
      } catch (error) {
        // They wait until the store is back, and new ones are left out when the queue is full; what it will never take must not wait.
        if (ModelwrightError.is(error)) return
        dropped += entries.length
      }
      waiting.splice(0, entries.length)
    }
  }
  const flush = (): Promise<void> => {
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }
  return {
    add(entry: () => LoggedRequest): void {
      if (waiting.length >= queue) dropped++
      else waiting.push(entry())
      if (waiting.length === batch) void flush()
    },
    flush,
    get written() {
      return written
    },
    get dropped() {
      return dropped
    },
    async close(): Promise<void> {
      await flush()
      // What came while that was written.
      if (waiting.length > 0) await flush()
      dropped += waiting.splice(0).length
    },
  }
}

type Declared = Required<Omit<RequestLogOptions, 'secret'>>

const declared = defineOptions<
  {
    readonly [Name in keyof Declared]: NonNullable<Declared[Name]>
  } & { readonly secret: string | undefined }
>({
  rate: real({ default: 0.01, min: 0, max: 1 }),
  // Rules are read by who applies them.
  redact: custom({ default: [], expected: 'a list of columns', accepts: () => true }),
  secret: optional({ expected: 'a text', accepts: (value) => typeof value === 'string' && value !== '' }),
  days: real({ default: 30, min: 0 }),
  keep: integer({ default: 1_000_000, min: 0 }),
  rows: integer({ default: 100, min: 0 }),
  queue: integer({ default: 2000, min: 1 }),
})

/** Warnings and explanations are left out: their sentences hold values that a rule may hide. */
function entryOf(
  record: RequestRecord,
  redact: (row: Readonly<Record<string, unknown>>) => Record<string, unknown>,
  rows: number,
): LoggedRequest {
  const { result } = record
  return {
    time: wallClock(),
    model: record.model,
    version: record.version ?? '',
    requestId: record.requestId,
    rows: record.rows,
    queueTime: record.queueTime,
    computeTime: record.computeTime,
    errorCode: record.errorCode,
    inputs: record.inputs?.slice(0, rows).map(redact),
    outputs: result && {
      predictions: result.predictions.slice(0, rows),
      probabilities: result.probabilities?.slice(0, rows),
    },
  }
}
