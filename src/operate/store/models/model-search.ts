// The lists of models and of versions: MLflow's filter and order, page by page.
import { sql } from 'kysely'
import { UsageError } from '../../../base/index.js'
import type { Database } from '../database.js'
import type { Dialect } from '../migrations/index.js'
import type { PairTable } from '../pairs.js'
import { hasPair, holds, type Sql } from '../search/conditions.js'
import type { Grammar } from '../search/grammar.js'
import { behindPage, pageEnd, pageOf, sortColumns, type SortKey } from '../search/paging.js'
import { type Clause, type OrderTerm, parseFilter, parseOrder } from '../search/parse.js'
import {
  deletedStage,
  type ModelRow,
  modelsWithData,
  type VersionRow,
  versionsWithData,
} from './model-rows.js'
import type { ModelVersion, RegisteredModel } from './model-types.js'

export interface ModelSearch {
  /** MLflow's grammar: `name ILIKE '%churn%' AND tags.team = 'blue'`. */
  readonly filter?: string | undefined
  /** Terms such as `last_updated_timestamp DESC`. @default by name */
  readonly orderBy?: readonly string[] | undefined
  /** Between 1 and 1000. @default 100 */
  readonly maxResults?: number | undefined
  /** What `nextPageToken` was on the page before, with all else unchanged. */
  readonly pageToken?: string | undefined
}

export interface ModelPage {
  readonly models: RegisteredModel[]
  readonly nextPageToken: string | undefined
}

export interface VersionSearch extends Pick<ModelSearch, 'orderBy' | 'pageToken'> {
  /** MLflow's grammar over name, version_number, run_id, source_path and tags. */
  readonly filter?: string | undefined
  /** Between 1 and 200,000. @default 10,000 */
  readonly maxResults?: number | undefined
}

export interface VersionPage {
  readonly versions: ModelVersion[]
  readonly nextPageToken: string | undefined
}

const words = { attribute: 'attribute', attributes: 'attribute', tag: 'tag', tags: 'tag' } as const
const name = { column: 'name', type: 'text' } as const
const times = {
  creation_timestamp: { column: 'creation_time', type: 'number' },
  last_updated_timestamp: { column: 'last_update_time', type: 'number' },
} as const

/** One kind of thing that is searched. */
interface Kind {
  readonly table: string
  readonly filter: Grammar
  readonly order: Grammar
  readonly tags: PairTable
  /** What its attributes are in SQL; never null. */
  readonly expressions: Readonly<Record<string, Sql>>
  readonly from: Sql
  readonly always: readonly Sql<boolean>[]
  readonly defaultOrder: readonly string[]
  /** Makes the order whole. */
  readonly ties: readonly string[]
  readonly most: number
  readonly usual: number
}

const modelsKind: Kind = {
  table: 'registered_models',
  filter: { subject: 'models', entities: words, attributes: { name } },
  order: {
    subject: 'models',
    entities: { attribute: 'attribute', attributes: 'attribute' },
    attributes: { name, timestamp: times.last_updated_timestamp, ...times },
  },
  tags: 'registered_model_tags',
  expressions: {
    name: sql.ref('registered_models.name'),
    creation_time: sql.ref('registered_models.creation_time'),
    last_update_time: sql.ref('registered_models.last_update_time'),
  },
  from: sql`registered_models`,
  always: [],
  defaultOrder: [],
  ties: ['name ASC'],
  // MLflow's limit and default.
  most: 1000,
  usual: 100,
}

const versionsKind: Kind = {
  table: 'model_versions',
  filter: {
    subject: 'versions',
    entities: words,
    attributes: {
      name,
      version_number: { column: 'version', type: 'number' },
      run_id: { column: 'run_id', type: 'text' },
      source_path: { column: 'source', type: 'text' },
    },
  },
  order: {
    subject: 'versions',
    entities: { attribute: 'attribute', attributes: 'attribute' },
    attributes: { name, version_number: { column: 'version', type: 'number' }, ...times },
  },
  tags: 'model_version_tags',
  expressions: {
    name: sql.ref('registered_models.name'),
    version: sql.ref('model_versions.version'),
    run_id: sql`coalesce(model_versions.run_id, '')`,
    source: sql.ref('model_versions.source'),
    creation_time: sql.ref('model_versions.creation_time'),
    last_update_time: sql.ref('model_versions.last_update_time'),
  },
  from: sql`model_versions join registered_models on registered_models.id = model_versions.model`,
  always: [sql<boolean>`model_versions.current_stage <> ${deletedStage}`],
  defaultOrder: ['last_updated_timestamp DESC'],
  ties: ['name ASC', 'version_number DESC'],
  // MLflow's limit and default.
  most: 200_000,
  usual: 10_000,
}

