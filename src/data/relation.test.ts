import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UsageError } from '../base/index.js'
import { toMatrix } from './matrix.js'
import { readMatrix } from './read-matrix.js'
import { readTable } from './read-table.js'
import { from } from './relation.js'
import type { Table } from './table.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-relation-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, content: string): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}
const sales = file('sales.csv', 'city,price,"odd ""name"""\nOslo,10,1\nBern,20,2\nOslo,30,3\nRiga,,4\n')
const cities = file('cities.csv', 'city,country\nOslo,NO\nBern,CH\n')
// More rows than decide the types, so that the streamed way is taken.
const n = 24_000
const lines = Array.from(
  { length: n },
  (_, i) => `${i},${i % 5 === 0 ? '' : i / 8},${i % 3 === 0 ? 'yes' : 'no'},${i === 23_000 ? 'inf' : i}`,
)
const large = file('large.csv', `i,x,b,f\n${lines.join('\n')}\n`)

describe('relation', () => {
  it('selects, derives, filters and sorts, with names quoted and values bound', async () => {
    const result = await from(sales)
      .where('price > ? and city <> ?', [5, "O'Hara"])
      .derive({ double: 'price * ?', price: 'price + 1' }, [2])
      .select('city', 'double', 'price', 'odd "name"')
      .orderBy({ column: 'odd "name"', descending: true })
      .limit(2, 1)
      .collect()
    expect(result.toRows()).toEqual([
      { city: 'Bern', double: 40, price: 21, 'odd "name"': 2 },
      { city: 'Oslo', double: 20, price: 11, 'odd "name"': 1 },
    ])
  })

  it('groups, joins and lets SQL in', async () => {
    const byCity = from(sales).groupBy('city').aggregate({ total: 'sum(price)', rows: 'count(*)' })
    expect((await byCity.collect()).toRows()).toEqual([
      { city: 'Bern', total: 20, rows: 1 },
      { city: 'Oslo', total: 40, rows: 2 },
      { city: 'Riga', total: null, rows: 1 },
    ])
    const joined = await byCity
      .join(from(cities), { on: ['city'], how: 'left' })
      .orderBy('city')
      .collect()
    expect(joined.toRows().map((row) => row['country'])).toEqual(['CH', 'NO', null])
    const own = from(sales)
      .where('price >= ?', [20])
      .sql('select count(*) as n from self where price < ?', [30])
    expect((await own.collect()).row(0)).toEqual({ n: 1 })
    expect(
      await from(sales)
        .join(from(cities), { on: ['city'] })
        .count(),
    ).toBe(3)
  })

  it('samples the same rows for the same seed, in order', async () => {
    const draw = async (seed: number): Promise<number[]> => {
      const table = await from(large).sample(100, seed).select('i').collect()
      return table.toRows().map(({ i }) => i as number)
    }
    const first = await draw(1)
    expect(first).toHaveLength(100)
    expect(first).toEqual([...first].sort((a, b) => a - b))
    expect(await draw(1)).toEqual(first)
    expect(await draw(2)).not.toEqual(first)
  })

  it('streams in batches', async () => {
    let rows = 0
    for await (const batch of from(large).where('i % 2 = 0').stream({ rows: 5000 })) rows += batch.rowCount
    expect(rows).toBe(n / 2)
  })

  it('gives a table, a stream and a matrix of no rows where nothing is found', async () => {
    const none = from(sales).where('price > 100')
    const types = 'city string, price number, odd "name" number'
    const typesOf = (found: Table): string =>
      found.fields.map(({ name, type }) => `${name} ${type}`).join(', ')
    const found = await none.collect()
    expect([found.rowCount, typesOf(found)]).toEqual([0, types])
    const parts: Table[] = []
    for await (const part of none.stream()) parts.push(part)
    expect(parts.map((part) => [part.rowCount, typesOf(part)])).toEqual([[0, types]])
    expect(await none.select('price').toMatrix()).toMatchObject({ rows: 0, columns: 1, names: ['price'] })
    expect(await none.count()).toBe(0)
    const queried = await readTable(sales, { sql: 'select city from source where price > 100' })
    expect([queried.rowCount, typesOf(queried)]).toEqual([0, 'city string'])
    await expect(from(file('header.csv', 'a,b\n')).collect()).resolves.toMatchObject({ rowCount: 0 })
    await expect(readTable(file('header.csv', 'a,b\n'))).rejects.toThrow(/column names but no rows/)
  })

  it('says what is wrong', async () => {
    await expect(from(sales).where('pricee > 1').collect()).rejects.toThrow(/query is not valid.*pricee/)
    await expect(from(sales).select('nope').collect()).rejects.toThrow(/not valid/)
    for (const [work, message] of [
      [
        () => from(sales).where('price > ? and price < ?', [1]).count(),
        /question mark 2 .* has no value.*Give one/,
      ],
      [() => from(sales).where('price > ?').collect(), /question mark 1 of the query has no value/],
      [() => from(sales).where('price > 1', [1]).collect(), /more values than question marks.*which has 0/],
      [
        () =>
          from(sales)
            .where('price > ?', [new Date() as never])
            .count(),
        /Give a date as text/,
      ],
      [() => from(sales).sql('select 1 as a; select 2 as b').count(), /more than one statement/],
    ] as const) {
      await expect(work()).rejects.toThrow(UsageError)
      await expect(work()).rejects.toThrow(message)
    }
    expect(() => from(sales).limit(-1)).toThrow(/at least 0/)
    expect(() => from(sales).join(from(cities), { on: [] })).toThrow(/join on/)
  })
})

describe('readMatrix', () => {
  it('equals the matrix of the table, whole or streamed', async () => {
    for (const [path, columns] of [
      [large, ['i', 'x', 'b', 'f']],
      [sales, ['price', 'odd "name"']],
    ] as const) {
      for (const type of ['float32', 'float64'] as const) {
        const warnings: string[] = []
        const direct = await readMatrix(path, {
          columns,
          type,
          onEvent: (event) => event.type === 'warning' && warnings.push(event.code),
        })
        const viaTable = toMatrix(await readTable(path, { columns }), type)
        expect(direct).toEqual(viaTable)
        expect(warnings).toEqual(path === large ? ['not-finite'] : [])
      }
    }
  })

  it('reads a relation, and refuses text', async () => {
    const matrix = await from(sales).where('price is not null').select('price').toMatrix('float64')
    expect([...matrix.data]).toEqual([10, 20, 30])
    await expect(readMatrix(sales)).rejects.toThrow(/'city' holds text/)
  })

  it('finds the numbers again when words come late', async () => {
    const late = Array.from({ length: 30_000 }, (_, i) => (i === 29_000 ? 'none at all' : String(i)))
    const path = file('late.csv', `a,b\n${late.map((value, i) => `${value},${i}`).join('\n')}\n`)
    const matrix = await readMatrix(path)
    expect(matrix.data[29_000 * 2]).toBeNaN()
    expect(matrix.data[29_999 * 2]).toBe(29_999)
  })
})
