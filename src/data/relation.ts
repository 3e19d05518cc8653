// The table that is larger than memory: a query under construction, which runs when its result is asked for.
import { InvalidOptionError } from '../base/index.js'
import type { SqlParameter } from './duckdb/index.js'
// Past the index, which loads all around the engine: a query is built without it.
import { quoteName, quoteText } from './duckdb/sql-text.js'
import type { Matrix } from './matrix.js'
import type { ReadOptions } from './read-table.js'
import type { StreamOptions } from './stream-tables.js'
import type { Table } from './table.js'

type Parameters = readonly SqlParameter[]

/** A column to sort by. */
export type Order = string | { readonly column: string; readonly descending?: boolean | undefined }

/**
 * A lazy table over files. Conditions and expressions are SQL text in which values are question marks; names given as
 * names are quoted. Every verb gives a new relation; nothing is read before `collect`, `stream`, `toMatrix` or `count`.
 */
export interface Relation {
  /** Rows where an SQL condition holds: `where('age > ? and city = ?', [30, 'Oslo'])`. */
  where(condition: string, parameters?: Parameters): Relation
  /** Only these columns. */
  select(...columns: readonly string[]): Relation
  /** Adds or replaces columns by SQL expressions: `derive({ total: 'price * amount' })`. */
  derive(columns: Readonly<Record<string, string>>, parameters?: Parameters): Relation
  /** Groups of equal values, to be aggregated: `groupBy('city').aggregate({ mean: 'avg(price)' })`; in order of the groups. */
  groupBy(...columns: readonly string[]): {
    aggregate(columns: Readonly<Record<string, string>>, parameters?: Parameters): Relation
  }
  /** Rows of both with equal values in the columns `on`; `how: 'left'` keeps rows without a partner. */
  join(
    other: Relation,
    options: { readonly on: readonly string[]; readonly how?: 'inner' | 'left' },
  ): Relation
  /** Sorted; missing values last. */
  orderBy(...orders: readonly Order[]): Relation
  limit(count: number, offset?: number): Relation
  /** That many rows at random, in their order; the same for the same seed. */
  sample(count: number, seed?: number): Relation
  /** The way out: any query over the relation, which it calls `self`. */
  sql(query: string, parameters?: Parameters): Relation
  collect(options?: CollectOptions): Promise<Table>
  stream(options?: Omit<StreamOptions, 'sql' | 'columns'>): AsyncGenerator<Table, void>
  toMatrix(type?: 'float32' | 'float64', options?: CollectOptions): Promise<Matrix>
  count(options?: CollectOptions): Promise<number>
}

export type CollectOptions = Omit<ReadOptions, 'sql' | 'columns' | 'fields'>

/** SQL with its question marks' values, in order of appearance. */
interface Query {
  readonly text: string
  readonly parameters: Parameters
}

/** How the query reads once the sources are open. */
type Render = (source: (path: string) => string) => Query

/** What a relation is made of. */
export interface RelationParts {
  readonly sources: readonly string[]
  readonly render: Render
}

/**
 * A relation over a source, as {@link readTable} takes it.
 *
 * @example
 * ```ts
 * const big = from('sales.parquet').where('amount > ?', [100]).groupBy('city').aggregate({ total: 'sum(amount)' })
 * ```
 */
export function from(source: string): Relation {
  return relation([source], (text) => ({ text: `from (${text(source)})`, parameters: [] }))
}

const list = (names: readonly string[]): string => names.map(quoteName).join(', ')

const named = (columns: Readonly<Record<string, string>>): string =>
  Object.entries(columns)
    .map(([name, expression]) => `(${expression}) as ${quoteName(name)}`)
    .join(', ')

