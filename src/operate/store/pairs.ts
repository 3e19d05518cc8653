// Parameters and tags: texts by name, of a run, an experiment, a model or a version.
import type { Transaction } from 'kysely'
import type { Database, Queries } from './database.js'
import type { Schema } from './schema.js'

export type PairTable =
  | 'experiment_tags'
  | 'params'
  | 'tags'
  | 'logged_model_params'
  | 'logged_model_tags'
  | 'registered_model_tags'
  | 'model_version_tags'

export type Pairs = Readonly<Record<string, string>>

/** Sets what is given and keeps the rest. */
export async function setPairs(
  { bulkInsert }: Database,
  queries: Transaction<Schema>,
  table: PairTable,
  { owner, pairs }: { readonly owner: number; readonly pairs: Pairs },
): Promise<void> {
  await bulkInsert(queries, {
    table,
    columns: { owner: 'integer', key: 'text', value: 'text' },
    values: Object.entries(pairs).flatMap(([key, value]) => [owner, key, value]),
    suffix: 'on conflict (owner, key) do update set value = excluded.value',
  })
}

/** The pairs of each owner; one without any has an empty record. */
export async function pairsOf(
  queries: Queries,
  table: PairTable,
  owners: readonly number[],
  keys?: readonly string[],
): Promise<Map<number, Record<string, string>>> {
  const found = new Map(owners.map((owner) => [owner, Object.create(null) as Record<string, string>]))
  if (keys?.length === 0) return found
  for (const some of portions(owners)) {
    let query = queries.selectFrom(table).select(['owner', 'key', 'value']).where('owner', 'in', some)
    if (keys !== undefined) query = query.where('key', 'in', keys)
    for (const { owner, key, value } of await query.execute()) found.get(owner)![key] = value
  }
  return found
}

/** Owners of one query: SQLite takes 32,766 parameters, and a thousand seeks make the rest of a query small. */
const largestPortion = 1024

/** Lists for IN, filled up to powers of two with their last element: so there are few statements, and each is compiled once. */
export function portions(owners: readonly number[]): number[][] {
  const lists: number[][] = []
  for (let start = 0; start < owners.length; start += largestPortion) {
    const some = owners.slice(start, start + largestPortion)
    const size = 2 ** Math.ceil(Math.log2(some.length))
    lists.push([...some, ...Array.from({ length: size - some.length }, () => some.at(-1)!)])
  }
  return lists
}

/** True when there was one of that name. */
export async function deletePair(
  queries: Queries,
  table: PairTable,
  owner: number,
  key: string,
): Promise<boolean> {
  const { numDeletedRows } = await queries
    .deleteFrom(table)
    .where('owner', '=', owner)
    .where('key', '=', key)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
