// Which parameters, metrics and tags the runs of an experiment have: the columns of its table, known without reading its runs.
import { sql, type Transaction } from 'kysely'
import { UsageError } from '../../base/index.js'
import type { Database } from './database.js'
import type { Schema } from './schema.js'
import { inExperiments } from './search/conditions.js'

export type ColumnKind = 'params' | 'metrics' | 'tags'

/** Notes names of one kind, within the transaction that logs them. A name stays when its last run loses it. */
export async function addNames(
  { bulkInsert }: Database,
  queries: Transaction<Schema>,
  {
    experiment,
    names,
  }: { readonly experiment: number; readonly names: readonly (readonly [ColumnKind, string])[] },
): Promise<void> {
  // In one order for all, so that two transactions that add the same names never wait for each other in a circle.
  const sorted = names.toSorted(([a, x], [b, y]) => (a < b || (a === b && x < y) ? -1 : 1))
  await bulkInsert(queries, {
    table: 'column_names',
    columns: { experiment: 'integer', kind: 'text', key: 'text' },
    values: sorted.flatMap(([kind, key]) => [experiment, kind, key]),
    suffix: 'on conflict do nothing',
  })
}

/** Names that are in the table for sure, by experiment and kind: most batches bring none that are new. */
const known = new WeakMap<Database, Set<string>>()
/** Some megabytes; what is forgotten is only written once more. */
const mostKnown = 50_000

interface NamesByKind {
  readonly params: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
  readonly metrics: readonly string[]
}

/** Those of the names that this process has not seen in the table. */
export function newNames(
  database: Database,
  experiment: number,
  { params, tags, metrics }: NamesByKind,
): (readonly [ColumnKind, string])[] {
  const seen = known.get(database)
  const names = [
    ...Object.keys(params).map((key) => ['params', key] as const),
    ...Object.keys(tags).map((key) => ['tags', key] as const),
    ...metrics.map((key) => ['metrics', key] as const),
  ]
  return seen === undefined ? names : names.filter(([kind, key]) => !seen.has(mark(experiment, kind, key)))
}

/** To be called when they are committed. */
export function rememberNames(
  database: Database,
  {
    experiment,
    names,
  }: { readonly experiment: number; readonly names: readonly (readonly [ColumnKind, string])[] },
): void {
  let seen = known.get(database)
  if (seen === undefined || seen.size > mostKnown) known.set(database, (seen = new Set()))
  for (const [kind, key] of names) seen.add(mark(experiment, kind, key))
}

const mark = (experiment: number, kind: ColumnKind, key: string): string => `${experiment} ${kind} ${key}`

export interface ColumnSearch {
  /** All experiments where undefined. */
  readonly experimentIds?: readonly string[] | undefined
  readonly kind: ColumnKind
  /** What the names begin with. @default '' */
  readonly prefix?: string | undefined
  /** Between 1 and 100,000. @default 1000 */
  readonly limit?: number | undefined
}

/** More than anybody can look through; a page of them asks with a prefix. */
const mostColumns = 100_000

/** The names in order of their code points. @throws {@link UsageError} for a limit out of range */
export async function columnNames(
  { db, dialect }: Database,
  { experimentIds, kind, prefix = '', limit = 1000 }: ColumnSearch,
): Promise<string[]> {
  if (!Number.isInteger(limit) || limit < 1 || limit > mostColumns) {
    throw new UsageError(`limit is ${limit}, expected a whole number between 1 and ${mostColumns}.`, {
      argument: 'limit',
    })
  }
  const scope =
    experimentIds === undefined ? sql`1 = 1` : inExperiments(dialect, sql`experiment`, experimentIds)
  // No text that begins with the prefix stands behind the prefix with the last character of Unicode.
  const { rows } = await sql<{ readonly key: string }>`select distinct key from column_names
    where ${scope} and kind = ${kind} and key >= ${prefix} and key <= ${`${prefix}\u{10FFFF}`}
    order by key limit ${limit}`.execute(db)
  return rows.map(({ key }) => key)
}
