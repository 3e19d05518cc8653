// What the databases find is what a plain filter over all runs finds, for random runs, filters and orders.
import fc from 'fast-check'
import Database from 'libsql'
import { SqliteAdapter, SqliteQueryCompiler, Kysely, DummyDriver, SqliteIntrospector } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { onBothStores } from '../../../../test/support/stores.js'
import type { Experiment } from '../experiments.js'
import type { Store } from '../index.js'
import type { Run } from '../runs.js'
import { runGrammar } from './grammar.js'
import { type Clause, type OrderTerm, parseFilter, parseOrder } from './parse.js'
import { readSearch, type RunSearch, runsQuery } from './run-search.js'

const texts = ['', 'a', 'A', 'ab', 'aB', 'b*', '[a]', 'ä', "it's", '100%', 'a_b', '\\']
const numbers = [0, -0.5, 1, 2.5, 1e300, NaN, Infinity, -Infinity]
const keys = ['x', 'y z', 'm.n']
const statuses = ['RUNNING', 'FINISHED', 'FAILED'] as const

const textOf = fc.constantFrom(...texts)
const record = (value: fc.Arbitrary<string>) =>
  fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3, noNullPrototype: true })
const runToLog = fc.record({
  name: textOf,
  userId: fc.constantFrom('ada', 'bob'),
  // Few times, so that ties are common.
  startTime: fc.integer({ min: 1, max: 4 }),
  endTime: fc.option(fc.integer({ min: 5, max: 8 }), { nil: undefined }),
  status: fc.constantFrom(...statuses),
  experiment: fc.integer({ min: 0, max: 1 }),
  deleted: fc.boolean(),
  params: record(textOf),
  tags: record(textOf),
  metrics: fc.array(fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...numbers)), { maxLength: 4 }),
})

const quotedKey = fc.constantFrom(...keys).map((key) => `\`${key}\``)
const quotedText = textOf.map((text) => `'${text.replaceAll("'", "''")}'`)
const pattern = fc
  .array(fc.constantFrom('%', '_', 'a', 'A', 'b', '*', '[', ']', 'ä', '\\'), { maxLength: 4 })
  .map((parts) => `'${parts.join('')}'`)
const textTest = fc
  .oneof(
    fc.tuple(fc.constantFrom('=', '!='), quotedText),
    fc.tuple(fc.constantFrom('LIKE', 'ILIKE'), pattern),
    fc.tuple(
      fc.constantFrom('IN', 'NOT IN'),
      fc.array(quotedText, { minLength: 1, maxLength: 3 }).map((list) => `(${list.join(', ')})`),
    ),
  )
  .map((parts) => parts.join(' '))
const numberTest = fc
  .tuple(
    fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
    fc.constantFrom('0', '-0.5', '1', '2.5', '6', '1e300'),
  )
  .map((parts) => parts.join(' '))
const nullTest = fc.constantFrom('IS NULL', 'IS NOT NULL')
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((texts) => texts.join(''))
const clause = fc.oneof(
  joined(fc.constant('params.'), quotedKey, fc.constant(' '), fc.oneof(textTest, nullTest)),
  joined(fc.constant('tags.'), quotedKey, fc.constant(' '), fc.oneof(textTest, nullTest)),
  joined(fc.constant('metrics.'), quotedKey, fc.constant(' '), fc.oneof(numberTest, nullTest)),
  joined(fc.constantFrom('run_name ', 'status ', 'user_id '), textTest),
  joined(fc.constant('start_time '), numberTest),
  joined(fc.constant('end_time '), fc.oneof(numberTest, nullTest)),
)
const filterText = fc.array(clause, { maxLength: 2 }).map((clauses) => clauses.join(' AND '))
const orderText = fc.uniqueArray(
  joined(
    fc.oneof(
      joined(fc.constantFrom('metrics.', 'params.', 'tags.'), quotedKey),
      fc.constantFrom('start_time', 'end_time', 'status', 'run_name', 'run_id'),
    ),
    fc.constantFrom('', ' ASC', ' DESC'),
  ),
  { maxLength: 3, selector: (term) => term.replace(/ (ASC|DESC)$/, '') },
)

