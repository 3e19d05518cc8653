// The list of experiments: MLflow's filter and order, page by page.
import { sql } from 'kysely'
import type { Database } from '../database.js'
import { type Experiment, withTags } from '../experiments.js'
import type { ExperimentRow } from '../schema.js'
import type { Dialect } from '../migrations/index.js'
import { hasPair, holds, type Sql, inView, type ViewType } from './conditions.js'
import { experimentGrammar } from './grammar.js'
import { behindPage, pageEnd, pageOf, sortColumns, type SortKey } from './paging.js'
import { type Clause, type OrderTerm, parseFilter, parseOrder } from './parse.js'
import { checkedResults } from './results.js'
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

/** @throws {@link UsageError} for a filter, an order, a number or a token that cannot be read */
export async function searchExperiments(
  { db, dialect }: Database,
  search: ExperimentSearch,
): Promise<ExperimentPage> {
  const { filter = '', orderBy: order = [], viewType = 'ACTIVE_ONLY' } = search
  const page = {
    query: ['experiments', filter, order, viewType],
    keys: sortKeys(parseOrder(order, experimentGrammar)),
    maxResults: checkedResults(search.maxResults),
    token: search.pageToken,
  }
  const conditions = parseFilter(filter, experimentGrammar).map((clause) => clauseSql(dialect, clause))
  conditions.push(...inView(sql`lifecycle_stage`, viewType), ...behindPage(page))
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
  const { rows } =
    await sql<ExperimentRow>`select experiments.*, ${sortColumns(page)} from experiments ${where}
    ${pageEnd(page)}`.execute(db)
  const found = pageOf(rows, page)
  return { experiments: await withTags(db, found.page), nextPageToken: found.nextPageToken }
}

const clauseSql = (dialect: Dialect, { field: { entity, key }, condition }: Clause): Sql<boolean> =>
  entity === 'attribute'
    ? holds(dialect, sql.ref(`experiments.${key}`), condition)
    : hasPair(dialect, { table: 'experiment_tags', owner: sql`experiments.id`, key }, condition)

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
