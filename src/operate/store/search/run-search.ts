// The list of runs: MLflow's filter and order, page by page. Metrics are looked up in the table of latest values, never in histories.
import { sql } from 'kysely'
import type { Database } from '../database.js'
import type { Dialect } from '../migrations/index.js'
import { type Projection, type Run, withData } from '../runs.js'
import type { RunRow } from '../schema.js'
import { contextOf, holds, inExperiments, real, type Sql } from './conditions.js'
import { runGrammar } from './grammar.js'
import { isBehind, orderBy, pageToken, readPageToken, type SortKey, type SortValue } from './paging.js'
import { type Clause, type Condition, type Field, type OrderTerm, parseFilter, parseOrder } from './parse.js'
import { checkedResults } from './results.js'

export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'

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
export async function searchRuns(database: Database, search: RunSearch): Promise<RunPage> {
  const { maxResults, keys, query } = readSearch(search)
  const { rows } = await runsQuery(database.dialect, search).execute(database.db)
  const page = rows.slice(0, maxResults)
  const runs = await withData(database.db, page, search.projection)
  const last = rows.length > maxResults ? page.at(-1) : undefined
  return { runs, nextPageToken: last && pageToken(query, sortValues(last, keys)) }
}

type SortedRow = RunRow & Readonly<Record<string, SortValue>>

/** The query for one row more than the page has: it tells whether there is another page. */
export function runsQuery(dialect: Dialect, search: RunSearch) {
  const { clauses, terms, keys, maxResults, after } = readSearch(search)
  const conditions = [
    ...scope(dialect, search),
    ...clauses.map((clause) => clauseSql(dialect, clause)),
    ...(after === undefined ? [] : [isBehind(keys, after)]),
  ]
  const sorted = keys.map(({ expression }, i) => sql`${expression} as ${sql.ref(sortColumn(i))}`)
  return sql<SortedRow>`select runs.*, ${sql.join(sorted)} from runs ${joins(terms)}
    where ${sql.join(conditions, sql` and `)} order by ${orderBy(keys)} limit ${maxResults + 1}`
}

const sortColumn = (i: number): string => `sort_${i}`

const sortValues = (row: SortedRow, keys: readonly SortKey[]): SortValue[] =>
  keys.map((_, i) => row[sortColumn(i)]!)

function readSearch(search: RunSearch) {
  const { experimentIds, filter = '', orderBy: order = [], viewType = 'ACTIVE_ONLY' } = search
  const clauses = parseFilter(filter, runGrammar)
  const terms = parseOrder(order, runGrammar)
  const keys = sortKeys(terms)
  const query = ['runs', experimentIds, filter, order, viewType]
  const after =
    search.pageToken === undefined || search.pageToken === ''
      ? undefined
      : readPageToken(query, keys, search.pageToken)
  return { clauses, terms, keys, query, after, maxResults: checkedResults(search.maxResults) }
}

function scope(dialect: Dialect, { experimentIds, viewType = 'ACTIVE_ONLY' }: RunSearch): Sql[] {
  const conditions: Sql[] = []
  if (experimentIds !== undefined)
    conditions.push(inExperiments(dialect, sql`runs.experiment`, experimentIds))
  if (viewType !== 'ALL') {
    conditions.push(sql`runs.lifecycle_stage = ${viewType === 'ACTIVE_ONLY' ? 'active' : 'deleted'}`)
  }
  return conditions.length === 0 ? [sql`1 = 1`] : conditions
}

const pairTable = { param: sql.table('params'), tag: sql.table('tags') } as const

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
  const absent = condition.operator === 'IS NULL'
  const given = condition.operator.startsWith('IS') ? undefined : condition
  const rows =
    entity === 'metric'
      ? sql`select 1 from latest_metrics m where m.run = runs.id and m.key = ${key} ${given === undefined ? sql`` : sql`and ${metricHolds(dialect, given)}`}`
      : sql`select 1 from ${pairTable[entity]} p where p.owner = runs.id and p.key = ${key} ${given === undefined ? sql`` : sql`and ${holds(dialect, sql`p.value`, given)}`}`
  return absent ? sql<boolean>`not exists (${rows})` : sql<boolean>`exists (${rows})`
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
      ? sql`left join ${pairTable[entity]} as ${name} ${on}`
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
