// Pages by keys: a page begins behind the last row of the one before, wherever that now stands. No row is counted off.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { UsageError } from '../../../base/index.js'
import { real, type Sql } from './conditions.js'

/** What rows are ordered by; never null. */
export interface SortKey {
  readonly expression: Sql
  readonly type: 'text' | 'integer' | 'real'
  readonly descending: boolean
}

type SortValue = string | number

/** A page that is asked for. */
export interface PageQuery {
  /** All that decides which rows there are, and in which order: a token of another query is refused. */
  readonly query: unknown
  readonly keys: readonly SortKey[]
  readonly maxResults: number
  /** Of the page before; none, or an empty one, asks for the first. */
  readonly token: string | undefined
}

const sortColumn = (i: number): string => `sort_${i}`

/** The values that rows are ordered by, to be selected beside their columns. */
export const sortColumns = ({ keys }: PageQuery): Sql =>
  sql.join(keys.map(({ expression }, i) => sql`${expression} as ${sql.ref(sortColumn(i))}`))

/** Conditions for rows behind the page before: none, or one. @throws {@link UsageError} when the token is not of this query */
export const behindPage = ({ query, keys, token }: PageQuery): Sql<boolean>[] =>
  token === undefined || token === '' ? [] : [isBehind(keys, readPageToken(query, keys, token))]

/** The end of the statement: in order, and one row more than the page has, which tells whether there is another page. */
export const pageEnd = ({ keys, maxResults }: PageQuery): Sql =>
  sql`order by ${orderBy(keys)} limit ${maxResults + 1}`

/** The rows of the page, and the token of the next one. */
export function pageOf<R extends object>(
  rows: readonly R[],
  { query, keys, maxResults }: PageQuery,
): { readonly page: R[]; readonly nextPageToken: string | undefined } {
  const page = rows.slice(0, maxResults)
  if (rows.length <= maxResults) return { page, nextPageToken: undefined }
  const last = page.at(-1) as Readonly<Record<string, SortValue>>
  const values = keys.map((_, i) => last[sortColumn(i)]!)
  return { page, nextPageToken: pageToken(query, values) }
}

/** The part of an ORDER BY. */
const orderBy = (keys: readonly SortKey[]): Sql =>
  sql.join(keys.map(({ expression, descending }) => sql`${expression} ${descending ? sql`desc` : sql`asc`}`))

/** True for rows that stand behind the one with these values: the first key that differs decides. Flat, as SQLite reads 100 brackets deep. */
function isBehind(keys: readonly SortKey[], values: readonly SortValue[]): Sql<boolean> {
  const bound = keys.map(({ type }, i) => (type === 'real' ? real(values[i] as number) : sql`${values[i]}`))
  const cases = keys.map(
    ({ expression, descending }, i) =>
      sql`when ${expression} <> ${bound[i]} then ${expression} ${descending ? sql`<` : sql`>`} ${bound[i]}`,
  )
  // Said once more for the first key, so that an index on it is entered at the right place.
  const { expression, descending } = keys[0]!
  return sql<boolean>`(${expression} ${descending ? sql`<=` : sql`>=`} ${bound[0]} and case ${sql.join(cases, sql` `)} else false end)`
}

/** Twelve bytes of SHA-256: two queries with the same are not found by chance, and finding some on purpose harms nobody. */
const fingerprint = (query: unknown): string =>
  createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16)

/** Says where the next page begins, to whoever asks the same query again. */
function pageToken(query: unknown, values: readonly SortValue[]): string {
  // JSON has no infinity; texts of numbers are exact.
  const content = [fingerprint(query), ...values.map(String)]
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** @throws {@link UsageError} when the token is none, or one of another query */
function readPageToken(query: unknown, keys: readonly SortKey[], token: string): SortValue[] {
  const [print, ...texts] = contentOf(token) ?? []
  if (print === undefined || texts.length !== keys.length) throw badToken('is none of ours')
  if (print !== fingerprint(query)) throw badToken('belongs to another query')
  return keys.map(({ type }, i) => {
    if (type === 'text') return texts[i]!
    const value = Number(texts[i])
    if (Number.isNaN(value) || (type === 'integer' && !Number.isSafeInteger(value)))
      throw badToken('is damaged')
    return value
  })
}

function contentOf(token: string): string[] | undefined {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(content) && content.every((part) => typeof part === 'string') ? content : undefined
  } catch {
    return undefined
  }
}

const badToken = (what: string): UsageError =>
  new UsageError(
    `Invalid page token: it ${what}. Take the one that came with the page before, and change nothing else in the query.`,
    { argument: 'page_token' },
  )
