import { describe, expect, it } from 'vitest'
import { expectParity } from '../../../test/support/graph-parity.js'
import { DataError, rng } from '../../base/index.js'
import {
  booleanColumn,
  encodeStrings,
  fromRows,
  numberColumn,
  type Row,
  table,
  type Table,
  timestampColumn,
} from '../../data/index.js'
import { graphBuilder } from '../../engine/onnx/index.js'
import { restoreFitted } from '../catalogue.js'
import { graphInputs, type ModelDocument, type Transform } from '../contracts/index.js'
import { autoPrepare, type PreparedTransform } from './index.js'

const count = 300

function customers(seed: number): Table {
  const random = rng(seed)
  const some = <T>(value: T, missing: T): T => (random.uniform() < 0.1 ? missing : value)
  const words = (): string => ['a slow line', 'a Bill', 'the price', 'New plans'][random.below(4)]!
  const each = <T>(make: (row: number) => T): T[] => Array.from({ length: count }, (_, row) => make(row))
  return table({
    id: encodeStrings(each((row) => `c-${seed}-${row}`)),
    row: numberColumn(Float64Array.from(each((row) => row + 1))),
    country: encodeStrings(each(() => 'NO')),
    empty: numberColumn(new Float64Array(count).fill(Number.NaN)),
    age: numberColumn(Float64Array.from(each(() => some(20 + random.below(60), Number.NaN)))),
    income: numberColumn(Float64Array.from(each(() => Math.exp(10 + random.normal())))),
    member: booleanColumn(Uint8Array.from(each(() => some(random.below(2), 255)))),
    since: timestampColumn(Float64Array.from(each(() => 1.5e12 + random.below(1e9) * 100))),
    note: encodeStrings(each((row) => some<string | null>(`call ${row} of ${words()} and ${words()}`, null))),
    plan: encodeStrings(each(() => some<string | null>(`plan ${random.below(4)}`, null))),
    city: encodeStrings(each(() => some<string | null>(`city ${random.below(seed === 1 ? 80 : 120)}`, null))),
  })
}

const answers = (seed: number): number[] => {
  const random = rng(seed)
  return Array.from({ length: count }, () => random.normal())
}

const planOf = (transform: Transform): Record<string, unknown> =>
  Object.fromEntries(
    (transform as PreparedTransform).plan.map(({ column, kind, treatment }) => [column, treatment ?? kind]),
  )

describe.each(['linear', 'tree', 'network'] as const)('autoPrepare for %s', (learner) => {
  it('leaves out what says nothing, and does not ask for it', async () => {
    const transform = await autoPrepare({ for: learner }).fit(customers(1), answers(1))
    expect(planOf(transform)).toMatchObject({
      id: 'identifier',
      row: 'identifier',
      country: 'constant',
      empty: 'constant',
    })
    expect(transform.inputs.map((field) => field.name)).toEqual([
      'age',
      'income',
      'member',
      'since',
      'note',
      'plan',
      'city',
    ])
  })

  it.each(['native', 'wasm'] as const)('gives the same in its graph on %s', async (engine) => {
    const transform = await autoPrepare({ for: learner }).fit(customers(1), answers(1))
    await expectParity(transform, customers(2), { engine, tolerance: 1e-12 })
  })

  it('comes back from JSON to the bit', async () => {
    const transform = await autoPrepare({ for: learner }).fit(customers(1), answers(1))
    const document = JSON.parse(JSON.stringify(transform)) as ModelDocument
    const again = (await restoreFitted(document)) as Transform
    expect(again.apply(customers(2)).toRows()).toEqual(transform.apply(customers(2)).toRows())
    expect(again.inputs).toEqual(transform.inputs)
    expect(planOf(again)).toEqual(planOf(transform))
  })

  it('works without a target', async () => {
    const transform = await autoPrepare({ for: learner }).fit(customers(1))
    await expectParity(transform, customers(2), { tolerance: 1e-12 })
  })
})