onBothStores('searching', (home) => {
  let store: Store
  let other: Experiment
  const all: Run[] = []

  beforeAll(async () => {
    store = await home.open(() => 1000)
    other = await store.experiments.create({ name: 'other' })
    for (const given of fc.sample(runToLog, { numRuns: 60, seed: 4 })) {
      const { runId } = await store.runs.create({
        ...given,
        experimentId: given.experiment === 0 ? '0' : other.experimentId,
      })
      await store.logging.batch(runId, {
        params: given.params,
        tags: given.tags,
        metrics: given.metrics.map(([key, value], step) => ({ key, value, step, timestamp: 1 })),
      })
      await store.runs.update(runId, given)
      if (given.deleted) await store.runs.delete(runId)
      all.push(await store.runs.get(runId))
    }
  })

  test('finds and orders what a plain filter does, and pages give each run once', async () => {
    const search = fc.record({
      filter: filterText,
      orderBy: orderText,
      viewType: fc.constantFrom('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'),
      experiments: fc.subarray(['0', 'other', '77', "x' or 1=1"]),
      maxResults: fc.integer({ min: 1, max: 20 }),
    })
    await fc.assert(
      fc.asyncProperty(search, async ({ experiments, ...given }) => {
        const experimentIds = experiments.map((id) => (id === 'other' ? other.experimentId : id))
        const found: Run[] = []
        let pageToken: string | undefined
        do {
          const page = await store.runs.search({ ...given, experimentIds, pageToken })
          expect(page.runs.length).toBeLessThanOrEqual(given.maxResults)
          found.push(...page.runs)
          pageToken = page.nextPageToken
        } while (pageToken !== undefined)
        const expected = plainSearch(all, { ...given, experimentIds })
        expect(found.map(({ runId }) => runId)).toEqual(expected.map(({ runId }) => runId))
        expect(found.map(comparable)).toEqual(expected.map(comparable))
      }),
      { numRuns: home.name === 'SQLite' ? 400 : 150, seed: 8 },
    )
  })

  test('a projection brings what it names', async () => {
    const { runs } = await store.runs.search({ viewType: 'ALL', projection: { params: ['x'], tags: [] } })
    expect(runs).toHaveLength(60)
    for (const run of runs) {
      expect(Object.keys(run.params).filter((key) => key !== 'x')).toEqual([])
      expect(run.tags).toEqual({})
      expect(run.metrics.length).toBe(all.find(({ runId }) => runId === run.runId)!.metrics.length)
    }
  })

  test('a page token belongs to its query', async () => {
    const first = await store.runs.search({ maxResults: 2, orderBy: ['metrics.x'] })
    const pageToken = first.nextPageToken!
    const again = { maxResults: 5, orderBy: ['metrics.x'], pageToken }
    expect((await store.runs.search(again)).runs.length).toBe(5)
    for (const wrong of [
      { ...again, orderBy: ['metrics.x DESC'] },
      { ...again, filter: 'metrics.x > 0' },
      { ...again, experimentIds: ['0'] },
      { ...again, pageToken: 'nonsense' },
      { ...again, pageToken: Buffer.from('["a"]').toString('base64url') },
      {
        ...again,
        pageToken: Buffer.from(
          Buffer.from(pageToken, 'base64url').toString().replace(/"\d"/, '"NaN"'),
        ).toString('base64url'),
      },
    ]) {
      await expect(store.runs.search(wrong)).rejects.toThrowError('Invalid page token')
    }
  })

  test.each([0, -1, 1.5, 50_001, NaN])('%d results are refused', async (maxResults) => {
    await expect(store.runs.search({ maxResults })).rejects.toThrowError(
      'must be at least 1 and at most 50000',
    )
  })

  test('columns are the names that runs have, by experiment and prefix', async () => {
    const of = (name: 'params' | 'metrics') =>
      [
        ...new Set(
          all
            .filter(({ experimentId }) => experimentId === '0')
            .flatMap((run) =>
              name === 'params' ? Object.keys(run.params) : run.metrics.map(({ key }) => key),
            ),
        ),
      ].sort()
    expect(await store.runs.columns({ experimentIds: ['0'], kind: 'params' })).toEqual(of('params'))
    expect(await store.runs.columns({ experimentIds: ['0'], kind: 'metrics' })).toEqual(of('metrics'))
    expect(await store.runs.columns({ kind: 'tags', prefix: 'm' })).toEqual(['m.n', 'mlflow.runName'])
    expect(await store.runs.columns({ kind: 'tags', prefix: 'mlflow', limit: 1 })).toEqual(['mlflow.runName'])
    expect(await store.runs.columns({ experimentIds: [], kind: 'tags' })).toEqual([])
    await expect(store.runs.columns({ kind: 'tags', limit: 0 })).rejects.toThrowError('limit is 0')
  })

  test('experiments are found by name, tag and time', async () => {
    const fresh = await home.open(() => 5)
    for (const name of ['a1', 'a2', 'B1']) await fresh.experiments.create({ name, tags: { team: name[0]! } })
    const { experimentId } = (await fresh.experiments.findByName('a2'))!
    await fresh.experiments.delete(experimentId)
    const names = async (search: Parameters<Store['experiments']['search']>[0]) =>
      (await fresh.experiments.search(search)).experiments.map(({ name }) => name)
    expect(await names({ orderBy: ['name'] })).toEqual(['B1', 'Default', 'a1'])
    expect(await names({})).toEqual(['Default', 'a1', 'B1'])
    expect(await names({ filter: "name LIKE 'a%'", viewType: 'ALL', orderBy: ['name DESC'] })).toEqual([
      'a2',
      'a1',
    ])
    expect(await names({ filter: "name ILIKE 'b%' AND tags.team = 'B'" })).toEqual(['B1'])
    expect(await names({ filter: "tags.team != 'B'" })).toEqual(['a1'])
    expect(await names({ filter: 'tags.team IS NULL' })).toEqual(['Default'])
    expect(await names({ filter: 'creation_time >= 5.5' })).toEqual([])
    expect(await names({ viewType: 'DELETED_ONLY' })).toEqual(['a2'])
    const first = await fresh.experiments.search({ maxResults: 2, orderBy: ['creation_time'] })
    const second = await fresh.experiments.search({
      maxResults: 2,
      orderBy: ['creation_time'],
      pageToken: first.nextPageToken,
    })
    expect([...first.experiments, ...second.experiments].map(({ name }) => name)).toEqual([
      'B1',
      'a1',
      'Default',
    ])
    expect(second.nextPageToken).toBeUndefined()
    await expect(fresh.experiments.search({ orderBy: ['tags.team'] })).rejects.toThrowError(
      'Invalid order_by entity',
    )
  })
})

