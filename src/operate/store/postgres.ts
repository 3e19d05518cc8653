// The only door to Postgres (pg).
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely'
import { OverloadError, UsageError } from '../../base/index.js'
import type { BulkInsert, ColumnInsert, Database } from './database.js'
import type { Schema } from './schema.js'
import { withoutSecrets } from './store-url.js'

/** Connections of one process: queries are short, and a server of Postgres has a hundred for everybody by default. */
const connections = 8
/** Milliseconds after which a server that does not answer counts as away. */
const connectTimeout = 5000

/** Milliseconds of silence after which a connection is asked for a sign of life. */
const keepAliveDelay = 10_000
/** Milliseconds after which a query counts as lost: what answers requests ends after a minute, and sweeps take seconds. */
const queryTimeout = 120_000

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
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return {
    dialect: 'postgres',
    db,
    write: (work) => db.transaction().execute(work),
    bulkInsert,
    insertColumns,
    explain: (error) => postgresError(error, url),
    close: () => db.destroy(),
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
  { table, columns, lists, suffix }: ColumnInsert,
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
  const parameters = lists.map((list) => (typeof list === 'number' ? list : Array.from(list)))
  await queries.executeQuery(CompiledQuery.raw(text, parameters))
}

/** Classes of SQLSTATE: 08 connection, 53 resources, 57P administration; and the codes of sockets. */
const away = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/

/** Postgres' words for what the user can do something about. */
function postgresError(error: unknown, url: string): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (away.test(code) || /timeout|terminated|not queryable/i.test(message)) {
    return new OverloadError(
      `The store '${withoutSecrets(url)}' does not answer (${message || code}). Check that Postgres runs; nothing was written, try again.`,
      { retryAfter: 5, reason: 'store' },
      error,
    )
  }
  if (/^(28|3D)/.test(code)) {
    return new UsageError(
      `The store '${withoutSecrets(url)}' cannot be opened (${message}). Check user, password and database in the address.`,
      { argument: 'store' },
      error,
    )
  }
  return error
}