describe('autoPrepare', () => {
  it('leaves nothing missing for linear models', async () => {
    const transform = await autoPrepare({ for: 'linear' }).fit(customers(1), answers(1))
    const prepared = transform.apply(customers(2))
    for (const name of prepared.names) {
      for (let row = 0; row < prepared.rowCount; row++) expect(prepared.col(name).at(row)).not.toBeNull()
    }
  })

  it('leaves text to networks, and no number missing', async () => {
    const transform = await autoPrepare({ for: 'network' }).fit(customers(1), answers(1))
    expect(planOf(transform)).toMatchObject({ plan: [], city: ['target-encoder'], age: ['imputer'] })
    const prepared = transform.apply(customers(2))
    const texts = prepared.names.filter((name) => prepared.col(name).type === 'string')
    expect(texts).toHaveLength(2)
    for (const name of prepared.names) {
      if (texts.includes(name)) continue
      for (let row = 0; row < prepared.rowCount; row++) expect(prepared.col(name).at(row)).not.toBeNull()
    }
  })

  it.each(['linear', 'tree'] as const)(
    'sets columns apart that would get one name, for %s',
    async (learner) => {
      const x = customers(1).select(['age', 'plan'])
      const twin = x.with('age_missing', x.col('age')).with('plan_frequency', x.col('age'))
      const transform = await autoPrepare({ for: learner }).fit(twin, answers(1))
      expect(new Set(transform.outputs).size).toBe(transform.outputs.length)
      expect(transform.outputs).toContain(learner === 'linear' ? 'age_missing (2)' : 'plan_frequency (2)')
      await expectParity(transform, twin, { tolerance: 1e-12 })
      const again = (await restoreFitted(JSON.parse(JSON.stringify(transform)) as ModelDocument)) as Transform
      expect(again.outputs).toEqual(transform.outputs)
    },
  )

  it('says what the columns were when none is left', async () => {
    const rows: Row[] = Array.from({ length: 30 }, (_, row) => ({ id: `c${row}`, country: 'NO' }))
    const failed = autoPrepare().fit(fromRows(rows))
    await expect(failed).rejects.toThrow("'id' (identifier), 'country' (constant)")
    await expect(failed).rejects.toSatisfy(DataError.is)
  })
})

describe('autoPrepare of large tables', () => {
  it('writes as few operators for many number columns as for few', async () => {
    const nodesFor = async (columns: number): Promise<number> => {
      const random = rng(1)
      const values = () => numberColumn(Float64Array.from({ length: 30 }, () => random.normal()))
      const x = table(new Map(Array.from({ length: columns }, (_, j) => [`c${j}`, values()])))
      const transform = await autoPrepare({ for: 'linear' }).fit(x)
      const graph = graphBuilder({ name: 'test' })
      transform.toGraph(graphInputs(graph, transform.inputs))
      return graph.message().graph?.node?.length ?? 0
    }
    expect(await nodesFor(60)).toBe(await nodesFor(3))
  })

  it('counts levels and identifiers on all rows, where it looks at the kinds of a sample', async () => {
    const rows = 40_000
    const each = (make: (row: number) => string) =>
      encodeStrings(Array.from({ length: rows }, (_, row) => make(row)))
    const number = (make: (row: number) => number) =>
      numberColumn(Float64Array.from({ length: rows }, (_, row) => make(row)))
    const x = table({
      // Each value twice, the rare one only once, and in rows that a sample of every second row may miss.
      pair: each((row) => `p${row >> 1}`),
      unique: each((row) => `u${row}`),
      rare: each((row) => (row === 1 ? 'b' : 'a')),
      spike: number((row) => (row === 1 ? 1 : 0)),
      half: number((row) => row / 2),
    })
    const transform = await autoPrepare({ for: 'tree' }).fit(x)
    expect(planOf(transform)).toMatchObject({
      pair: ['one-hot', 'frequency-encoder'],
      unique: 'identifier',
      rare: ['one-hot'],
      spike: [],
      half: [],
    })
  })
})