const comparable = (run: Run) => ({
  ...run,
  params: { ...run.params },
  tags: { ...run.tags },
  metrics: run.metrics.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
})

interface PlainSearch {
  readonly filter: string
  readonly orderBy: readonly string[]
  readonly viewType: string
  readonly experimentIds: readonly string[]
}

function plainSearch(runs: readonly Run[], { filter, orderBy, viewType, experimentIds }: PlainSearch): Run[] {
  const clauses = parseFilter(filter, runGrammar)
  const terms = parseOrder(orderBy, runGrammar)
  const stage = viewType === 'ACTIVE_ONLY' ? 'active' : 'deleted'
  return runs
    .filter(
      (run) =>
        experimentIds.includes(run.experimentId) && (viewType === 'ALL' || run.lifecycleStage === stage),
    )
    .filter((run) => clauses.every((clause) => meets(run, clause)))
    .toSorted((a, b) => compareBy(terms, a, b))
}

function valueOf(run: Run, { entity, key }: Clause['field']): string | number | undefined {
  if (entity === 'param') return run.params[key]
  if (entity === 'tag') return run.tags[key]
  if (entity === 'metric') return run.metrics.find((metric) => metric.key === key)?.value
  const attributes: Readonly<Record<string, string | number | undefined>> = {
    name: run.name,
    status: run.status,
    user_id: run.userId,
    start_time: run.startTime,
    end_time: run.endTime,
    run_id: run.runId,
  }
  return attributes[key]
}