/** @throws {@link UsageError} for a filter, an order, a number or a token that cannot be read */
export async function searchModels(database: Database, search: ModelSearch): Promise<ModelPage> {
  const { rows, nextPageToken } = await searchRows<ModelRow>(database, modelsKind, search)
  return { models: await modelsWithData(database.db, rows), nextPageToken }
}

/** @throws {@link UsageError} as {@link searchModels} */
export async function searchVersions(database: Database, search: VersionSearch): Promise<VersionPage> {
  const found = await searchRows<VersionRow & { readonly model_name: string }>(database, versionsKind, search)
  const names = new Map(found.rows.map(({ model, model_name }) => [model, model_name]))
  return {
    versions: await versionsWithData(database.db, found.rows, names),
    nextPageToken: found.nextPageToken,
  }
}

async function searchRows<R extends object>(
  { db, dialect }: Database,
  kind: Kind,
  search: ModelSearch,
): Promise<{ readonly rows: R[]; readonly nextPageToken: string | undefined }> {
  const { filter = '', orderBy: order = [] } = search
  const asked = {
    query: [kind.table, filter, order],
    keys: sortKeys(kind, order),
    maxResults: checkedResults(search.maxResults ?? kind.usual, kind.most),
    token: search.pageToken,
  }
  const clauses = parseFilter(filter, kind.filter)
  const conditions = [
    ...kind.always,
    ...promptConditions(clauses),
    ...clauses.filter((clause) => !excludesPrompts(clause)).map((clause) => clauseSql(dialect, kind, clause)),
    ...behindPage(asked),
  ]
  const { rows } = await sql<R>`
    select ${sql.ref(kind.table)}.*, registered_models.name as model_name, ${sortColumns(asked)} from ${kind.from}
    where ${sql.join(conditions, sql` and `)} ${pageEnd(asked)}`.execute(db)
  const { page, nextPageToken } = pageOf(rows, asked)
  return { rows: page, nextPageToken }
}

function checkedResults(given: number, most: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= most) return given
  throw new UsageError(
    `Invalid value ${given} for parameter 'max_results' supplied: It must be at most ${most} and a whole number from 1.`,
    { argument: 'max_results' },
  )
}

function sortKeys(kind: Kind, order: readonly string[]): SortKey[] {
  const given = parseOrder(order.length === 0 ? kind.defaultOrder : order, kind.order)
  const known = new Set(given.map(({ field }) => field.key))
  const ties = parseOrder(kind.ties, kind.order).filter(({ field }) => !known.has(field.key))
  return [...given, ...ties].map(({ field, descending }: OrderTerm) => ({
    expression: kind.expressions[field.key]!,
    type: field.type === 'number' ? ('integer' as const) : ('text' as const),
    descending,
  }))
}

/** By this tag MLflow keeps prompts among the models; who does not ask for them does not get them. */
const promptTag = 'mlflow.prompt.is_prompt'

const isAbout = ({ field }: Clause): boolean => field.entity === 'tag' && field.key === promptTag

const asksForPrompts = (clause: Clause): boolean => {
  const { operator } = clause.condition
  const value = 'value' in clause.condition ? String(clause.condition.value).toLowerCase() : ''
  return (
    isAbout(clause) && ((operator === '=' && value === 'true') || (operator === '!=' && value === 'false'))
  )
}

/** It says no more than what holds anyway, and models have no such tag to compare. */
const excludesPrompts = (clause: Clause): boolean => isAbout(clause) && !asksForPrompts(clause)

function promptConditions(clauses: readonly Clause[]): Sql<boolean>[] {
  if (clauses.some(asksForPrompts)) return []
  return [
    sql<boolean>`not exists (select 1 from registered_model_tags p where p.owner = registered_models.id and p.key = ${promptTag} and p.value = 'true')`,
  ]
}

const clauseSql = (
  dialect: Dialect,
  { tags, table, expressions }: Kind,
  { field: { entity, key }, condition }: Clause,
): Sql<boolean> =>
  entity === 'attribute'
    ? holds(dialect, expressions[key]!, condition)
    : hasPair(dialect, { table: tags, owner: sql.ref(`${table}.id`), key }, condition)
