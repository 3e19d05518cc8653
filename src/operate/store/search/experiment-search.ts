// The list of experiments: MLflow's filter and order, page by page.
import { sql } from 'kysely'
import type { Database } from '../database.js'
import { type Experiment, withTags } from '../experiments.js'
import type { Dialect } from '../migrations/index.js'
import { holds, type Sql } from './conditions.js'
import { experimentGrammar } from './grammar.js'
import { isBehind, orderBy, pageToken, readPageToken, type SortKey, type SortValue } from './paging.js'
import { type Clause, type OrderTerm, parseFilter, parseOrder } from './parse.js'
import { checkedResults } from './results.js'
import type { ViewType } from './run-search.js'
import { UsageError } from '../../../base/index.js'

export interface ExperimentSearch {
  /** MLflow's grammar: `name LIKE 'prod%' AND tags.team = 'blue'`. */
  readonly filter?: string | undefined
  /** Terms such as `name ASC`. @default the newest first */
  readonly orderBy?: readonly string[] | undefined
  /** @default 'ACTIVE_ONLY' */
  readonly viewType?: ViewType | undefined
  /** Between 1 and 50,000. @default 1000 */
  readonly maxResults?: number | undefined
  /** What `nextPageToken` was on the page before, with all else unchanged. */
  readonly pageToken?: string | undefined
}

export interface ExperimentPage {
  readonly experiments: Experiment[]
  readonly nextPageToken: string | undefined
}

interface ExperimentRow extends Readonly<Record<string, SortValue>> {
  readonly id: number
  readonly name: string
  readonly artifact_location: string
  readonly lifecycle_stage: string
  readonly creation_time: number
  readonly last_update_time: number
}

/** @throws {@link UsageError} for a filter, an order, a number or a token that cannot be read */
export async function searchExperiments(
  { db, dialect }: Database,
  search: ExperimentSearch,
): Promise<ExperimentPage> {
  const { filter = '', orderBy: order = [], viewType = 'ACTIVE_ONLY' } = search
  const maxResults = checkedResults(search.maxResults)
  const keys = sortKeys(parseOrder(order, experimentGrammar))
  const query = ['experiments', filter, order, viewType]
  const conditions = parseFilter(filter, experimentGrammar).map((clause) => clauseSql(dialect, clause))
  if (viewType !== 'ALL') {
    conditions.push(sql`lifecycle_stage = ${viewType === 'ACTIVE_ONLY' ? 'active' : 'deleted'}`)
  }
  if (search.pageToken) conditions.push(isBehind(keys, readPageToken(query, keys, search.pageToken)))
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
  const { rows } = await sql<ExperimentRow>`select experiments.* from experiments ${where}
    order by ${orderBy(keys)} limit ${maxResults + 1}`.execute(db)
  const page = rows.slice(0, maxResults)
  const last = rows.length > maxResults ? page.at(-1) : undefined
  return {
    experiments: await withTags(db, page),
    nextPageToken:
      last &&
      pageToken(
        query,
        keys.map(({ column }) => last[column]!),
      ),
  }
}

function clauseSql(dialect: Dialect, { field, condition }: Clause): Sql<boolean> {
  if (field.entity === 'attribute') return holds(dialect, sql.ref(`experiments.${field.key}`), condition)
  const absent = condition.operator === 'IS NULL'
  const given =
    absent || condition.operator === 'IS NOT NULL'
      ? sql``
      : sql`and ${holds(dialect, sql`t.value`, condition)}`
  const rows = sql`select 1 from experiment_tags t where t.owner = experiments.id and t.key = ${field.key} ${given}`
  return absent ? sql<boolean>`not exists (${rows})` : sql<boolean>`exists (${rows})`
}

function sortKeys(terms: readonly OrderTerm[]): (SortKey & { readonly column: string })[] {
  const keys = terms.map(({ field: { entity, key, type }, descending }) => {
    if (entity !== 'attribute') {
      throw new UsageError(`Invalid order_by entity: ${entity}. Experiments are ordered by attributes.`, {
        argument: 'order_by',
      })
    }
    return sortKey(key, type === 'number' ? 'integer' : 'text', descending)
  })
  if (keys.length === 0) return [sortKey('creation_time', 'integer', true), sortKey('id', 'integer', false)]
  // MLflow breaks ties by the newest experiment here.
  return keys.some(({ column }) => column === 'id') ? keys : [...keys, sortKey('id', 'integer', true)]
}

const sortKey = (column: string, type: SortKey['type'], descending: boolean) => ({
  column,
  type,
  descending,
  expression: sql.ref(`experiments.${column}`),
})
