// DuckDB's errors in our words: what failed, where, what to do. Its advice names options that our users do not have.
import {
  DataError,
  FormatError,
  ModelwrightError,
  NotFoundError,
  quote,
  StorageError,
  UsageError,
} from '../../base/index.js'

interface Rule {
  readonly when: RegExp
  error(subject: string, match: RegExpExecArray, cause: unknown): Error
}

/** What users write wrongly in a query, which the engine does not call an error of the query. */
const queryRules: readonly Rule[] = [
  {
    when: /Values were not provided for the following prepared statement parameters: ([\d, ]+)/,
    error: (subject, [, numbers], cause) =>
      misused(
        `${subject}: question mark ${numbers!.trim()} of the query has no value. Give one value for each, in their order: where('price > ? and city = ?', [5, 'Oslo']).`,
        { subject, cause },
      ),
  },
  {
    when: /Can not bind to parameter number \d+, statement only has (\d+)/,
    error: (subject, [, count], cause) =>
      misused(
        `${subject}: there are more values than question marks in the query, which has ${count}. Give one value for each.`,
        { subject, cause },
      ),
  },
  {
    when: /Cannot create values of type/,
    error: (subject, _match, cause) =>
      misused(
        `${subject}: a value for a question mark is none that SQL knows, expected a text, number, boolean, bigint or null. Give a date as text: where('day > ?', ['2026-01-31']).`,
        { subject, cause },
      ),
  },
  {
    when: /No statement to prepare/,
    error: (subject, _match, cause) => emptyQuery(subject, cause),
  },
  {
    when: /Cannot prepare multiple statements|syntax error at or near ";"/,
    error: (subject, _match, cause) =>
      misused(
        `${subject} holds more than one statement, expected a single query. Remove what stands behind the first semicolon.`,
        { subject, cause },
      ),
  },
]

export const emptyQuery = (subject: string, cause?: unknown): UsageError =>
  misused(`${subject} is empty, expected SQL. Write one such as: select * from 'sales.csv'.`, {
    subject,
    cause,
  })

const misused = (message: string, { subject, cause }: { subject: string; cause: unknown }): UsageError =>
  new UsageError(message, { argument: subject }, cause)

