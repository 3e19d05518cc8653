// The list of runs: MLflow's filter and order, page by page. Metrics are looked up in the table of latest values, never in histories.
import { sql } from 'kysely'
import type { Database } from '../database.js'
import type { Dialect } from '../migrations/index.js'
import { type Projection, type Run, withData } from '../runs.js'
import type { RunRow } from '../schema.js'
import {
  contextOf,
  exists,
  hasPair,
  holds,
  inExperiments,
  real,
  type Sql,
  inView,
  type ViewType,
} from './conditions.js'
import { runGrammar } from './grammar.js'
import { behindPage, pageEnd, pageOf, sortColumns, type SortKey } from './paging.js'
import { type Clause, type Condition, type Field, type OrderTerm, parseFilter, parseOrder } from './parse.js'
import { checkedResults } from './results.js'

export interface RunSearch {
  /** All experiments where undefined. */
  readonly experimentIds?: readonly string[] | undefined
  /** MLflow's grammar: `metrics.loss < 0.5 AND params.model = 'tree'`. */
  readonly filter?: string | undefined
  /** Terms such as `metrics.loss ASC`; the newest run first where nothing else decides. */
  readonly orderBy?: readonly string[] | undefined
  /** @default 'ACTIVE_ONLY' */
  readonly viewType?: ViewType | undefined
  /** Between 1 and 50,000. @default 1000 */
  readonly maxResults?: number | undefined
  /** What `nextPageToken` was on the page before, with all else unchanged. */
  readonly pageToken?: string | undefined
  /** Which parameters, tags and metrics come with each run; all where undefined. */
  readonly projection?: Projection | undefined
}

export interface RunPage {
  readonly runs: Run[]
  readonly nextPageToken: string | undefined
}

/** @throws {@link UsageError} for a filter, an order, a number or a token that cannot be read */
export async function searchRuns({ db, dialect }: Database, search: RunSearch): Promise<RunPage> {
  const read = readSearch(search)
  const { rows } = await runsQuery(dialect, read).execute(db)
  const { page, nextPageToken } = pageOf(rows, read)
  return { runs: await withData(db, page, search.projection), nextPageToken }
}

/** The query for the runs of a page. */
export function runsQuery(dialect: Dialect, read: ReturnType<typeof readSearch>) {
  const conditions = [
    ...scope(dialect, read.search),
    ...read.clauses.map((clause) => clauseSql(dialect, clause)),
    ...behindPage(read),
  ]
  return sql<RunRow>`select runs.*, ${sortColumns(read)} from runs ${joins(read.terms)}
    where ${sql.join(conditions, sql` and `)} ${pageEnd(read)}`
}

/** What a search says, read once. @throws as {@link searchRuns} */
export function readSearch(search: RunSearch) {
  const { experimentIds, filter = '', orderBy: order = [], viewType = 'ACTIVE_ONLY' } = search
  const terms = parseOrder(order, runGrammar)
  return {
    search,
    terms,
    clauses: parseFilter(filter, runGrammar),
    query: ['runs', experimentIds, filter, order, viewType],
    keys: sortKeys(terms),
    maxResults: checkedResults(search.maxResults),
    token: search.pageToken,
  }
}

function scope(dialect: Dialect, { experimentIds, viewType }: RunSearch): Sql[] {
  const conditions: Sql[] = inView(sql`runs.lifecycle_stage`, viewType)
  if (experimentIds !== undefined)
    conditions.push(inExperiments(dialect, sql`runs.experiment`, experimentIds))
  return conditions.length === 0 ? [sql`1 = 1`] : conditions
}

const pairTable = { param: 'params', tag: 'tags' } as const

