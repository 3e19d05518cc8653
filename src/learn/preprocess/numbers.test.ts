// What scalers and the like do to numbers: affine laws, order, edges.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WorkEvent } from '../../base/index.js'
import { fromRows, numberColumn, table, type Table } from '../../data/index.js'
import type { PublicTransformer } from '../contracts/index.js'
import {
  imputer,
  linearSpline,
  minMaxScaler,
  powerTransformer,
  quantileTransformer,
  robustScaler,
  standardScaler,
} from './index.js'
import { normalQuantile } from './normal-quantile.js'

const tableOf = (values: readonly number[]): Table => table({ a: numberColumn(Float64Array.from(values)) })

async function mapped(transformer: PublicTransformer, training: readonly number[], values = training) {
  const transform = await transformer.fit(tableOf(training))
  const column = transform.apply(tableOf(values)).col('a')
  return Array.from(values, (_, row) => column.at(row) as number)
}

// Eighths of moderate size: affine maps of them are exact, so that laws hold but for the scalers' own rounding.
const numbers = fc.array(
  fc.integer({ min: -4000, max: 4000 }).map((n) => n / 8),
  { minLength: 3, maxLength: 30 },
)
const runs = { numRuns: 50 }

describe('scalers', () => {
  it.each([
    ['standard', standardScaler()],
    ['min-max', minMaxScaler({ featureRange: [-1, 1] })],
    ['robust', robustScaler()],
    ['quantile', quantileTransformer()],
  ])('%s: does not see units and origins', (_, scaler) =>
    fc.assert(
      fc.asyncProperty(numbers, fc.integer({ min: -100, max: 100 }), async (values, shift) => {
        const moved = values.map((value) => value * 4 + shift)
        const [plain, other] = [await mapped(scaler, values), await mapped(scaler, moved)]
        plain.forEach((value, i) => expect(other[i]).toBeCloseTo(value, 9))
      }),
      runs,
    ),
  )

  it.each([
    ['standard', standardScaler()],
    ['min-max', minMaxScaler({ clip: true })],
    ['robust', robustScaler()],
    ['quantile', quantileTransformer({ nQuantiles: 5 })],
    ['normal quantile', quantileTransformer({ outputDistribution: 'normal' })],
    ['power', powerTransformer()],
  ])('%s: keeps the order of training values and fresh ones', (_, scaler) =>
    fc.assert(
      fc.asyncProperty(numbers, numbers, async (training, fresh) => {
        const sorted = [...training, ...fresh].sort((a, b) => a - b)
        const results = await mapped(scaler, training, sorted)
        // Interpolation may round a step down in the last bits.
        for (let i = 1; i < results.length; i++) expect(results[i]! - results[i - 1]!).toBeGreaterThan(-1e-9)
      }),
      runs,
    ),
  )

  it('standard: mean 0 and variance 1 also far from 0', async () => {
    const results = await mapped(standardScaler(), [1e9 + 1, 1e9 + 2, 1e9 + 6])
    expect(results.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9)
    expect(results.reduce((sum, value) => sum + value * value, 0) / 3).toBeCloseTo(1, 9)
  })

  it('constant columns become 0', async () => {
    for (const scaler of [standardScaler(), minMaxScaler(), robustScaler(), powerTransformer()]) {
      expect(await mapped(scaler, [0.1, 0.1, 0.1])).toEqual([0, 0, 0])
    }
    expect(await mapped(standardScaler(), [0.1, 0.1, 0.1], [1.1])).toEqual([1])
    // Their squares are infinite.
    expect(await mapped(standardScaler(), [-1e300, 1e300])).toEqual([-1, 1])
  })

  it('missing values stay missing', async () => {
    for (const scaler of [
      standardScaler(),
      minMaxScaler({ clip: true }),
      robustScaler(),
      powerTransformer(),
      linearSpline(),
    ]) {
      expect((await mapped(scaler, [1, Number.NaN, 3, 4]))[1]).toBeNull()
    }
    expect(
      (await mapped(quantileTransformer({ outputDistribution: 'normal' }), [1, Number.NaN, 3]))[1],
    ).toBeNull()
  })
})

describe('normal quantiles', () => {
  // NIST/SEMATECH e-Handbook, table of the normal distribution, and R's qnorm for the tail.
  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.9, 1.2815515655446004],
    [1e-7, -5.199337582192817],
  ])('of %f', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 13))

  it('are odd about ½', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 20 - 1 }), (n) => {
        const p = n / 2 ** 20
        expect(normalQuantile(1 - p)).toBeCloseTo(-normalQuantile(p), 12)
      }),
    ))
})

describe('imputer', () => {
  it('takes the smaller of two most frequent values', async () => {
    const fitted = await imputer({ strategy: 'most-frequent' }).fit(
      fromRows([
        { a: 2, t: 'b' },
        { a: 1, t: 'a' },
        { a: null, t: null },
      ]),
    )
    expect(
      fitted
        .apply(
          fromRows([
            { a: null, t: null },
            { a: 5, t: 'c' },
          ]),
        )
        .toRows(),
    ).toEqual([
      { a: 1, t: 'a' },
      { a: 5, t: 'c' },
    ])
  })

  it('warns of columns without values, and fills them', async () => {
    const events: WorkEvent[] = []
    const fitted = await imputer().fit(tableOf([Number.NaN, Number.NaN]), undefined, {
      onEvent: (event) => events.push(event),
    })
    expect(events).toMatchObject([{ type: 'warning', code: 'all-missing', column: 'a' }])
    expect(fitted.apply(tableOf([Number.NaN])).toRows()).toEqual([{ a: 0 }])
  })

  it('finds names for indicators that no column has', async () => {
    const fitted = await imputer({ addIndicator: true }).fit(
      fromRows([
        { a: null, a_missing: 1 },
        { a: 1, a_missing: null },
      ]),
    )
    expect(fitted.outputs).toEqual(['a', 'a_missing', 'a_missing (2)', 'a_missing_missing'])
  })

  it('keeps timestamps timestamps', async () => {
    const fitted = await imputer().fit(fromRows([{ at: new Date(0) }, { at: new Date(10) }, { at: null }]))
    expect(fitted.apply(fromRows([{ at: null }, { at: new Date(3) }])).toRows()).toEqual([
      { at: new Date(5) },
      { at: new Date(3) },
    ])
  })
})

describe('linear splines', () => {
  it('bend at quantiles within the range and leave two values alone', async () => {
    const x = table({
      a: numberColumn(Float64Array.of(0, 1, 2, 3, 4)),
      b: numberColumn(Float64Array.of(0, 0, 1, 1, 1)),
    })
    expect((await linearSpline({ nKnots: 3 }).fit(x)).outputs).toEqual(['a', 'b', 'a>1', 'a>2', 'a>3'])
  })
})