function relation(sources: readonly string[], render: Render): Relation {
  /** A query around this one; parameters stand after or before those inside. */
  const around = (wrap: (inner: string) => string, parameters: Parameters = [], before = false): Relation =>
    relation(sources, (text) => {
      const inner = render(text)
      const all = before ? [...parameters, ...inner.parameters] : [...inner.parameters, ...parameters]
      return { text: wrap(`(${inner.text})`), parameters: all }
    })
  return {
    where: (condition, parameters) => around((inner) => `from ${inner} where (${condition})`, parameters),
    select: (...columns) => around((inner) => `select ${list(columns)} from ${inner}`),
    derive: (columns, parameters) => around((inner) => derived(inner, columns), parameters, true),
    groupBy: (...columns) => ({
      aggregate: (aggregates, parameters) =>
        around(
          (inner) =>
            `select ${list(columns)}, ${named(aggregates)} from ${inner} group by ${list(columns)} order by ${list(columns)}`,
          parameters,
          true,
        ),
    }),
    join: (other, options) => joined({ sources, render }, other, options),
    orderBy: (...orders) => around((inner) => `from ${inner} order by ${orders.map(orderText).join(', ')}`),
    limit(count, offset = 0) {
      const clause = `limit ${whole(count)} offset ${whole(offset)}`
      return around((inner) => `from ${inner} ${clause}`)
    },
    sample(count, seed = 0) {
      whole(count)
      return around((inner) => sampled(inner, count, seed))
    },
    sql: (query, parameters) => around((inner) => `with self as ${inner} from (${query}\n)`, parameters),
    ...runners({ sources, render }),
    [parts]: { sources, render },
  } as Relation
}

/** Where a relation keeps its parts, for joins; hidden from users. */
const parts = Symbol('parts')

function joined(
  left: RelationParts,
  other: Relation,
  { on, how = 'inner' }: { readonly on: readonly string[]; readonly how?: 'inner' | 'left' },
): Relation {
  const right = (other as unknown as Record<typeof parts, RelationParts | undefined>)[parts]
  if (right === undefined || on.length === 0) {
    throw new InvalidOptionError('join: expected another relation and at least one column to join on.', {
      option: 'on',
      expected: 'column names',
      received: on,
    })
  }
  return relation([...new Set([...left.sources, ...right.sources])], (text) => {
    const [a, b] = [left.render(text), right.render(text)]
    return {
      text: `select * from (${a.text}) ${how} join (${b.text}) using (${list(on)})`,
      parameters: [...a.parameters, ...b.parameters],
    }
  })
}

/** `replace` fails for new names and a plain list repeats old ones, so old ones are left out first. */
const derived = (inner: string, columns: Readonly<Record<string, string>>): string =>
  `select columns(c -> c not in (${Object.keys(columns).map(quoteText).join(', ')})), ${named(columns)} from ${inner}`

function orderText(order: Order): string {
  const { column, descending = false } = typeof order === 'string' ? { column: order } : order
  return `${quoteName(column)} ${descending ? 'desc' : 'asc'} nulls last`
}

/** By MD5 of seed and position: the engine's own sampling depends on its threads. */
const sampled = (inner: string, count: number, seed: number): string =>
  `select * exclude (__row) from (
    from (select *, row_number() over () as __row from ${inner})
    order by md5(${quoteText(`${seed}:`)} || __row::VARCHAR), __row limit ${count}
  ) order by __row`

function whole(count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new InvalidOptionError(
    `relation: a number of rows must be a whole number of at least 0; received ${count}.`,
    {
      option: 'count',
      expected: 'a whole number of at least 0',
      received: count,
    },
  )
}

const run = () => import('./run-relation.js')

function runners(query: RelationParts): Pick<Relation, 'collect' | 'stream' | 'toMatrix' | 'count'> {
  return {
    collect: async (options = {}) => (await run()).collect(query, options),
    async *stream(options = {}) {
      yield* (await run()).stream(query, options)
    },
    toMatrix: async (type = 'float32', options = {}) => (await run()).toMatrix(query, { ...options, type }),
    count: async (options = {}) => (await run()).count(query, options),
  }
}
