// The list of logged models: MLflow's filter, its order as objects, page by page.
import { sql } from 'kysely'
import { UsageError } from '../../../base/index.js'
import type { Database } from '../database.js'
import type { Dialect } from '../migrations/index.js'
import {
  exists,
  hasPair,
  holds,
  inExperiments,
  inView,
  type Sql,
  type ViewType,
} from '../search/conditions.js'
import { attributeWords, type Grammar, metricWords, paramWords, tagWords } from '../search/grammar.js'
import { behindPage, pageEnd, pageOf, sortColumns, type SortKey } from '../search/paging.js'
import { type Clause, type Field, parseFilter, parseOrder } from '../search/parse.js'
import { checkedResults } from '../search/results.js'
import { type LoggedModel, type LoggedModelRow, modelsWithData } from './model-rows.js'

export interface DatasetFilter {
  readonly name: string
  readonly digest?: string | undefined
}

export interface LoggedModelOrder {
  /** `metrics.accuracy`, or an attribute. */
  readonly field: string
  /** @default true */
  readonly ascending?: boolean | undefined
  /** Of metrics: only values measured on this dataset. */
  readonly dataset?: DatasetFilter | undefined
}

export interface LoggedModelSearch {
  readonly experimentIds: readonly string[]
  readonly filter?: string | undefined
  /** Metrics of the filter count when they were measured on one of these. */
  readonly datasets?: readonly DatasetFilter[] | undefined
  /** @default the newest first */
  readonly orderBy?: readonly LoggedModelOrder[] | undefined
  /** Between 1 and 50,000. @default 1000 */
  readonly maxResults?: number | undefined
  readonly pageToken?: string | undefined
  /** @default 'ACTIVE_ONLY' */
  readonly viewType?: ViewType | undefined
}

export interface LoggedModelPage {
  readonly models: LoggedModel[]
  readonly nextPageToken: string | undefined
}

const created = { column: 'creation_time', type: 'number' } as const
const updated = { column: 'last_update_time', type: 'number' } as const

const loggedModelGrammar: Grammar = {
  subject: 'logged models',
  entities: { ...attributeWords, ...metricWords, ...paramWords, ...tagWords },
  attributes: {
    name: { column: 'name', type: 'text' },
    model_id: { column: 'model_id', type: 'text' },
    model_type: { column: 'model_type', type: 'text', optional: true },
    status: { column: 'status', type: 'text' },
    source_run_id: { column: 'source_run_id', type: 'text', optional: true },
    creation_time: created,
    creation_timestamp: created,
    last_updated_time: updated,
    last_updated_timestamp: updated,
  },
}

export async function searchLoggedModels(
  { db, dialect }: Database,
  search: LoggedModelSearch,
): Promise<LoggedModelPage> {
  const { experimentIds, filter = '', datasets = [], orderBy: order = [], viewType = 'ACTIVE_ONLY' } = search
  const asked = {
    query: ['logged-models', experimentIds, filter, datasets, order, viewType],
    keys: sortKeys(order),
    maxResults: checkedResults(search.maxResults),
    token: search.pageToken,
  }
  const clauses = parseFilter(filter, loggedModelGrammar)
  const conditions = [
    ...inView(sql`m.lifecycle_stage`, viewType),
    inExperiments(dialect, sql`m.experiment`, experimentIds),
    ...clauses.map((clause) => clauseSql(dialect, clause, datasets)),
  ]
  if (datasets.length > 0 && !clauses.some(({ field }) => field.entity === 'metric')) {
    conditions.push(
      sql`exists (select 1 from logged_model_metrics x where x.model = m.id and ${onDatasets(datasets)})`,
    )
  }
  conditions.push(...behindPage(asked))
  const { rows } = await sql<LoggedModelRow>`select m.*, ${sortColumns(asked)} from logged_models m
    where ${sql.join(conditions, sql` and `)} ${pageEnd(asked)}`.execute(db)
  const { page, nextPageToken } = pageOf(rows, asked)
  return { models: await modelsWithData(dialect, db, page), nextPageToken }
}

/** True when the row x was measured on one of the datasets. */
const onDatasets = (datasets: readonly DatasetFilter[]): Sql =>
  sql`(${sql.join(
    datasets.map(({ name, digest }) =>
      digest === undefined
        ? sql`x.dataset_name = ${name}`
        : sql`(x.dataset_name = ${name} and x.dataset_digest = ${digest})`,
    ),
    sql` or `,
  )})`

const pairTable = { param: 'logged_model_params', tag: 'logged_model_tags' } as const

function clauseSql(dialect: Dialect, { field, condition }: Clause, datasets: readonly DatasetFilter[]): Sql {
  const { entity, key } = field
  if (entity === 'attribute') {
    const column = sql.ref(`m.${key}`)
    const found = holds(dialect, column, condition)
    return condition.operator.startsWith('IS') ? found : sql`(${column} is not null and ${found})`
  }
  if (entity !== 'metric')
    return hasPair(dialect, { table: pairTable[entity as 'param' | 'tag'], owner: sql`m.id`, key }, condition)
  const meets = condition.operator.startsWith('IS')
    ? sql``
    : sql`and ${holds(dialect, sql`x.value`, condition)}`
  const measured = datasets.length === 0 ? sql`` : sql`and ${onDatasets(datasets)}`
  return exists(
    sql`select 1 from logged_model_metrics x where x.model = m.id and x.key = ${key} and x.is_nan = 0 ${measured} ${meets}`,
    condition,
  )
}

function sortKeys(order: readonly LoggedModelOrder[]): SortKey[] {
  const fields = order.map((term) => {
    // In MLflow this is a name, not a term: quotes are not needed, and nothing may follow.
    const quoted = term.field.replace(
      /^(metrics?)\.(?![`"'])(.*)$/s,
      (_, owner: string, key: string) => `${owner}.\`${key.replaceAll('`', '``')}\``,
    )
    return { term, field: parseOrder([quoted], loggedModelGrammar)[0]!.field }
  })
  const keys = fields.flatMap(({ term, field }) => termKeys(field, term))
  if (!fields.some(({ field }) => field.key === 'creation_time' && field.entity === 'attribute')) {
    keys.push({ expression: sql`m.creation_time`, type: 'integer', descending: true })
  }
  return [...keys, { expression: sql`m.id`, type: 'integer', descending: true }]
}

function termKeys(
  { entity, key, type }: Field,
  { field, ascending = true, dataset }: LoggedModelOrder,
): SortKey[] {
  if (entity !== 'attribute' && entity !== 'metric') {
    throw new UsageError(`Invalid order by field name: ${field}. Only metrics are supported.`, {
      argument: 'order_by',
    })
  }
  const value =
    entity === 'attribute'
      ? sql.ref(`m.${key}`)
      : sql`(select case when x.is_nan = 1 then null else x.value end from logged_model_metrics x
          where x.model = m.id and x.key = ${key} ${dataset === undefined ? sql`` : sql`and ${onDatasets([dataset])}`}
          order by x.timestamp desc, x.step desc limit 1)`
  const kind = entity === 'metric' ? 'real' : type === 'number' ? 'integer' : 'text'
  const nothing = kind === 'text' ? sql`''` : kind === 'real' ? sql`cast(0 as double precision)` : sql`0`
  return [
    { expression: sql`case when ${value} is null then 1 else 0 end`, type: 'integer', descending: false },
    { expression: sql`coalesce(${value}, ${nothing})`, type: kind, descending: !ascending },
  ]
}
