// The only door to SQLite (libsql). Its functions answer at once, so there is one connection, and transactions wait for each other in a
// queue; other processes write to the same file between them (WAL).
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Transaction,
} from 'kysely'
import type SqliteDatabase from 'libsql'
import { InternalError } from '../../base/index.js'
import type { BulkInsert, ColumnInsert, Database, SqlValue } from './database.js'
import type { Schema } from './schema.js'
import { type AsItLies, openFile, sqliteError, type SqliteFile } from './sqlite-file.js'

/** Compiled statements that are kept: the store has some hundred, searches make new ones without end. */
const keptStatements = 256
/** Rows of one insert: ten to fifty were the fastest when tried (0.7 million rows a second), a thousand a tenth slower. */
const rowsPerInsert = 50

type Statement = SqliteDatabase.Statement<unknown[]>

/** Opens the file, which is made with its folder when it is not there. */
export async function openSqlite(path: string): Promise<Database> {
  const { default: Libsql } = await import('libsql')
  const connection = connectionOf(() => openFile(Libsql, path))
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driverOf(connection),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return {
    dialect: 'sqlite',
    db,
    write: (work) => db.transaction().execute(work),
    bulkInsert,
    insertColumns,
    explain: (error) => sqliteError(error, path),
    close: () => db.destroy(),
  }
}

interface SqliteConnection extends DatabaseConnection {
  isInTransaction(): boolean
  close(): void
}

function connectionOf(open: () => SqliteFile): SqliteConnection {
  let file = open()
  const statements = new Map<string, Statement>()
  /** A file that can only be read as it lies is opened again when it changed, and before anything is written: there may be space now. */
  const refresh = ({ hasChanged }: AsItLies, sql: string): void => {
    const reads = /^(select|with) /.test(sql)
    if (reads && !hasChanged()) return
    const next = open()
    statements.clear()
    file.database.close()
    file = next
    if (!reads && file.asItLies !== undefined) throw file.asItLies.reason
  }
  const statement = (sql: string): Statement => {
    if (file.asItLies !== undefined) refresh(file.asItLies, sql)
    const known = statements.get(sql)
    if (known !== undefined) return known
    const made = file.database.prepare(sql)
    if (statements.size >= keptStatements) statements.delete(statements.keys().next().value!)
    statements.set(sql, made)
    return made
  }
  return {
    isInTransaction: () => file.database.inTransaction,
    close: () => file.database.close(),
    executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      try {
        const prepared = statement(sql)
        if (prepared.reader) return Promise.resolve({ rows: prepared.all(parameters) as R[] })
        const { changes, lastInsertRowid } = prepared.run(parameters)
        return Promise.resolve({
          rows: [],
          numAffectedRows: BigInt(changes),
          insertId: BigInt(lastInsertRowid),
        })
      } catch (error) {
        return Promise.reject(error as Error)
      }
    },
    // oxlint-disable-next-line require-yield -- an answer in parts is of no use where all of it is there at once
    async *streamQuery() {
      throw new InternalError('SQLite gives no results in parts.')
    },
  }
}

function driverOf(connection: SqliteConnection): Driver {
  let last: Promise<void> = Promise.resolve()
  let release: () => void = () => undefined
  const run = (sql: string) => async (): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      const before = last
      let open: () => void = () => undefined
      last = new Promise((resolve) => {
        open = resolve
      })
      await before
      release = open
      return connection
    },
    // A transaction that begins by reading could not write any more once another process has written.
    beginTransaction: run('begin immediate'),
    commitTransaction: run('commit'),
    // A full disk ends a transaction by itself, and has nothing left to take back.
    rollbackTransaction: async () => (connection.isInTransaction() ? run('rollback')() : undefined),
    releaseConnection: () => Promise.resolve(release()),
    async destroy() {
      await last
      connection.close()
    },
  }
}

async function bulkInsert(queries: Transaction<Schema>, insert: BulkInsert): Promise<void> {
  const width = Object.keys(insert.columns).length
  const size = rowsPerInsert * width
  for (let start = 0; start < insert.values.length; start += size) {
    const values = insert.values.slice(start, start + size)
    await queries.executeQuery(
      CompiledQuery.raw(insertText(insert, values.length / width), values as SqlValue[]),
    )
  }
}

async function insertColumns(queries: Transaction<Schema>, insert: ColumnInsert): Promise<void> {
  const { lists, rows } = insert
  for (let start = 0; start < rows; start += rowsPerInsert) {
    const count = Math.min(rowsPerInsert, rows - start)
    const values: SqlValue[] = []
    for (let i = start; i < start + count; i++)
      for (const list of lists) values.push(typeof list === 'number' ? list : list[i]!)
    await queries.executeQuery(CompiledQuery.raw(insertText(insert, count), values))
  }
}

/** Texts of statements that have come before: at most fifty for each table. */
const texts = new Map<string, string>()

function insertText({ table, columns, suffix }: Omit<BulkInsert, 'values'>, rows: number): string {
  const names = Object.keys(columns).join(', ')
  const key = `${table} ${rows} ${names} ${suffix}`
  const known = texts.get(key)
  if (known !== undefined) return known
  const row = `(${names.replaceAll(/\w+/g, '?')})`
  const text = `insert into ${table} (${names}) values ${Array.from({ length: rows }, () => row).join(', ')} ${suffix}`
  texts.set(key, text)
  return text
}
