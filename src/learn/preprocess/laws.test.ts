// Laws that hold for every transformer, and bad input that every one meets.
import { describe, expect, it } from 'vitest'
import { DataError, InvalidOptionError, rng, SchemaMismatchError } from '../../base/index.js'
import {
  type Column,
  encodeStrings,
  numberColumn,
  table,
  type Table,
  takeRows,
  timestampColumn,
} from '../../data/index.js'
import { createFromRecipe, restoreFitted } from '../catalogue.js'
import type { ModelDocument, PublicTransformer, Transform } from '../contracts/index.js'
import {
  dateParts,
  frequencyEncoder,
  imputer,
  linearSpline,
  minMaxScaler,
  missingIndicator,
  numeric,
  oneHot,
  ordinalEncoder,
  polynomialFeatures,
  powerTransformer,
  quantileTransformer,
  robustScaler,
  standardScaler,
  targetEncoder,
  tfidf,
} from './index.js'

const factories = {
  dateParts,
  frequencyEncoder,
  imputer,
  linearSpline,
  minMaxScaler,
  missingIndicator,
  numeric,
  oneHot,
  ordinalEncoder,
  polynomialFeatures,
  powerTransformer,
  quantileTransformer,
  robustScaler,
  standardScaler,
  targetEncoder,
  tfidf,
}

type Type = 'number' | 'string' | 'timestamp'
const cases: readonly (readonly [keyof typeof factories, Type, Record<string, unknown>])[] = [
  ['imputer', 'number', { addIndicator: true }],
  ['imputer', 'string', { strategy: 'most-frequent' }],
  ['missingIndicator', 'number', {}],
  ['numeric', 'timestamp', {}],
  ['standardScaler', 'number', {}],
  ['minMaxScaler', 'number', {}],
  ['robustScaler', 'number', {}],
  ['quantileTransformer', 'number', { outputDistribution: 'normal' }],
  ['powerTransformer', 'number', {}],
  ['polynomialFeatures', 'number', {}],
  ['linearSpline', 'number', {}],
  ['dateParts', 'timestamp', { cyclic: true }],
  ['oneHot', 'string', { maxCategories: 3 }],
  ['oneHot', 'number', { maxCategories: 3 }],
  ['ordinalEncoder', 'string', { order: 'target' }],
  ['frequencyEncoder', 'string', {}],
  ['targetEncoder', 'string', {}],
  ['tfidf', 'string', {}],
]

const count = 50
const make = (name: keyof typeof factories, options: object): PublicTransformer =>
  (factories[name] as (options: object) => PublicTransformer)(options)

function columnOf(type: Type, seed: number): Column {
  const random = rng(seed)
  const some = <T>(value: T, missing: T): T => (random.uniform() < 0.1 ? missing : value)
  const words = ['red wine', 'white wine', 'red beer', 'dark beer', 'water']
  if (type === 'string') {
    return encodeStrings(
      Array.from({ length: count }, () => some<string | null>(words[random.below(5)]!, null)),
    )
  }
  // Quarters, so that sums do not depend on the order of rows.
  const number = () => some(type === 'number' ? random.below(60) / 4 : random.below(1e9) * 1000, Number.NaN)
  const values = Float64Array.from({ length: count }, number)
  return type === 'number' ? numberColumn(values) : timestampColumn(values)
}

const tableOf = (type: Type): Table => table({ a: columnOf(type, 1), b: columnOf(type, 2) })
const y = Array.from({ length: count }, (_, row) => ((row * 7) % 11) / 4)

function rows(transform: Transform, x: Table): readonly (readonly unknown[])[] {
  const result = transform.apply(x)
  return Array.from({ length: result.rowCount }, (_, row) =>
    result.names.map((name) => result.col(name).at(row)),
  )
}