function clauseSql(dialect: Dialect, { field, condition }: Clause): Sql<boolean> {
  const { entity, key } = field
  if (entity === 'attribute') {
    const column = sql.ref(`runs.${key}`)
    const found = holds(dialect, column, condition)
    return field.optional && !condition.operator.startsWith('IS')
      ? sql<boolean>`(${column} is not null and ${found})`
      : found
  }
  if (entity === 'dataset') return datasetSql(dialect, key, condition)
  if (entity !== 'metric')
    return hasPair(dialect, { table: pairTable[entity], owner: sql`runs.id`, key }, condition)
  const meets = condition.operator.startsWith('IS') ? sql`` : sql`and ${metricHolds(dialect, condition)}`
  return exists(
    sql`select 1 from latest_metrics m where m.run = runs.id and m.key = ${key} ${meets}`,
    condition,
  )
}

/** NaN is different from every number, and neither less nor greater. */
const metricHolds = (dialect: Dialect, condition: Condition): Sql<boolean> =>
  condition.operator === '!='
    ? sql<boolean>`(m.is_nan = 1 or ${holds(dialect, sql`m.value`, condition)})`
    : sql<boolean>`m.is_nan = 0 and ${holds(dialect, sql`m.value`, condition)}`

function datasetSql(dialect: Dialect, key: string, condition: Condition): Sql<boolean> {
  const value = key === 'context' ? contextOf(dialect) : sql.ref(`d.${key}`)
  return sql<boolean>`exists (select 1 from run_inputs i join datasets d on d.id = i.dataset
    where i.run = runs.id and ${value} is not null and ${holds(dialect, value, condition)})`
}

/** One row of each table that is ordered by; n is the number of the term. */
function joins(terms: readonly OrderTerm[]): Sql {
  const parts = terms.map(({ field: { entity, key } }, n) => {
    const name = sql.ref(joinName(n))
    const on = sql`on ${name}.${sql.ref(entity === 'metric' ? 'run' : 'owner')} = runs.id and ${name}.key = ${key}`
    if (entity === 'metric') return sql`left join latest_metrics as ${name} ${on}`
    return entity === 'param' || entity === 'tag'
      ? sql`left join ${sql.table(pairTable[entity])} as ${name} ${on}`
      : sql``
  })
  return parts.length === 0 ? sql`` : sql.join(parts, sql` `)
}

const joinName = (n: number): string => `o${n}`

function sortKeys(terms: readonly OrderTerm[]): SortKey[] {
  const keys = terms.flatMap(({ field, descending }, n) => termKeys(field, descending, n))
  const byStart = terms.some(({ field }) => field.entity === 'attribute' && field.key === 'start_time')
  const byId = terms.some(({ field }) => field.entity === 'attribute' && field.key === 'run_id')
  if (!byStart) keys.push({ expression: sql`runs.start_time`, type: 'integer', descending: true })
  if (!byId) keys.push({ expression: sql`runs.run_id`, type: 'text', descending: false })
  return keys
}

/** Missing last, NaN before them, whatever the direction: as MLflow does. */
function termKeys({ entity, key, optional, type }: Field, descending: boolean, n: number): SortKey[] {
  const rank = (expression: Sql): SortKey => ({ expression, type: 'integer', descending: false })
  if (entity === 'attribute') {
    const column = sql.ref(`runs.${key}`)
    const kind = type === 'number' ? 'integer' : 'text'
    if (!optional) return [{ expression: column, type: kind, descending }]
    return [
      rank(sql`case when ${column} is null then 1 else 0 end`),
      { expression: sql`coalesce(${column}, 0)`, type: kind, descending },
    ]
  }
  const value = sql.ref(`${joinName(n)}.value`)
  if (entity === 'metric') {
    const nan = sql.ref(`${joinName(n)}.is_nan`)
    return [
      rank(sql`case when ${value} is null then 2 when ${nan} = 1 then 1 else 0 end`),
      { expression: sql`coalesce(${value}, ${real(0)})`, type: 'real', descending },
    ]
  }
  return [
    rank(sql`case when ${value} is null then 1 else 0 end`),
    { expression: sql`coalesce(${value}, '')`, type: 'text', descending },
  ]
}
