// Conditions as SQL of both databases. Names of columns come from our grammar, values are bound parameters, always.
import { type RawBuilder, sql } from 'kysely'
import { experimentNumbers } from '../ids.js'
import type { Dialect } from '../migrations/index.js'
import type { PairTable } from '../pairs.js'
import type { Comparison, Condition } from './parse.js'

export type Sql<T = unknown> = RawBuilder<T>

/** What is deleted is kept, and only seen by those who ask for it. */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL'

/** The condition that a view puts to a column of stages: one, or none. */
export const inView = (column: Sql, view: ViewType = 'ACTIVE_ONLY'): Sql<boolean>[] =>
  view === 'ALL' ? [] : [sql<boolean>`${column} = ${view === 'ACTIVE_ONLY' ? 'active' : 'deleted'}`]

const signs: Readonly<Record<Comparison, Sql>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

/** A number as both databases compare it with whole and other numbers. */
export const real = (value: number): Sql<number> => sql<number>`cast(${value} as double precision)`

/** True where the expression, which is not null, meets the condition. */
export function holds(dialect: Dialect, expression: Sql, condition: Condition): Sql<boolean> {
  switch (condition.operator) {
    case 'LIKE':
      return like(dialect, expression, condition.value)
    case 'ILIKE':
      return like(dialect, sql`lower(${expression})`, asciiLower(condition.value))
    case 'IN':
      return isOneOf(dialect, expression, condition.value)
    case 'NOT IN':
      return sql<boolean>`not ${isOneOf(dialect, expression, condition.value)}`
    case 'IS NULL':
      return sql<boolean>`${expression} is null`
    case 'IS NOT NULL':
      return sql<boolean>`${expression} is not null`
    default: {
      const { operator, value } = condition
      return sql<boolean>`${expression} ${signs[operator]} ${typeof value === 'number' ? real(value) : value}`
    }
  }
}

/** True where there are such rows; for IS NULL, where there are none. */
export const exists = (rows: Sql, { operator }: Condition): Sql<boolean> =>
  operator === 'IS NULL' ? sql<boolean>`not exists (${rows})` : sql<boolean>`exists (${rows})`

/** True where an owner has a parameter or tag of that name that meets the condition. */
export function hasPair(
  dialect: Dialect,
  { table, owner, key }: { readonly table: PairTable; readonly owner: Sql; readonly key: string },
  condition: Condition,
): Sql<boolean> {
  const meets = condition.operator.startsWith('IS')
    ? sql``
    : sql`and ${holds(dialect, sql`p.value`, condition)}`
  return exists(
    sql`select 1 from ${sql.table(table)} p where p.owner = ${owner} and p.key = ${key} ${meets}`,
    condition,
  )
}

/** One parameter however long the list is: SQLite takes 32,766 of them, Postgres 65,535. */
export const isOneOf = (
  dialect: Dialect,
  expression: Sql,
  values: readonly (string | number)[],
): Sql<boolean> =>
  dialect === 'sqlite'
    ? sql<boolean>`${expression} in (select value from json_each(${JSON.stringify(values)}))`
    : sql<boolean>`${expression} = any(${values})`

/** One experiment by itself is read in the order of its index. */
export function inExperiments(dialect: Dialect, column: Sql, experimentIds: readonly string[]): Sql<boolean> {
  const ids = experimentNumbers(experimentIds)
  return ids.length === 1 ? sql<boolean>`${column} = ${ids[0]}` : isOneOf(dialect, column, ids)
}

/** Case counts, and nothing escapes: % is any text and _ any character, as for MLflow on SQLite. */
const like = (dialect: Dialect, expression: Sql, pattern: string): Sql<boolean> =>
  dialect === 'sqlite'
    ? sql<boolean>`${expression} glob ${globOf(pattern)}`
    : sql<boolean>`${expression} like ${pattern} escape ''`

/** SQLite's LIKE takes upper and lower case for equal; its GLOB does not. */
const globOf = (pattern: string): string =>
  pattern.replaceAll(/[*?[]/g, '[$&]').replaceAll('%', '*').replaceAll('_', '?')

/** What lower() of SQLite does, and of Postgres for texts that compare by code point. */
const asciiLower = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/** What a run used a dataset for: the tag `mlflow.data.context` of the row i of run_inputs. */
export const contextOf = (dialect: Dialect): Sql =>
  dialect === 'sqlite'
    ? sql`json_extract(i.tags, '$."mlflow.data.context"')`
    : sql`(i.tags::json ->> 'mlflow.data.context')`
