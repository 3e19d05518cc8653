// Opening a file of SQLite. Readers of its log (WAL) must write beside it; on a full disk or in a folder that is not ours to write, a store
// that nobody has open is read as it lies there.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type SqliteDatabase from 'libsql'
import { OverloadError, FormatError, ModelwrightError, StorageError } from '../../base/index.js'

/** Milliseconds that a statement waits for a writer in another process: no transaction of ours takes a tenth of it. */
const busyTimeout = 10_000

export interface SqliteFile {
  readonly database: SqliteDatabase.Database
  /** A file that can only be read as it lies there, and why; undefined for one that can be written. */
  readonly asItLies: AsItLies | undefined
}

export interface AsItLies {
  /** What opening it to write was told. */
  readonly reason: unknown
  /** Whether somebody has written it since. */
  hasChanged(): boolean
}

/**
 * Opens a file, which is made with its folder when it is not there.
 *
 * @throws what {@link sqliteError} gives
 */
export function openFile(Libsql: typeof SqliteDatabase, path: string): SqliteFile {
  try {
    mkdirSync(dirname(path), { recursive: true })
    return { database: openForAll(Libsql, path), asItLies: undefined }
  } catch (error) {
    const reason = sqliteError(error, path)
    if (!StorageError.is(reason) || !existsSync(path)) throw reason
    if (hasLog(path)) throw unreadLog(path, error)
    return openAsItLies(Libsql, path, reason)
  }
}

function openForAll(Libsql: typeof SqliteDatabase, path: string): SqliteDatabase.Database {
  const file = new Libsql(path)
  try {
    file.exec(`pragma busy_timeout = ${busyTimeout}`)
    file.exec('pragma journal_mode = wal')
    // With WAL, killing the process loses nothing; only a power cut may take the last moments, never the file.
    file.exec('pragma synchronous = normal')
    file.prepare('select count(*) from sqlite_master').get()
    return file
  } catch (error) {
    file.close()
    throw error
  }
}

function openAsItLies(Libsql: typeof SqliteDatabase, path: string, reason: unknown): SqliteFile {
  const before = markOf(path)
  try {
    const database = new Libsql(`${pathToFileURL(path).href}?immutable=1`)
    database.prepare('select count(*) from sqlite_master').get()
    return { database, asItLies: { reason, hasChanged: () => hasLog(path) || markOf(path) !== before } }
  } catch {
    throw reason
  }
}

/** Whether there are changes that are not in the file itself yet. */
const hasLog = (path: string): boolean => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0

function markOf(path: string): string {
  const { mtimeMs, size, ino } = statSync(path, { throwIfNoEntry: false }) ?? {}
  return `${mtimeMs} ${size} ${ino}`
}

function unreadLog(path: string, error: unknown): StorageError {
  return new StorageError(
    `The store '${path}' cannot be opened (${(error as Error).message}): its last changes are in '${path}-wal', and to read them something must be written beside it. Free space, or copy both files into a folder that can be written and give that by the option 'store' or MODELWRIGHT_STORE (--store).`,
    { path },
    error,
  )
}

/** SQLite's words for what the user can do something about. */
export function sqliteError(error: unknown, path: string): unknown {
  if (ModelwrightError.is(error)) return error
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
  ['EACCES', 'ENOENT', 'ENOSPC', 'EROFS', 'ENOTDIR', 'EEXIST', 'EPERM'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  )