function meets(run: Run, { field, condition }: Clause): boolean {
  const value = valueOf(run, field)
  if (!('value' in condition)) return (value === undefined) === (condition.operator === 'IS NULL')
  if (value === undefined) return false
  const given = condition.value
  switch (condition.operator) {
    case '=':
      return value === given
    case '!=':
      return value !== given
    case '<':
      return value < given
    case '<=':
      return value <= given
    case '>':
      return value > given
    case '>=':
      return value >= given
    case 'IN':
      return condition.value.includes(value as string)
    case 'NOT IN':
      return !condition.value.includes(value as string)
    default:
      return matches(value as string, condition.value, condition.operator === 'ILIKE')
  }
}

function matches(text: string, like: string, anyCase: boolean): boolean {
  const fold = (letters: string) =>
    anyCase ? letters.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : letters
  const source = [...fold(like)]
    .map((letter) =>
      letter === '%' ? '.*' : letter === '_' ? '.' : letter.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'),
    )
    .join('')
  return new RegExp(`^${source}$`, 'su').test(fold(text))
}

function compareBy(terms: readonly OrderTerm[], a: Run, b: Run): number {
  for (const { field, descending } of terms) {
    const [x, y] = [valueOf(a, field), valueOf(b, field)]
    if (rank(x) !== rank(y)) return rank(x) - rank(y)
    if (rank(x) > 0 || x === y) continue
    return (x! < y! ? -1 : 1) * (descending ? -1 : 1)
  }
  const byStart = terms.some(({ field }) => field.key === 'start_time' && field.entity === 'attribute')
  if (!byStart && a.startTime !== b.startTime) return b.startTime - a.startTime
  return a.runId < b.runId ? -1 : 1
}

const rank = (value: unknown): number => (value === undefined ? 2 : Number.isNaN(value) ? 1 : 0)

describe('the plan of SQLite', () => {
  const plan = async (search: RunSearch): Promise<string> => {
    const { openStore } = await import('../index.js')
    const { mkdtempSync, rmSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const folder = mkdtempSync(join(tmpdir(), 'modelwright-plan-'))
    try {
      const path = join(folder, 'store.db')
      await (await openStore(path)).close()
      const compiler = new Kysely<object>({
        dialect: {
          createAdapter: () => new SqliteAdapter(),
          createDriver: () => new DummyDriver(),
          createIntrospector: (db) => new SqliteIntrospector(db),
          createQueryCompiler: () => new SqliteQueryCompiler(),
        },
      })
      const { sql, parameters } = runsQuery('sqlite', readSearch(search)).compile(compiler)
      const file = new Database(path)
      const rows = file.prepare(`explain query plan ${sql}`).all(parameters) as { detail: string }[]
      file.close()
      return rows.map(({ detail }) => detail).join('\n')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  test('one experiment is read in the order of its index, without sorting it', async () => {
    const text = await plan({ experimentIds: ['0'] })
    expect(text).toContain('SEARCH runs USING INDEX runs_experiment_start_time')
    expect(text).toMatch(/TEMP B-TREE FOR LAST TERM OF ORDER BY|^(?!.*TEMP B-TREE)/)
    expect(text).not.toContain('TEMP B-TREE FOR ORDER BY')
  })

  test('metrics, parameters and tags are sought by run and key, histories not at all', async () => {
    const text = await plan({
      experimentIds: ['0'],
      filter: "metrics.a > 1 AND params.b = 'x' AND tags.c LIKE '%'",
      orderBy: ['metrics.d DESC'],
    })
    expect(text).not.toContain('SCAN')
    expect(text).toContain('PRIMARY KEY (run=? AND key=?)')
    expect(text).not.toMatch(/\bmetrics USING/)
  })
})