describe.each(cases)('%s of a %s column', (name, type, options) => {
  const x = tableOf(type)

  it('comes back from JSON to the bit', async () => {
    const fitted = await make(name, options).fit(x, y)
    const again = (await restoreFitted(JSON.parse(JSON.stringify(fitted)) as ModelDocument)) as Transform
    expect(rows(again, x)).toEqual(rows(fitted, x))
    expect(again.outputs).toEqual(fitted.outputs)
    const described = make(name, options)
    expect((await createFromRecipe({ kind: described.kind, options: described.options })).options).toEqual(
      described.options,
    )
  })

  it('does not depend on the order of rows', async () => {
    const order = rng(9).permutation(count)
    const fitted = await make(name, options).fit(x, y)
    const shuffled = await make(name, options).fit(
      x.take(order),
      [...order].map((row) => y[row]!),
    )
    expect(rows(shuffled, x).flat()).toEqual(
      rows(fitted, x)
        .flat()
        // Sums in another order; and the search for a power stops where its likelihood is flat to the last bit.
        .map((value) =>
          typeof value === 'number' ? expect.closeTo(value, name === 'powerTransformer' ? 6 : 9) : value,
        ),
    )
  })

  it('does not depend on the names of columns, nor on further ones', async () => {
    const renamed = table({ c: x.col('a'), d: x.col('b') })
    const fitted = await make(name, options).fit(renamed, y)
    expect(rows(fitted, renamed.with('more', x.col('a')))).toEqual(
      rows(await make(name, options).fit(x, y), x),
    )
  })

  it('gives a row the same alone as among others', async () => {
    const fitted = await make(name, options).fit(x, y)
    const all = rows(fitted, x)
    for (const row of [0, 7, 31]) expect(rows(fitted, x.slice(row, row + 1))).toEqual([all[row]])
  })

  it('leaves its inputs as they are', async () => {
    const before = x.toRows()
    const fitted = await make(name, options).fit(x, y)
    fitted.apply(x)
    expect(x.toRows()).toEqual(before)
  })

  it('learns from one row, and from columns without values', async () => {
    for (const part of [x.slice(0, 1), emptied(x)]) {
      const fitted = make(name, options).fit(part, y.slice(0, part.rowCount))
      if (name === 'tfidf' && part.rowCount > 1) await expect(fitted).rejects.toThrow('no words')
      else expect((await fitted).apply(x).rowCount).toBe(count)
    }
  })

  it('refuses tables without rows, and other types', async () => {
    await expect(make(name, options).fit(x.slice(0, 0), [])).rejects.toSatisfy(DataError.is)
    const fitted = await make(name, options).fit(x, y)
    const other = tableOf(type === 'string' ? 'number' : 'string')
    expect(() => fitted.apply(other)).toThrow(SchemaMismatchError)
    expect(() => fitted.apply(x.select(['a']))).toThrow("missing 'b'")
  })
})

function emptied(x: Table): Table {
  const missing = (column: Column): Column => {
    if (column.type === 'string') return encodeStrings(Array.from({ length: column.length }, () => null))
    const values = new Float64Array(column.length).fill(Number.NaN)
    return column.type === 'timestamp' ? timestampColumn(values) : numberColumn(values)
  }
  return table(new Map(x.names.map((name) => [name, missing(takeRows(x.col(name), [...y.keys()]))])))
}

const bad: readonly (readonly [keyof typeof factories, Record<string, unknown>, string])[] = [
  ['imputer', { strategy: 'mode' }, "'most-frequent'"],
  ['imputer', { fillValue: '' }, 'not empty'],
  ['minMaxScaler', { featureRange: [1, 0] }, 'the smaller first'],
  ['robustScaler', { quantileRange: [25, 125] }, 'between 0 and 100'],
  ['quantileTransformer', { nQuantiles: 1 }, 'at least 2'],
  ['powerTransformer', { method: 'log' }, "'box-cox'"],
  ['polynomialFeatures', { degree: 2.5 }, 'whole number'],
  ['linearSpline', { nKnots: 0 }, 'between 1 and 100'],
  ['dateParts', { parts: ['weekday'] }, "'day-of-week'"],
  ['oneHot', { minFrequency: 1.5 }, 'whole number of rows'],
  ['oneHot', { dropp: 'first' }, "Did you mean 'drop'"],
  ['targetEncoder', { smooth: -1 }, "or 'auto'"],
  ['targetEncoder', { cv: 1 }, 'between 2 and 255'],
  ['tfidf', { ngramRange: [2, 1] }, 'the smaller first'],
  ['tfidf', { norm: 'l1' }, "'l2'"],
]

describe('bad options and data', () => {
  it.each(bad)('%s refuses %j', (name, options, message) => {
    expect(() => make(name, options)).toThrow(InvalidOptionError)
    expect(() => make(name, options)).toThrow(message)
  })

  it('infinite numbers are refused with their row', async () => {
    const x = table({ a: numberColumn(Float64Array.of(1, Infinity)) })
    await expect(standardScaler().fit(x)).rejects.toThrow("column 'a' is infinite at row 1")
  })

  it('Box–Cox refuses numbers that are not positive', async () => {
    const x = table({ a: numberColumn(Float64Array.of(1, 0)) })
    const fitted = powerTransformer({ method: 'box-cox' }).fit(x)
    await expect(fitted).rejects.toThrow("column 'a' has 0 at row 1")
  })

  it('too many products are refused before they are made', async () => {
    const names = Array.from({ length: 300 }, (_, j) => `c${j}`)
    const x = table(new Map(names.map((name) => [name, numberColumn(Float64Array.of(1, 2))])))
    await expect(polynomialFeatures().fit(x)).rejects.toThrow('more than 20000 columns')
  })

  it('text wants an imputer of its own', async () => {
    const x = table({ a: encodeStrings(['x', null]) })
    await expect(imputer().fit(x)).rejects.toThrow("needs the strategy 'most-frequent' or 'constant'")
    const constant = imputer({ strategy: 'constant', fillValue: 3 }).fit(x)
    await expect(constant).rejects.toThrow("needs a string as 'fillValue'")
  })

  it('target encodings need a target', async () => {
    const x = table({ a: encodeStrings(['x', 'y']) })
    await expect(targetEncoder().fit(x)).rejects.toThrow('Give fit(x, y)')
    await expect(ordinalEncoder({ order: 'target' }).fit(x)).rejects.toThrow('Give fit(x, y)')
  })
})
