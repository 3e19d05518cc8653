// From the text of a filter or an order to data. MLflow's grammar is comparisons joined by AND; lists with IN, and IS NULL, are understood for
// every text, where MLflow knows them for some.
import { quote, UsageError } from '../../../base/index.js'
import { datasetKeys, type Entity, type Grammar } from './grammar.js'
import { type Path, type Scanner, scanner } from './scanner.js'

/** What is compared or ordered by. */
export interface Field {
  readonly entity: Entity
  /** The name of a metric, parameter or tag; for attributes the column. */
  readonly key: string
  readonly type: 'text' | 'number'
  readonly optional: boolean
}

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>='

export type Condition =
  | { readonly operator: Comparison; readonly value: string | number }
  | { readonly operator: 'LIKE' | 'ILIKE'; readonly value: string }
  | { readonly operator: 'IN' | 'NOT IN'; readonly value: readonly string[] }
  | { readonly operator: 'IS NULL' | 'IS NOT NULL' }

export interface Clause {
  readonly field: Field
  readonly condition: Condition
}

export interface OrderTerm {
  readonly field: Field
  readonly descending: boolean
}

/** Characters of one filter: a long list of run ids fits, and an attack does not. */
const longestFilter = 1_000_000
/** Comparisons of one filter; each is a subquery, and SQLite takes expressions up to 1000 deep. */
const mostClauses = 200
/** Terms of one order: each may join a table, and SQLite joins 64. */
const mostTerms = 50
/** Characters that LIKE compares with: no value of a run is longer, and SQLite takes patterns of 50,000 bytes. */
const longestPattern = 10_000

/**
 * Reads a filter; an empty one has no clauses, which all must hold.
 *
 * @throws {@link UsageError} with the position and what was expected there
 */
export function parseFilter(source: string, grammar: Grammar): Clause[] {
  if (source.length > longestFilter) throw tooLong(source.length)
  const scan = scanner('filter', source)
  const clauses: Clause[] = []
  if (scan.atEnd()) return clauses
  do {
    if (clauses.length === mostClauses) throw scan.fail(`at most ${mostClauses} comparisons`)
    const path = scan.path()
    const field = fieldOf(path, grammar, scan)
    clauses.push({ field, condition: conditionOf(scan, field, path) })
  } while (scan.keyword('AND'))
  if (scan.atEnd()) return clauses
  throw scan.fail(
    /^or\b/i.test(source.slice(scan.position()))
      ? 'AND (OR is not part of MLflow’s grammar)'
      : 'AND or the end',
  )
}

const tooLong = (received: number): UsageError =>
  new UsageError(`The filter has ${received} characters, expected at most ${longestFilter}.`, {
    argument: 'filter',
    position: longestFilter,
  })

/** Reads terms such as `metrics.loss ASC`. @throws {@link UsageError} */
export function parseOrder(sources: readonly string[], grammar: Grammar): OrderTerm[] {
  if (sources.length > mostTerms) {
    throw new UsageError(`\`order_by\` has ${sources.length} fields, expected at most ${mostTerms}.`, {
      argument: 'order_by',
    })
  }
  const terms = sources.map((source) => orderTerm(source, grammar))
  const names = terms.map(({ field }) => `${field.entity}.${field.key}`)
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i)
  if (twice === -1) return terms
  throw new UsageError(
    `\`order_by\` contains duplicate fields: ${quote(sources[twice])} stands there twice. Leave one of them out.`,
    { argument: 'order_by' },
  )
}

function orderTerm(source: string, grammar: Grammar): OrderTerm {
  const scan = scanner('order_by', source)
  const field = fieldOf(scan.path(), grammar, scan)
  if (field.entity === 'dataset') throw scan.fail('an attribute, a metric, a parameter or a tag', 0)
  const descending = scan.keyword('DESC')
  if (!descending) scan.keyword('ASC')
  if (!scan.atEnd()) throw scan.fail('ASC, DESC or the end')
  return { field, descending }
}

function fieldOf({ owner, key, position }: Path, grammar: Grammar, scan: Scanner): Field {
  const entity = owner === undefined ? 'attribute' : known(grammar.entities, owner)
  if (entity === undefined) {
    const words = Object.keys(grammar.entities).join(', ')
    throw scan.fail(`one of ${words} before the dot`, position)
  }
  if (entity === 'dataset' && !(datasetKeys as readonly string[]).includes(key)) {
    throw scan.fail(`dataset.${datasetKeys.join(', dataset.')}`, position)
  }
  if (entity !== 'attribute') {
    return { entity, key, type: entity === 'metric' ? 'number' : 'text', optional: entity !== 'dataset' }
  }
  const attribute = known(grammar.attributes, key)
  if (attribute === undefined) {
    const keys = Object.keys(grammar.attributes).join(', ')
    throw scan.fail(`an attribute of ${grammar.subject} (${keys})`, position)
  }
  return { entity, key: attribute.column, type: attribute.type, optional: attribute.optional ?? false }
}

const known = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined

function conditionOf(scan: Scanner, field: Field, { key }: Path): Condition {
  const start = scan.position()
  if (scan.keyword('IS')) return nullCondition(scan, field, { key, start })
  return field.type === 'number' ? numberCondition(scan, key) : textCondition(scan, key)
}

function nullCondition(
  scan: Scanner,
  { optional }: Field,
  { key, start }: { readonly key: string; readonly start: number },
): Condition {
  if (!optional) throw scan.fail(`a comparison, for '${key}' is always there`, start)
  const not = scan.keyword('NOT')
  if (!scan.keyword('NULL')) throw scan.fail('NULL')
  return { operator: not ? 'IS NOT NULL' : 'IS NULL' }
}

/** Longer ones first: '<' would be found in '<='. */
const comparisons = ['!=', '<=', '>=', '=', '<', '>'] as const

function numberCondition(scan: Scanner, key: string): Condition {
  const operator = comparisons.find((sign) => scan.symbol(sign))
  if (operator === undefined) throw scan.fail(`one of ${comparisons.join(' ')} for the number '${key}'`)
  const value = scan.number()
  if (value === undefined) throw scan.fail(`a number to compare '${key}' with`)
  return { operator, value }
}

function textCondition(scan: Scanner, key: string): Condition {
  const equality = (['!=', '='] as const).find((sign) => scan.symbol(sign))
  if (equality !== undefined) return { operator: equality, value: textValue(scan, key) }
  for (const operator of ['LIKE', 'ILIKE'] as const) {
    if (scan.keyword(operator)) return { operator, value: patternOf(scan, key) }
  }
  const start = scan.position()
  const not = scan.keyword('NOT')
  if (scan.keyword('IN')) return { operator: not ? 'NOT IN' : 'IN', value: listOf(scan, key) }
  throw scan.fail(`one of = != LIKE, ILIKE, IN, NOT IN for the text '${key}'`, start)
}

function textValue(scan: Scanner, key: string): string {
  const value = scan.text()
  if (value === undefined) throw scan.fail(`a text in quotes to compare '${key}' with`)
  return value
}

function patternOf(scan: Scanner, key: string): string {
  const start = scan.position()
  const value = textValue(scan, key)
  if (value.length <= longestPattern) return value
  throw scan.fail(`a pattern of at most ${longestPattern} characters`, start)
}

function listOf(scan: Scanner, key: string): string[] {
  if (!scan.symbol('(')) throw scan.fail('( and texts in quotes')
  const values: string[] = []
  do values.push(textValue(scan, key))
  while (scan.symbol(','))
  if (!scan.symbol(')')) throw scan.fail(', or )')
  return values
}
