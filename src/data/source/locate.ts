// From what the user typed to files that exist and a format: the errors of the first metre.
import { existsSync, statSync } from 'node:fs'
import { DataError, NotFoundError, UsageError } from '../../base/index.js'
import { queryRows, quoteText } from '../duckdb/index.js'
import { type Head, readHead } from './head.js'
import { spoolStandardInput } from './spool.js'

export type Format = 'csv' | 'parquet' | 'json'

export interface Located {
  readonly format: Format
  /** At least one; all of one format. */
  readonly files: readonly string[]
  readonly subject: string
  /** The first bytes of the first file, decompressed. */
  readonly head: Head
  close(): Promise<void>
}

const nothing = async (): Promise<void> => {}

/**
 * Finds the files behind a source: a path, a glob, or `-` for standard input.
 *
 * @throws {@link NotFoundError} when there is none, with what to do
 */
export async function locate(source: string, signal?: AbortSignal): Promise<Located> {
  if (source === '-') {
    const spooled = await spoolStandardInput(signal)
    return describe([spooled.path], 'standard input', spooled.remove)
  }
  refuse(source)
  if (existsSync(source)) {
    if (statSync(source).isDirectory()) {
      throw new DataError(
        `'${source}' is a folder, expected a file. Name a file in it, or several at once: '${source.replace(/\/$/, '')}/*.csv'.`,
        { source },
      )
    }
    return describe([source], `'${source}'`, nothing)
  }
  const files = await filesOf(source, signal)
  if (files.length === 0) throw notFound(source)
  return describe(files, `'${source}'`, nothing)
}

/** The files that a path or glob names; none for standard input, or where there is none. */
export async function filesOf(source: string, signal?: AbortSignal): Promise<readonly string[]> {
  if (source === '-') return []
  if (existsSync(source)) return [source]
  if (!isPattern(source)) return []
  const rows = await queryRows(`select file from glob(${quoteText(source)}) order by file`, {
    signal,
    subject: `'${source}'`,
  })
  return rows.map((row) => String(row[0]))
}

const isPattern = (source: string): boolean => /[*?[]/.test(source)

function notFound(pattern: string): NotFoundError {
  return new NotFoundError(
    isPattern(pattern)
      ? `No file matches '${pattern}'. Check the pattern and the folder.`
      : `There is no file '${pattern}'. Check the name; paths start at the working directory.`,
    { kind: 'source', id: pattern },
  )
}

function refuse(source: string): void {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(source)?.[1]
  if (scheme !== undefined && scheme !== 'file') {
    throw new UsageError(
      `'${source}': reading over ${scheme} is off, as nothing is fetched from the network by itself. Download the file first (curl -O …), or pipe it in: curl … | modelwright … -`,
      { argument: source },
    )
  }
  const other = /\.(xlsx?|ods|sqlite3?|db|duckdb|arrow|feather|sav|dta|zst|bz2|xz|zip|7z)$/i.exec(source)?.[1]
  if (other !== undefined && existsSync(source)) {
    throw new UsageError(
      `'${source}': .${other} files cannot be read. Save it as CSV, Parquet or JSON (CSV and JSON also with gzip).`,
      { argument: source },
    )
  }
}

async function describe(
  files: readonly string[],
  subject: string,
  close: () => Promise<void>,
): Promise<Located> {
  try {
    const first = files[0]!
    const head = await readHead(first, subject)
    if (head.bytes.length === 0) {
      throw new DataError(
        `${subject} is empty, expected a header and rows. Check how the file was written.`,
        {
          source: subject,
        },
      )
    }
    return { format: formatOf(first, head), files, subject, head, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** By extension, and by content where the extension says nothing. */
function formatOf(file: string, head: Head): Format {
  if (head.bytes.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet'
  const extension = /\.(\w+)(?:\.gz)?$/.exec(file.toLowerCase())?.[1] ?? ''
  if (['parquet', 'pq'].includes(extension)) return 'parquet'
  if (['json', 'jsonl', 'ndjson', 'geojson'].includes(extension)) return 'json'
  if (['csv', 'tsv', 'txt', 'tab', 'psv', 'data'].includes(extension)) return 'csv'
  return /^\s*[[{]/.test(head.bytes.subarray(0, 200).toString('utf8')) ? 'json' : 'csv'
}
