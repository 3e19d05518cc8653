import { expect, test } from 'vitest'
import { UsageError } from '../../../base/index.js'
import { experimentGrammar, runGrammar } from './grammar.js'
import { parseFilter, parseOrder } from './parse.js'

const only = (filter: string) => {
  const clauses = parseFilter(filter, runGrammar)
  expect(clauses).toHaveLength(1)
  const { field, condition } = clauses[0]!
  return [field.entity, field.key, condition.operator, 'value' in condition ? condition.value : undefined]
}

test.each([
  ['metrics.loss < 0.5', ['metric', 'loss', '<', 0.5]],
  ['metric.loss>=-1e-3', ['metric', 'loss', '>=', -0.001]],
  ['metrics.`my metric` != .5', ['metric', 'my metric', '!=', 0.5]],
  ['metrics."a.b c" = 1.', ['metric', 'a.b c', '=', 1]],
  ['metrics.val/loss-1 = 2', ['metric', 'val/loss-1', '=', 2]],
  ['`metrics`.a = +3', ['metric', 'a', '=', 3]],
  ["params.model = 'tree'", ['param', 'model', '=', 'tree']],
  ['parameters.model != "it\'s"', ['param', 'model', '!=', "it's"]],
  ["param.model = 'it''s'", ['param', 'model', '=', "it's"]],
  ["parameter.model like '%a_'", ['param', 'model', 'LIKE', '%a_']],
  ["tags.mlflow.user ILIKE 'A%'", ['tag', 'mlflow.user', 'ILIKE', 'A%']],
  ["tag.`mlflow.parentRunId` = ''", ['tag', 'mlflow.parentRunId', '=', '']],
  ["attributes.status = 'FINISHED'", ['attribute', 'status', '=', 'FINISHED']],
  ["attr.run_id IN ('a', \"b\",'c')", ['attribute', 'run_id', 'IN', ['a', 'b', 'c']]],
  ["run.run_id NOT  IN ('a')", ['attribute', 'run_id', 'NOT IN', ['a']]],
  ["`run name` = 'x'", ['attribute', 'name', '=', 'x']],
  ['attributes."Run name" = \'x\'', ['attribute', 'name', '=', 'x']],
  ['created > 5', ['attribute', 'start_time', '>', 5]],
  ['attribute.end_time IS NULL', ['attribute', 'end_time', 'IS NULL', undefined]],
  ['tags.x is not null', ['tag', 'x', 'IS NOT NULL', undefined]],
  ["datasets.name = 'd'", ['dataset', 'name', '=', 'd']],
  ["dataset.context IN ('train')", ['dataset', 'context', 'IN', ['train']]],
])('%s', (filter, expected) => {
  expect(only(filter)).toEqual(expected)
})

test('comparisons are joined by AND, and white space does not count', () => {
  expect(parseFilter(" metrics.a>1 and\n params.b='x'AND tags.c LIKE '%' ", runGrammar)).toHaveLength(3)
  expect(parseFilter('', runGrammar)).toEqual([])
  expect(parseFilter(' \t', runGrammar)).toEqual([])
})

test.each([
  ["metrics.loss < 'x'", 16, 'a number'],
  ['metrics.loss LIKE 1', 14, 'one of !='],
  ["params.a < 'x'", 10, 'one of = != LIKE'],
  ['params.a = x', 12, 'a text in quotes'],
  ['params.a = 5', 12, 'a text in quotes'],
  ["params.a == 'x'", 11, 'a text in quotes'],
  ["params.a = 'x", 12, "a closing '"],
  ['params.`a = 1', 8, 'a closing `'],
  ["nothing.a = 'x'", 1, 'one of attribute'],
  ["attributes.nothing = 'x'", 1, 'an attribute of runs'],
  ['metrics.a > 1 OR metrics.b > 1', 15, 'AND (OR'],
  ['metrics.a > 1; drop table runs', 14, 'AND'],
  ['metrics.a > 1 AND', 18, 'a name'],
  ['metrics. > 1', 9, 'a name behind'],
  ['status IN ()', 12, 'a text in quotes'],
  ["status IN ('a' 'b')", 16, ', or )'],
  ['status IS NULL', 8, 'a comparison'],
  ['tags.a IS 5', 11, 'NULL'],
  ['dataset.path = 5', 1, 'dataset.name'],
  ['metrics.a > 1e5x', 13, 'a number'],
  ['metrics.a > nan', 13, 'a number'],
  ["__proto__.a = 'x'", 1, 'one of attribute'],
  ["constructor = 'x'", 1, 'an attribute'],
])('%s is refused at %i', (filter, position, expected) => {
  const parse = () => parseFilter(filter, runGrammar)
  expect(parse).toThrowError(expected)
  expect(parse).toThrowError(`at position ${position}:`)
  expect(parse).toThrowError(UsageError)
})

test('endless filters are refused, long lists of ids are not', () => {
  const many = Array.from({ length: 300 }, (_, i) => `metrics.m${i} > 0`).join(' AND ')
  expect(() => parseFilter(many, runGrammar)).toThrowError('at most 200 comparisons')
  expect(() => parseFilter('a'.repeat(1_000_001), runGrammar)).toThrowError('at most 1000000')
  const ids = Array.from({ length: 20_000 }, (_, i) => `'${i}'`).join(',')
  expect(parseFilter(`run_id IN (${ids})`, runGrammar)).toHaveLength(1)
})

test('orders', () => {
  const read = (...terms: string[]) =>
    parseOrder(terms, runGrammar).map(({ field, descending }) => [field.entity, field.key, descending])
  expect(read('metrics.loss', 'params.`a b` DESC', 'start_time asc', 'tags."x" ASC')).toEqual([
    ['metric', 'loss', false],
    ['param', 'a b', true],
    ['attribute', 'start_time', false],
    ['tag', 'x', false],
  ])
  expect(() => read('metrics.loss UP')).toThrowError('ASC, DESC or the end')
  expect(() => read('metrics.a', 'metric.a DESC')).toThrowError('contains duplicate fields')
  expect(() => read('')).toThrowError('a name')
  expect(() => read('datasets.name')).toThrowError('an attribute, a metric')
})

test('experiments have their own names', () => {
  expect(
    parseFilter("name LIKE 'a%' AND tags.k = 'v' AND creation_time > 5", experimentGrammar),
  ).toHaveLength(3)
  expect(() => parseFilter("params.a = 'x'", experimentGrammar)).toThrowError('one of attribute')
  expect(() => parseFilter("status = 'x'", experimentGrammar)).toThrowError('an attribute of experiments')
})
