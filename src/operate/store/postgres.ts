// The only door to Postgres (pg).
import { CompiledQuery, Kysely, PostgresDialect, type PostgresPool, type Transaction } from 'kysely'
import { OverloadError, StorageError, UsageError } from '../../base/index.js'
import type { BulkInsert, ColumnInsert, Database } from './database.js'
import { LostConnection, wasCommitted, withoutLost } from './lost-connection.js'
import type { Schema } from './schema.js'
import { withoutSecrets } from './store-url.js'

/** Connections of one process: queries are short, and a server of Postgres has a hundred for everybody by default. */
const connections = 8
/** Milliseconds after which a server that does not answer counts as away. */
const connectTimeout = 5000

/** Milliseconds of silence after which a connection is asked for a sign of life. */
const keepAliveDelay = 10_000
/**
 * Milliseconds after which a silent server counts as lost, in the middle of a query: with the wait for a connection a request is answered
 * within twenty seconds, a third of what clients wait, and thirty times what the largest of our statements takes on a busy machine.
 * `?query_timeout=` in the address says otherwise.
 */
const queryTimeout = 15_000

/** Rows of one insert: they take half a second, where a million would be silent for ten. */
const rowsPerInsert = 50_000

/** Opens a database by its address, `postgres://user:password@host:port/name`. */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeout,
    application_name: 'modelwright',
    // A server whose machine is gone says nothing more: without a sign of life its connections would wait for a quarter of an hour.
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveDelay,
    query_timeout: queryTimeout,
    // A program that is done ends, also when it forgot to close its store.
    allowExitOnIdle: true,
    types: { getTypeParser: parserOf(pg.types.getTypeParser as TypeParsers) },
  })
  // A connection that breaks while nobody uses it: the pool makes a new one.
  pool.on('error', () => undefined)
  // One that breaks while it is used tells its query, and itself besides: an event that nobody hears ends the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const connected = withoutLost(pool)
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: connected }) })
  return {
    dialect: 'postgres',
    db,
    write: (work) => write(db, connected, work),
    bulkInsert,
    insertColumns,
    explain: (error) => postgresError(error, url),
    close: () => db.destroy(),
  }
}

/** A transaction; when its end was not heard, the server is asked how it ended. */
async function write<T>(
  db: Kysely<Schema>,
  pool: PostgresPool,
  work: (queries: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  let result: T
  try {
    return await db.transaction().execute(async (queries) => (result = await work(queries)))
  } catch (error) {
    if (!(error instanceof LostConnection) || error.transaction === undefined) throw error
    const committed = await wasCommitted(pool, error.transaction)
    if (committed === undefined) throw error
    if (committed) return result!
    throw new LostConnection(error.cause, false)
  }
}

type TypeParsers = (oid: number, format?: 'text' | 'binary') => (text: string) => unknown

/** int8 in the system catalog (pg_type.oid). */
const bigintType = 20

/** Times and counts fit a double exactly: 2⁵³ ms are 285,000 years. */
const parserOf =
  (others: TypeParsers): TypeParsers =>
  (oid, format) =>
    oid === bigintType ? Number : others(oid, format)

async function bulkInsert(queries: Transaction<Schema>, { values, ...insert }: BulkInsert): Promise<void> {
  const width = Object.keys(insert.columns).length
  const rows = values.length / width
  const lists = Array.from({ length: width }, (_, j) =>
    Array.from({ length: rows }, (_row, i) => values[i * width + j]!),
  )
  await insertColumns(queries, { ...insert, rows, lists })
}

/** Arrays column by column: one statement for any number of rows, and 65,535 parameters are no limit. */
async function insertColumns(
  queries: Transaction<Schema>,
  { table, columns, lists, rows, suffix }: ColumnInsert,
): Promise<void> {
  const types = { text: 'text', integer: 'bigint', real: 'double precision' } as const
  const names = Object.keys(columns)
  const sources = names.map((name, j) => {
    const type = types[columns[name]!]
    const expression = typeof lists[j] === 'number' ? `$${j + 1}::${type}` : `t.c${j}`
    return {
      expression,
      list: typeof lists[j] === 'number' ? undefined : `$${j + 1}::${type}[]`,
      column: `c${j}`,
    }
  })
  const unnested = sources.filter(({ list }) => list !== undefined)
  const text = `insert into ${table} (${names.join(', ')}) select ${sources.map(({ expression }) => expression).join(', ')}
    from unnest(${unnested.map(({ list }) => list).join(', ')}) as t(${unnested.map(({ column }) => column).join(', ')}) ${suffix}`
  for (let start = 0; start < rows; start += rowsPerInsert) {
    const parameters = lists.map((list) =>
      typeof list === 'number' ? list : Array.prototype.slice.call(list, start, start + rowsPerInsert),
    )
    await queries.executeQuery(CompiledQuery.raw(text, parameters as unknown[]))
  }
}

/** Classes of SQLSTATE: 08 connection, 53 resources, 57P administration; and the codes of sockets. */
const away = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/
const diskFull = '53100'

/** Postgres' words for what the user can do something about. */
function postgresError(error: unknown, url: string): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  const where = withoutSecrets(url)
  if (code === diskFull) {
    return new StorageError(
      `The store '${where}' has no room (${message}); nothing was written. Free space on the disk of Postgres and try again.`,
      { path: where },
      error,
    )
  }
  const lost = error instanceof LostConnection
  if (lost || away.test(code) || /timeout|terminated/i.test(message)) {
    const maybe = lost && error.maybeWritten
    const outcome = maybe
      ? 'whether this was written is not known: look for it before you write it again'
      : 'nothing was written, try again'
    return new OverloadError(
      `The store '${where}' does not answer (${message || code}). Check that Postgres runs; ${outcome}.`,
      { retryAfter: 5, reason: 'store', written: maybe ? 'unknown' : false },
      error,
    )
  }
  if (/^(28|3D)/.test(code)) {
    return new UsageError(
      `The store '${where}' cannot be opened (${message}). Check user, password and database in the address.`,
      { argument: 'store' },
      error,
    )
  }
  return error
}
