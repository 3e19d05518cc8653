// The log of requests: samples of what models in service were asked and answered, for monitoring.
import { UsageError } from '../../base/index.js'
import type { Database, SqlValue } from './database.js'

/** One request of the log, redacted before it came here. */
export interface LoggedRequest {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly model: string
  readonly version: string
  readonly requestId: string | undefined
  /** Rows that were asked for; the log may hold fewer of them. */
  readonly rows: number
  readonly queueTime: number
  readonly computeTime: number
  /** Undefined when all went well. */
  readonly errorCode: string | undefined
  /** Rows of columns. */
  readonly inputs: readonly Readonly<Record<string, unknown>>[] | undefined
  readonly outputs: LoggedOutputs | undefined
}

export interface LoggedOutputs {
  readonly predictions: readonly unknown[]
  /** Rows × classes. */
  readonly probabilities?: readonly (readonly number[])[] | undefined
}

/** As it was written: with a number that grows. */
export interface RequestOfLog extends LoggedRequest {
  readonly id: number
}

export interface RequestSearch {
  readonly model?: string | undefined
  readonly version?: string | undefined
  /** Not before this time. */
  readonly from?: number | undefined
  /** Before this time. */
  readonly to?: number | undefined
  /** Only those that failed (true), or that did not (false). */
  readonly failed?: boolean | undefined
  /** @default 100, at most 10,000 */
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
}

/** A page of a thousand requests of a hundred rows is some megabytes. */
const mostResults = 10_000

export function requests({ db, write, bulkInsert }: Database) {
  return {
    /** Adds requests; all of them or, when it throws, none (or all, where it says that this is not known: asked again they stand there twice). */
    append: (records: readonly LoggedRequest[]): Promise<void> =>
      write((queries) =>
        bulkInsert(queries, { table: 'request_log', columns, values: records.flatMap(valuesOf), suffix: '' }),
      ),
    /** Newest first, page by page. @throws {@link UsageError} for a page token that is none */
    async search(asked: RequestSearch = {}): Promise<{
      readonly requests: RequestOfLog[]
      readonly nextPageToken: string | undefined
    }> {
      const limit = Math.min(Math.max(1, Math.trunc(asked.maxResults ?? 100)), mostResults)
      let query = db.selectFrom('request_log').selectAll()
      if (asked.model !== undefined) query = query.where('model', '=', asked.model)
      if (asked.version !== undefined) query = query.where('version', '=', asked.version)
      if (asked.from !== undefined) query = query.where('time', '>=', asked.from)
      if (asked.to !== undefined) query = query.where('time', '<', asked.to)
      if (asked.failed !== undefined) query = query.where('error_code', asked.failed ? 'is not' : 'is', null)
      if (asked.pageToken !== undefined) {
        const [time, id] = placeOf(asked.pageToken)
        query = query.where((eb) => eb.or([eb('time', '<', time), eb('time', '=', time).and('id', '<', id)]))
      }
      const rows = await query
        .orderBy('time', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const more = rows.length > limit && last !== undefined
      return {
        requests: page.map(requestOf),
        nextPageToken: more ? tokenOf(last.time, last.id) : undefined,
      }
    },
    /** Removes what is older than a time, and the oldest beyond a count; how many went. */
    async prune({
      before,
      keep,
    }: {
      readonly before?: number | undefined
      readonly keep?: number | undefined
    }): Promise<number> {
      let removed = 0
      if (before !== undefined) {
        const { numDeletedRows } = await db
          .deleteFrom('request_log')
          .where('time', '<', before)
          .executeTakeFirst()
        removed += Number(numDeletedRows)
      }
      if (keep !== undefined) {
        const oldest = await db
          .selectFrom('request_log')
          .select('id')
          .orderBy('id', 'desc')
          .offset(keep)
          .limit(1)
          .executeTakeFirst()
        if (oldest !== undefined) {
          const { numDeletedRows } = await db
            .deleteFrom('request_log')
            .where('id', '<=', oldest.id)
            .executeTakeFirst()
          removed += Number(numDeletedRows)
        }
      }
      return removed
    },
  }
}

const columns = {
  time: 'integer',
  model: 'text',
  version: 'text',
  request_id: 'text',
  rows: 'integer',
  queue_time: 'real',
  compute_time: 'real',
  error_code: 'text',
  inputs: 'text',
  outputs: 'text',
} as const

const valuesOf = (record: LoggedRequest): SqlValue[] => [
  record.time,
  plain(record.model),
  plain(record.version),
  record.requestId === undefined ? null : plain(record.requestId),
  record.rows,
  record.queueTime,
  record.computeTime,
  record.errorCode ?? null,
  record.inputs === undefined ? null : json(record.inputs),
  record.outputs === undefined ? null : json(record.outputs),
]

/** Names that no model has may be long; of two hundred characters one sees what was meant. */
const longestName = 200

/** Postgres takes no zero character in a text. */
const plain = (name: string): string => name.slice(0, longestName).replaceAll('\u0000', '\uFFFD')

const json = (value: unknown): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item)).replaceAll(
    String.raw`\u0000`,
    String.raw`\ufffd`,
  )

interface Row {
  readonly id: number
  readonly time: number
  readonly model: string
  readonly version: string
  readonly request_id: string | null
  readonly rows: number
  readonly queue_time: number
  readonly compute_time: number
  readonly error_code: string | null
  readonly inputs: string | null
  readonly outputs: string | null
}

const requestOf = (row: Row): RequestOfLog => ({
  id: row.id,
  time: row.time,
  model: row.model,
  version: row.version,
  requestId: row.request_id ?? undefined,
  rows: row.rows,
  queueTime: row.queue_time,
  computeTime: row.compute_time,
  errorCode: row.error_code ?? undefined,
  inputs: row.inputs === null ? undefined : (JSON.parse(row.inputs) as LoggedRequest['inputs']),
  outputs: row.outputs === null ? undefined : (JSON.parse(row.outputs) as LoggedOutputs),
})

const tokenOf = (time: number, id: number): string => Buffer.from(`${time}:${id}`).toString('base64url')

function placeOf(token: string): readonly [number, number] {
  const match = /^(\d{1,16}):(\d{1,16})$/.exec(Buffer.from(token, 'base64url').toString())
  if (match !== null) return [Number(match[1]), Number(match[2])]
  throw new UsageError(
    `The page token '${token.slice(0, 40)}' is none of the log of requests. Give the one that came with the page before, or none.`,
    { argument: 'pageToken' },
  )
}
