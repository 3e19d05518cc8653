// Opens any source for reading.
import { DataError, UsageError } from '../../base/index.js'
import { emptyQuery, queryNames } from '../duckdb/index.js'
import { type CsvOptions, openCsv } from './csv-scan.js'
import { type Located, locate } from './locate.js'
import { checkNames } from './names.js'
import type { Scan } from './scan.js'
import { type Spooled, spoolAsUtf8 } from './spool.js'
import { openRelation, openTyped } from './typed-scan.js'

/** How text files are written. */
export type TextEncoding = 'utf-8' | 'latin-1'

export interface OpenOptions extends CsvOptions {
  /** A query over files, instead of a source; or over the source, which it calls `source`. */
  readonly sql?: string | undefined
  /** Of text files; UTF-16 is seen from its byte order mark. @default 'utf-8' */
  readonly encoding?: TextEncoding | undefined
}

/**
 * Opens a path, a glob, `-` for standard input, or a query.
 *
 * @throws {@link NotFoundError}, {@link DataError}, {@link FormatError} or {@link UsageError} with what to do
 */
export async function openScan(source: string | undefined, options: OpenOptions): Promise<Scan> {
  const { sql, signal } = options
  signal?.throwIfAborted()
  if (source === undefined || source === '') return openQuery(requireSql(sql), undefined, signal)
  const scan = await openFiles(await readableText(await locate(source, signal), options), options)
  if (sql === undefined) return scan
  try {
    const query = await openQuery(sql, scan, signal)
    // Only now: what is wrong with the query itself is said first.
    requireUse(sql, source)
    return { ...query, decimalComma: scan.decimalComma === true, close: () => scan.close() }
  } catch (error) {
    await scan.close()
    throw error
  }
}

/** A query beside a source is over it: one that does not name it has been given by mistake, or the source has. */
function requireUse(sql: string, source: string): void {
  if (/\bsource\b/i.test(sql.replaceAll(/'[^']*'/g, ''))) return
  throw new UsageError(
    `The query does not use the source '${source}', which it calls source: select … from source. Do so, or leave out one of the two.`,
    { argument: 'sql' },
  )
}

function requireSql(sql: string | undefined): string {
  if (sql !== undefined) return sql
  throw new DataError('There is nothing to read: neither a source nor a query was given. Name a file.', {})
}

async function openQuery(
  sql: string,
  over: Scan | undefined,
  signal: AbortSignal | undefined,
): Promise<Scan> {
  const subject = 'The query'
  const query = sql.trim().replace(/[;\s]+$/, '')
  // Over a source the engine would see half a sentence and call it wrong at a parenthesis that is ours.
  if (query === '') throw emptyQuery(subject)
  const names = over?.columns.map(({ name }) => name)
  const named = over === undefined ? '' : `with source as (${over.sql(names!)}) `
  // Inside parentheses the engine renames repeated names, so they are looked for outside; a query that brings its own
  // `with` cannot take ours before it.
  if (named === '' || /^(select|from)\b/i.test(query)) {
    checkNames(await queryNames(`${named}${query}`, { subject, signal }), subject)
  }
  return openRelation(`(${named}from (${query}\n))`, { subject, signal })
}

async function openFiles(located: Located, options: OpenOptions): Promise<Scan> {
  try {
    if (located.format === 'csv') return await openCsv(located, options)
    return { ...(await openTyped(located, options)), sparse: located.format === 'json' }
  } catch (error) {
    await located.close()
    throw error
  }
}

/** The same files as UTF-8. */
async function readableText(located: Located, { encoding = 'utf-8' }: OpenOptions): Promise<Located> {
  const seen = located.head.encoding
  if (located.format === 'parquet' || (seen === 'utf-8' && encoding === 'utf-8')) return located
  const from = seen === 'utf-8' ? 'latin1' : seen
  const spooled: Spooled[] = []
  const close = async (): Promise<void> => {
    for (const file of spooled) await file.remove()
    await located.close()
  }
  try {
    for (const file of located.files) spooled.push(await spoolAsUtf8(file, from, located.head.compressed))
    const again = await locate(spooled[0]!.path)
    return {
      ...again,
      format: located.format,
      files: spooled.map(({ path }) => path),
      subject: located.subject,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
