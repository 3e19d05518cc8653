// The only door to Postgres (pg).
import { CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely'
import { OverloadError, UsageError } from '../../base/index.js'
import type { BulkInsert, Database, SqlValue } from './database.js'
import type { Schema } from './schema.js'

/** Connections of one process: queries are short, and a server of Postgres has a hundred for everybody by default. */
const connections = 8
/** Milliseconds after which a server that does not answer counts as away. */
const connectTimeout = 5000

/** Opens a database by its address, `postgres://user:password@host:port/name`. */
export async function openPostgres(url: string): Promise<Database> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeout,
    application_name: 'modelwright',
    types: { getTypeParser: parserOf(pg.types.getTypeParser as TypeParsers) },
  })
  // A connection that breaks while nobody uses it: the pool makes a new one.
  pool.on('error', () => undefined)
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return {
    dialect: 'postgres',
    db,
    write: (work) => db.transaction().execute(work),
    bulkInsert,
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

/** Arrays column by column: one statement for any number of rows, and 65,535 parameters are no limit. */
async function bulkInsert(queries: Transaction<Schema>, insert: BulkInsert): Promise<void> {
  const { table, columns, values, suffix } = insert
  const names = Object.keys(columns)
  const types = { text: 'text', integer: 'bigint', real: 'double precision' } as const
  const arrays = names.map((_, j) => {
    const column: SqlValue[] = []
    for (let i = j; i < values.length; i += names.length) column.push(values[i]!)
    return column
  })
  const sources = names.map((name, j) => `$${j + 1}::${types[columns[name]!]}[]`)
  const text = `insert into ${table} (${names.join(', ')}) select * from unnest(${sources.join(', ')}) ${suffix}`
  await queries.executeQuery(CompiledQuery.raw(text, arrays))
}

/** Classes of SQLSTATE: 08 connection, 53 resources, 57P administration; and the codes of sockets. */
const away = /^(08|53|57P)|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/

/** What the address says without its password. */
const shown = (url: string): string => url.replace(/\/\/[^@/]*@/, '//')

/** Postgres' words for what the user can do something about. */
function postgresError(error: unknown, url: string): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (away.test(code) || /timeout|terminated/i.test(message)) {
    return new OverloadError(
      `The store '${shown(url)}' does not answer (${message || code}). Check that Postgres runs; nothing was written, try again.`,
      { retryAfter: 5, reason: 'store' },
      error,
    )
  }
  if (/^(28|3D)/.test(code)) {
    return new UsageError(
      `The store '${shown(url)}' cannot be opened (${message}). Check user, password and database in the address.`,
      { argument: 'store' },
      error,
    )
  }
  return error
}
