// The only door to SQLite (libsql). Its functions answer at once, so there is one connection, and transactions wait for each other in a
// queue; other processes write to the same file between them (WAL).
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
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
import { FormatError, InternalError, OverloadError, StorageError } from '../../base/index.js'
import type { BulkInsert, ColumnInsert, Database, SqlValue } from './database.js'
import type { Schema } from './schema.js'

/** Milliseconds that a statement waits for a writer in another process: no transaction of ours takes a tenth of it. */
const busyTimeout = 10_000
/** Compiled statements that are kept: the store has some hundred, searches make new ones without end. */
const keptStatements = 256
/** Rows of one insert: ten to fifty were the fastest when tried (0.7 million rows a second), a thousand a tenth slower. */
const rowsPerInsert = 50

type Statement = SqliteDatabase.Statement<unknown[]>

/** Opens the file, which is made with its folder when it is not there. */
export async function openSqlite(path: string): Promise<Database> {
  const { default: Libsql } = await import('libsql')
  const file = openFile(Libsql, path)
  const connection = connectionOf(file)
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driverOf(file, connection),
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

function openFile(Libsql: typeof SqliteDatabase, path: string): SqliteDatabase.Database {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = new Libsql(path)
    file.exec(`pragma busy_timeout = ${busyTimeout}`)
    file.exec('pragma journal_mode = wal')
    // With WAL, killing the process loses nothing; only a power cut may take the last moments, never the file.
    file.exec('pragma synchronous = normal')
    return file
  } catch (error) {
    throw sqliteError(error, path)
  }
}

interface SqliteConnection extends DatabaseConnection {
  statement(sql: string): Statement
}

function connectionOf(file: SqliteDatabase.Database): SqliteConnection {
  const statements = new Map<string, Statement>()
  const statement = (sql: string): Statement => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const made = file.prepare(sql)
    if (statements.size >= keptStatements) statements.delete(statements.keys().next().value!)
    statements.set(sql, made)
    return made
  }
  return {
    statement,
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

function driverOf(file: SqliteDatabase.Database, connection: SqliteConnection): Driver {
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
    rollbackTransaction: run('rollback'),
    releaseConnection: () => Promise.resolve(release()),
    async destroy() {
      await last
      file.close()
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

/** SQLite's words for what the user can do something about. */
function sqliteError(error: unknown, path: string): unknown {
  const { code = '', message = '' } = error as { code?: string; message?: string }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new OverloadError(
      `The store '${path}' is being written by another process, for longer than ${busyTimeout / 1000} s. Try again.`,
      { retryAfter: 1, reason: 'store' },
      error,
    )
  }
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    return new FormatError(
      `The store '${path}' is no SQLite database, or a damaged one (${message}). Give another file by the option 'store' or MODELWRIGHT_STORE (--store), or bring back a copy.`,
      { format: 'modelwright-store', path },
      error,
    )
  }
  // A file that cannot be opened is told without a code.
  const unopened = message.startsWith('ConnectionFailed')
  if (unopened || /^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|PERM)/.test(code) || isFileError(error)) {
    return new StorageError(
      `The store '${path}' cannot be written (${message}). Free space or give another file by the option 'store' or MODELWRIGHT_STORE (--store).`,
      { path },
      error,
    )
  }
  return error
}

const isFileError = (error: unknown): boolean =>
  ['EACCES', 'ENOSPC', 'EROFS', 'ENOTDIR', 'EEXIST', 'EPERM'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