const rules: readonly Rule[] = [
  ...queryRules,
  {
    when: /Error when converting column "([\s\S]*?)"\. Could not convert string ("[\s\S]*?") to/,
    error: (subject, [, column, value], cause) =>
      new DataError(
        `${subject}: column '${column}' holds ${quote(value)}, expected a number as in the first rows. Correct that cell.`,
        { column, conversion: true },
        cause,
      ),
  },
  {
    when: /Could not convert string ['"]([\s\S]*?)['"] to DOUBLE/,
    error: (subject, [, value], cause) =>
      new DataError(
        `${subject}: ${quote(value)} stands where a number is expected. Correct that cell, or read it as text.`,
        { conversion: true },
        cause,
      ),
  },
  {
    when: /Maximum line size/i,
    error: (subject, _match, cause) =>
      new DataError(
        `${subject}: a line is longer than the reader takes. Check its quotes, or leave that text out.`,
        { lineTooLong: true },
        cause,
      ),
  },
  {
    when: /Error on Line: (\d+)[\s\S]*Expected Number of Columns: (\d+) Found: (\d+)/,
    error: (subject, [, line, expected, found], cause) =>
      new DataError(
        `${subject}: line ${line} has ${found} values, expected ${expected} as in the header. Repair that line (a missing or stray separator or quote; or a file that was cut off).`,
        { line: Number(line), expected: Number(expected), received: Number(found) },
        cause,
      ),
  },
  {
    when: /(?:Error on Line: (\d+)[\s\S]*)?(?:Invalid unicode|not utf-8)/i,
    error: (subject, [, line], cause) =>
      new DataError(
        `${subject}: ${line === undefined ? 'the text' : `line ${line}`} is not UTF-8. If the file is Latin-1 (older Windows and Excel exports), pass { encoding: 'latin-1' } (--encoding latin-1) or convert it: iconv -f latin1 -t utf-8.`,
        { line: line === undefined ? undefined : Number(line) },
        cause,
      ),
  },
  {
    when: /Error on Line: (\d+)[\s\S]*(?:unterminated quote|invalid state)/i,
    error: (subject, [, line], cause) =>
      new DataError(
        `${subject}: a quote (") that opens in line ${line} is never closed properly. Close it, or double quotes that belong to the text.`,
        { line: Number(line), quote: true },
        cause,
      ),
  },
  {
    when: /requires the extension (\w+)|extension "?(\w+)"? (?:is not|could not)|Missing Extension/i,
    error: (subject, match, cause) => {
      const extension = match[1] ?? match[2] ?? 'needed'
      return new UsageError(
        `${subject}: DuckDB's extension '${extension}' is needed and is not loaded, as nothing is fetched from the network by itself. Download the file first, or convert it to CSV or Parquet.`,
        { argument: subject, extension },
        cause,
      )
    },
  },
  {
    when: /No files found that match|does not exist|Cannot open file/i,
    error: (subject, _match, cause) =>
      new NotFoundError(
        `${subject}: a file, table or column in it was not found: ${firstLine(cause)} Check the name and the folder.`,
        { kind: 'source', id: subject },
        cause,
      ),
  },
  {
    when: /Parser Error|Binder Error|Catalog Error/,
    error: (subject, _match, cause) =>
      new UsageError(
        `${subject}: the query is not valid: ${firstLine(cause)} Correct the SQL.`,
        { argument: subject },
        cause,
      ),
  },
  {
    when: /schema mismatch in glob|mismatch.*between.*files/i,
    error: (subject, _match, cause) =>
      new DataError(
        `${subject}: the files do not have the same columns: ${firstLine(cause)} Read files of one layout together.`,
        { source: subject },
        cause,
      ),
  },
  {
    when: /too small to be a Parquet|No magic bytes|Parquet|TProtocolException|thrift/i,
    error: (subject, _match, cause) =>
      new FormatError(
        `${subject}: this is not a whole Parquet file: ${firstLine(cause)} It may have been cut off; copy or export it again.`,
        { format: 'parquet' },
        cause,
      ),
  },
  {
    when: /Malformed JSON|JSON/,
    error: (subject, _match, cause) =>
      new FormatError(
        `${subject}: this is not valid JSON: ${firstLine(cause)} Expected one object per line, or one array of objects.`,
        { format: 'json' },
        cause,
      ),
  },
  {
    when: /gzip|GZIP|miniz|decompress|zstd/i,
    error: (subject, _match, cause) =>
      new FormatError(
        `${subject}: the compressed file is damaged or cut off. Copy or compress it again.`,
        { format: 'gzip' },
        cause,
      ),
  },
  {
    when: /Out of Memory|No space left|could not write|temporary/i,
    error: (subject, _match, cause) =>
      new StorageError(
        `${subject}: memory or disk space ran out: ${firstLine(cause)} Free some space, or read fewer columns.`,
        { path: subject },
        cause,
      ),
  },
]

const firstLine = (error: unknown): string => {
  const line = messageOf(error)
    .split('\n')[0]!
    .replace(/^(?:[\w ]+ Error: )+/, '')
    .trim()
  // 300 characters hold DuckDB's sentence without the file's content that may follow it.
  return `${line.slice(0, 300).replace(/[.!]$/, '')}.`
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The error to throw instead of DuckDB's; ours pass through. */
export function engineError(error: unknown, subject: string): unknown {
  if (ModelwrightError.is(error)) return error
  const message = messageOf(error)
  for (const rule of rules) {
    const match = rule.when.exec(message)
    if (match !== null) return rule.error(subject, match, error)
  }
  return new DataError(
    `${subject}: it could not be read: ${firstLine(error)} Check the file.`,
    { source: subject },
    error,
  )
}
