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
  if (owners.length === 0 || keys?.length === 0) return found
  let query = queries.selectFrom(table).select(['owner', 'key', 'value']).where('owner', 'in', owners)
  if (keys !== undefined) query = query.where('key', 'in', keys)
  for (const { owner, key, value } of await query.execute()) found.get(owner)![key] = value
  return found
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
