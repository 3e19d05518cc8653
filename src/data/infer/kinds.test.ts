import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readTable } from '../read-table.js'
import { fromRows } from '../table.js'
import { inferKinds } from './index.js'

const kindOf = (values: readonly (string | number | null)[], name = 'c'): string => {
  const [kind] = inferKinds(fromRows(values.map((value) => ({ [name]: value }))))
  return `${kind!.kind}${kind!.codes ? ' (codes)' : ''}`
}
const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 100 }, (_, i) => make(i))

describe('inferKinds', () => {
  it('tells kinds apart as a person would', () => {
    expect(kindOf(many((i) => i / 3))).toBe('number')
    expect(kindOf(many((i) => (i * 37) % 101))).toBe('number')
    expect(kindOf(many((i) => i % 5))).toBe('number (codes)')
    expect(kindOf(many((i) => i + 1))).toBe('identifier')
    expect(
      kindOf(
        many((i) => i * 977),
        'PassengerId',
      ),
    ).toBe('identifier')
    expect(
      kindOf(
        many((i) => i * 977),
        'paid',
      ),
    ).toBe('number')
    expect(kindOf(many((i) => `K-${i * 7}`))).toBe('identifier')
    expect(kindOf(many((i) => `c${i % 4}`))).toBe('category')
    expect(kindOf(many((i) => `the quick brown fox number ${i}`))).toBe('text')
    expect(kindOf(many((i) => `Jane Doe${i}`))).toBe('text')
    expect(kindOf(many(() => 'x'))).toBe('constant')
    expect(kindOf(many(() => null))).toBe('constant')
    expect(kindOf(many((i) => (i > 50 ? 'x' : null)))).toBe('category')
  })
})

const shared = join(import.meta.dirname, '../../../../shared/data')

/** Columns that are neither plain numbers nor categories; all else is `number` or `category`, as stored. */
const expected: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'tabular/abalone.csv.gz': {},
  'tabular/adult_train.csv.gz': {},
  'tabular/beijing_pm25.csv.gz': { identifier: ['No'] },
  'tabular/bike_sharing_hour.csv.gz': { identifier: ['instant'], timestamp: ['dteday'] },
  'tabular/california_housing.csv.gz': {},
  'tabular/credit_g.csv.gz': { boolean: ['foreign_worker'] },
  'tabular/daily_min_temperatures.csv.gz': { timestamp: ['Date'] },
  'tabular/diamonds.csv.gz': {},
  'tabular/ionosphere.csv.gz': { constant: ['a02'] },
  'tabular/monthly_sunspots.csv.gz': { timestamp: ['Month'] },
  'tabular/mpg.csv.gz': {},
  'tabular/oil_spill.csv.gz': { constant: ['a23'] },
  'tabular/penguins.csv.gz': {},
  'tabular/segment.csv.gz': { constant: ['region-pixel-count'] },
  'tabular/taxis.csv.gz': { timestamp: ['pickup', 'dropoff'] },
  'tabular/telco_churn.csv.gz': {
    identifier: ['customerID'],
    boolean: ['Partner', 'Dependents', 'PhoneService', 'PaperlessBilling', 'Churn'],
  },
  'tabular/tips.csv.gz': { boolean: ['smoker'] },
  'tabular/titanic.csv.gz': { boolean: ['adult_male', 'alive', 'alone'] },
  'tabular/vehicle.csv.gz': {},
  'text/ag_news_test.csv.gz': { text: ['column_2', 'column_3'] },
  'text/sms_spam.tsv.gz': { text: ['column_2'] },
  'text/sst2_dev.tsv.gz': { text: ['column_1'] },
  'drift/elec2.csv.gz': {},
}

describe.skipIf(!existsSync(shared))('inferKinds on real data (skipped without ../shared/data)', () => {
  it.each(Object.entries(expected))('%s', async (path, kinds) => {
    const table = await readTable(join(shared, path))
    const found: Record<string, string[]> = {}
    for (const { name, kind } of inferKinds(table)) {
      const plain = table.col(name).type === 'string' ? 'category' : 'number'
      if (kind !== plain) (found[kind] ??= []).push(name)
    }
    expect(found).toEqual(kinds)
  })
})
