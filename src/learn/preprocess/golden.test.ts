// Values of scikit-learn, made by test/golden/preprocess.py.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { encodeStrings, numberColumn, table, type Table } from '../../data/index.js'
import { createFromRecipe } from '../catalogue.js'
import type { PublicTransformer, Transform } from '../contracts/index.js'
import { oneHot, ordinalEncoder, polynomialFeatures, powerTransformer, tfidf } from './index.js'

type Rows = readonly (readonly (number | null)[])[]
interface Case {
  readonly kind: string
  readonly options: Record<string, unknown>
  readonly columns: readonly number[]
  readonly result: Rows
}
type Named = Omit<Case, 'kind' | 'columns'> & { readonly names: readonly string[] }

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/preprocess.json', import.meta.url), 'utf8'),
) as {
  readonly train: Rows
  readonly test: Rows
  readonly cases: readonly Case[]
  readonly wholeTest: Rows
  readonly wholeTrain: Rows
  readonly products: readonly (Named & { readonly columns: readonly number[] })[]
  readonly cityTrain: readonly string[]
  readonly cityTest: readonly string[]
  readonly oneHot: readonly Omit<Case, 'kind' | 'columns'>[]
  readonly ordinal: readonly number[]
  readonly powerLambdas: readonly number[]
  readonly boxCoxLambda: readonly number[]
  readonly textTrain: readonly string[]
  readonly textTest: readonly string[]
  readonly tfidf: readonly Named[]
}

const letters = 'abcdef'

function tableOf(rows: Rows, columns: readonly number[]): Table {
  const column = (j: number) => numberColumn(Float64Array.from(rows, (row) => row[j] ?? Number.NaN))
  return table(new Map(columns.map((j) => [letters[j]!, column(j)])))
}

const texts = (name: string, values: readonly string[]): Table => table({ [name]: encodeStrings(values) })

function expectRows(transform: Transform, x: Table, { rows, digits }: { rows: Rows; digits: number }): void {
  const result = transform.apply(x)
  expect(result.names.length).toBe(rows[0]!.length)
  result.names.forEach((name, j) => {
    rows.forEach((row, i) => {
      const value = result.col(name).at(i)
      const expected = row[j]!
      if (expected === null || value === null) expect([name, i, value]).toEqual([name, i, expected])
      else {
        const error = Math.abs(Number(value) - expected) / Math.max(1, Math.abs(expected))
        expect(error, `${name}, row ${i}: ${String(value)}, expected ${expected}`).toBeLessThan(10 ** -digits)
      }
    })
  })
}

describe('numbers are those of scikit-learn', () => {
  it.each(golden.cases.map((one) => [`${one.kind} ${JSON.stringify(one.options)}`, one] as const))(
    '%s',
    async (_, { kind, options, columns, result }) => {
      const transformer = (await createFromRecipe({ kind, options })) as PublicTransformer
      const transform = await transformer.fit(tableOf(golden.train, columns))
      // Both search λ to √ε only; everything else agrees but for rounding, on numbers of 1e6 ± 1 too.
      const digits = kind === 'power-transformer' ? 5 : 9
      expectRows(transform, tableOf(golden.test, columns), { rows: result, digits })
    },
  )

  it('powers', async () => {
    const chosen = async (method: 'yeo-johnson' | 'box-cox', columns: number[]) => {
      const fitted = await powerTransformer({ method }).fit(tableOf(golden.train, columns))
      const { state } = fitted.toJSON() as { state: { fitted: { lambdas: { base64: string } } } }
      return [...new Float64Array(new Uint8Array(Buffer.from(state.fitted.lambdas.base64, 'base64')).buffer)]
    }
    const found = [...(await chosen('yeo-johnson', [0, 1, 2, 3])), ...(await chosen('box-cox', [1]))]
    const expected = [...golden.powerLambdas, ...golden.boxCoxLambda]
    // Each search stops within 1.5e-8 · |λ|, where the likelihood is flat to the last bit.
    found.forEach((lambda, j) => expect(lambda).toBeCloseTo(expected[j]!, 6))
  })

  it.each(golden.products)('products %#', async ({ options, columns, names, result }) => {
    const transform = await polynomialFeatures(options).fit(tableOf(golden.wholeTrain, columns))
    expect(transform.outputs).toEqual(names)
    expectRows(transform, tableOf(golden.wholeTest, columns), { rows: result, digits: 15 })
  })
})

describe('texts are those of scikit-learn', () => {
  it.each(golden.oneHot)('one-hot %#', async ({ options, result }) => {
    const transform = await oneHot(options).fit(texts('city', golden.cityTrain))
    expectRows(transform, texts('city', golden.cityTest), { rows: result, digits: 15 })
  })

  it('ordinal', async () => {
    const transform = await ordinalEncoder({ unknownValue: -1 }).fit(texts('city', golden.cityTrain))
    const rows = golden.ordinal.map((rank) => [rank])
    expectRows(transform, texts('city', golden.cityTest), { rows, digits: 15 })
  })

  it.each(golden.tfidf)('tf-idf %#', async ({ options, names, result }) => {
    const transform = await tfidf(options).fit(texts('t', golden.textTrain))
    expect(transform.outputs).toEqual(names.map((name) => `t:${name}`))
    // The file is rounded to 15 digits after the point.
    expectRows(transform, texts('t', golden.textTest), { rows: result, digits: 14 })
  })
})
