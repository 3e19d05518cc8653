import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rng } from '../../base/index.js'
import { encodeStrings, numberColumn } from '../column.js'
import { readTable } from '../read-table.js'
import { fromRows, table } from '../table.js'
import { profile } from './profile.js'

const n = 400
const random = rng(1)
const normal = Float64Array.from({ length: n }, () => random.normal())
const data = table({
  id: encodeStrings(Array.from({ length: n }, (_, i) => `K${i}`)),
  normal: numberColumn(normal),
  twice: numberColumn(normal.map((value) => 2 * value + 1)),
  copy: numberColumn(normal),
  holes: numberColumn(normal.map((value, i) => (i % 10 === 0 ? Number.NaN : value + random.normal()))),
  skewed: numberColumn(Float64Array.from({ length: n }, () => Math.exp(2 * random.normal()))),
  constant: numberColumn(new Float64Array(n).fill(3)),
  mostly: encodeStrings(Array.from({ length: n }, (_, i) => (i === 7 ? 'b' : 'a'))),
  town: encodeStrings(Array.from({ length: n }, (_, i) => `t${i % 80}`)),
  region: encodeStrings(Array.from({ length: n }, (_, i) => `r${i % 8}`)),
  county: encodeStrings(Array.from({ length: n }, (_, i) => `c${i % 8}`)),
  y: encodeStrings(Array.from({ length: n }, (_, i) => (i % 10 === 3 ? 'yes!' : i === 0 ? null : 'no!'))),
})

it('takes no option that it does not know', async () => {
  const options: object = { taget: 'a' }
  await expect(profile(fromRows([{ a: 1 }]), options)).rejects.toThrow("Did you mean 'target'?")
})

describe('profile', () => {
  it('raises every alert with its evidence, and none besides', async () => {
    const { alerts } = await profile(data, { target: 'y' })
    expect(alerts.map(({ code, column }) => `${code} ${column ?? ''}`).sort()).toEqual(
      [
        'target-missing y',
        'imbalance y',
        'identifier id',
        'missing holes',
        'skew skewed',
        'outliers skewed',
        'constant constant',
        'nearly-constant mostly',
        'high-cardinality town',
        'duplicate-columns copy',
        'strong-correlation twice',
        'strong-correlation copy',
        'strong-correlation county',
      ].sort(),
    )
    const imbalance = alerts.find(({ code }) => code === 'imbalance')
    expect(imbalance?.evidence['classes']).toEqual([
      { value: 'no!', count: 359 },
      { value: 'yes!', count: 40 },
    ])
  })

  it('summarizes numbers', async () => {
    const { columns } = await profile(table({ x: numberColumn(Float64Array.of(1, 2, 3, 4, 10, Number.NaN)) }))
    const { numbers, missing, distinct } = columns[0]!
    expect([missing, distinct]).toEqual([1, 5])
    expect(numbers).toMatchObject({ min: 1, max: 10, mean: 4, zeros: 0, outlierShare: 0 })
    // Deviations −3 −2 −1 0 6: squares sum to 50, cubes to 180.
    expect(numbers!.standardDeviation).toBeCloseTo(Math.sqrt(50 / 4), 12)
    expect(numbers!.skew).toBeCloseTo(180 / 5 / (50 / 5) ** 1.5, 12)
    expect(numbers!.quantiles).toMatchObject({ '0.25': 2, '0.5': 3, '0.75': 4 })
    expect(numbers!.histogram.counts.reduce((sum, count) => sum + count)).toBe(5)
  })

  it('finds equal rows', async () => {
    const rows = [
      { a: 1, b: 'x' },
      { a: 2, b: 'x' },
      { a: 1, b: 'x' },
      { a: 1, b: null },
    ]
    expect((await profile(fromRows(rows))).duplicateRows).toEqual({ count: 1, firstRow: 2 })
  })

  it('copes with empty, single and very many columns', async () => {
    expect((await profile(fromRows([{ a: null }]))).alerts.map(({ code }) => code)).toEqual(['constant'])
    const broad = table(
      new Map(
        Array.from({ length: 1500 }, (_, i) => [
          `c${i}`,
          numberColumn(normal.slice(0, 50).map((value) => value + i)),
        ]),
      ),
    )
    const result = await profile(broad)
    expect(result.notes).toEqual(['1250 columns were not compared with others, as there are too many pairs.'])
  })

  it('stops on an abort and names an unknown target', async () => {
    await expect(profile(data, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop')
    await expect(profile(data, { target: 'z' })).rejects.toThrow(/no column 'z'/)
  })
})

const shared = join(import.meta.dirname, '../../../../shared/data')
describe.skipIf(!existsSync(shared))('profile of real data (skipped without ../shared/data)', () => {
  it('finds what is known of titanic', async () => {
    const { alerts, duplicateRows } = await profile(await readTable(join(shared, 'tabular/titanic.csv.gz')), {
      target: 'survived',
    })
    expect(duplicateRows.count).toBe(107)
    const messages = alerts.map(({ message }) => message).join('\n')
    expect(messages).toMatch(/'survived' and 'alive'|'embarked' and 'embark_town'/)
    expect(messages).toMatch(/'deck' lacks 77 %/)
  })
})
