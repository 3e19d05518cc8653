// Every transformer: what it gives in memory is what its graph gives, on fresh rows with missing values and unseen texts.
import { describe, expect, it } from 'vitest'
import { expectParity } from '../../../test/support/graph-parity.js'
import { type Rng, rng } from '../../base/index.js'
import {
  asNumbers,
  booleanColumn,
  type Column,
  encodeStrings,
  numberColumn,
  table,
  type Table,
  timestampColumn,
} from '../../data/index.js'
import type { PublicTransformer } from '../contracts/index.js'
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

const cities = ['Oslo', 'Bern', 'Riga', 'Rome', 'Bonn']
const fresh = ['Lima', 'Kyiv']

const words = [
  'good',
  'Good',
  'GOOD',
  'food',
  'École',
  'ÉCOLE',
  'école',
  'iPhone',
  'x',
  'straße',
  '12',
  'наш',
  'НАШ',
  'हिन्दी',
  '…',
  '😀',
]
const glue = [' ', ', ', '-', '']

const sentence = (random: Rng, more: boolean): string =>
  Array.from({ length: random.below(8) }, () => {
    const word = words[random.below(words.length)]!
    return (more && random.below(5) === 0 ? 'Новое' : word) + glue[random.below(glue.length)]!
  }).join('')

/** Rows of every type of column, a tenth missing; `more` adds texts and numbers outside of the training range. */
function rows(count: number, { seed, more }: { seed: number; more: boolean }): Table {
  const random = rng(seed)
  const some = <T>(make: () => T, missing: T): T => (random.uniform() < 0.1 ? missing : make())
  const texts = more ? [...cities, ...fresh] : cities
  const stretch = more ? 3 : 1
  const numbers = (make: () => number) => Float64Array.from({ length: count }, () => some(make, Number.NaN))
  // Squared, so that some cities are rare.
  const city = () => texts[Math.floor(random.uniform() ** 2 * texts.length)]!
  return table({
    age: numberColumn(numbers(() => 40 + 15 * stretch * random.normal())),
    income: numberColumn(numbers(() => Math.exp(10 + stretch * random.normal()))),
    rooms: numberColumn(numbers(() => random.below(5 * stretch))),
    member: booleanColumn(Uint8Array.from({ length: count }, () => some(() => random.below(2), 255))),
    born: timestampColumn(numbers(() => Math.round((random.uniform() - 0.3) * 2e12 * stretch))),
    city: encodeStrings(Array.from({ length: count }, () => some<string | null>(city, null))),
    note: encodeStrings(
      Array.from({ length: count }, () => some<string | null>(() => sentence(random, more), null)),
    ),
    plan: encodeStrings(
      Array.from({ length: count }, () => some(() => `plan ${random.below(2 * stretch)}`, 'none')),
    ),
  })
}

const numbers = ['age', 'income', 'rooms', 'member', 'born']
const texts = ['city', 'plan']
const tolerance = 1e-12
const all = [...numbers, ...texts]

const cases: readonly (readonly [
  string,
  PublicTransformer,
  { readonly columns: readonly string[]; readonly tolerance?: number },
])[] = [
  ['imputer, mean', imputer(), { columns: numbers }],
  [
    'imputer, median and indicators',
    imputer({ strategy: 'median', addIndicator: true }),
    { columns: numbers },
  ],
  ['imputer, most frequent', imputer({ strategy: 'most-frequent', addIndicator: true }), { columns: all }],
  ['imputer, constant number', imputer({ strategy: 'constant', fillValue: -1 }), { columns: numbers }],
  ['imputer, constant text', imputer({ strategy: 'constant', fillValue: 'Oslo' }), { columns: texts }],
  ['missing indicator', missingIndicator(), { columns: all }],
  ['missing indicator of all', missingIndicator({ features: 'all' }), { columns: all }],
  ['standard scaler', standardScaler(), { columns: numbers }],
  ['standard scaler, no mean', standardScaler({ withMean: false }), { columns: numbers }],
  ['min-max scaler', minMaxScaler({ featureRange: [-1, 1] }), { columns: numbers }],
  ['min-max scaler, clipped', minMaxScaler({ clip: true }), { columns: numbers }],
  ['robust scaler', robustScaler({ quantileRange: [10, 90] }), { columns: numbers }],
  ['quantiles, uniform', quantileTransformer(), { columns: numbers }],
  ['quantiles, uniform, few', quantileTransformer({ nQuantiles: 10 }), { columns: numbers }],
  // Logarithms and powers of two libraries may differ in the last bit.
  [
    'quantiles, normal',
    quantileTransformer({ outputDistribution: 'normal' }),
    { columns: numbers, tolerance },
  ],
  ['power, Yeo-Johnson', powerTransformer(), { columns: ['age', 'income', 'rooms', 'member'], tolerance }],
  ['power, Box-Cox', powerTransformer({ method: 'box-cox' }), { columns: ['income'], tolerance }],
  ['date parts', dateParts(), { columns: ['born'] }],
  ['date parts, cyclic', dateParts({ cyclic: true }), { columns: ['born'], tolerance }],
  ['linear spline', linearSpline(), { columns: numbers }],
  [
    'linear spline, constant outside',
    linearSpline({ nKnots: 3, extrapolation: 'constant' }),
    { columns: numbers },
  ],
  ['polynomial', polynomialFeatures({ includeBias: true }), { columns: numbers }],
  ['interactions of three', polynomialFeatures({ degree: 3, interactionOnly: true }), { columns: numbers }],
  ['numeric', numeric(), { columns: numbers }],
  ['one-hot', oneHot(), { columns: texts }],
  ['one-hot of numbers', oneHot(), { columns: ['rooms', 'member', 'city'] }],
  [
    'one-hot of numbers, rare',
    oneHot({ minFrequency: 30, unknown: 'rare', drop: 'first' }),
    { columns: ['rooms', 'member'] },
  ],
  ['one-hot, rare levels', oneHot({ minFrequency: 0.15, unknown: 'rare' }), { columns: texts }],
  [
    'one-hot, few levels',
    oneHot({ maxCategories: 3, unknown: 'ignore', drop: 'if-binary' }),
    { columns: texts },
  ],
  ['one-hot, first dropped', oneHot({ drop: 'first' }), { columns: texts }],
  ['tf-idf', tfidf({ ngramRange: [1, 2] }), { columns: ['note'], tolerance }],
  [
    'tf-idf, sublinear',
    tfidf({ sublinearTf: true, norm: null, maxFeatures: 5 }),
    { columns: ['note'], tolerance },
  ],
  [
    'tf-idf of pairs',
    tfidf({ ngramRange: [2, 3], lowercase: false, minDf: 2 }),
    { columns: ['note', 'city'], tolerance },
  ],
  ['frequency', frequencyEncoder(), { columns: texts }],
  ['target encoder', targetEncoder(), { columns: texts }],
  ['target encoder, smooth', targetEncoder({ smooth: 10 }), { columns: texts }],
  ['ordinal', ordinalEncoder(), { columns: texts }],
  ['ordinal by target', ordinalEncoder({ order: 'target', unknownValue: -1 }), { columns: texts }],
]

describe('a row alone and the table agree', () => {
  it.each(cases)('%s', async (_, transformer, { columns }) => {
    const y = Array.from({ length: 200 }, (_row, row) => Math.sin(row))
    const transform = await transformer.fit(rows(200, { seed: 1, more: false }).select(columns), y)
    const ofRow = transform.rowFunction()
    // Where there is no such path, serving makes a table of one row.
    if (ofRow === undefined) return
    const x = rows(50, { seed: 2, more: true }).select(columns)
    const applied = transform.apply(x)
    for (let row = 0; row < x.rowCount; row++) {
      const values = (of: Table) => of.names.map((name) => valueAt(of.col(name), row))
      expect(ofRow(values(x))).toEqual(values(applied))
    }
  })
})

function valueAt(column: Column, row: number): number | string | null {
  return column.type === 'string' ? column.at(row) : asNumbers(column)![row]!
}

describe.each(['native', 'wasm'] as const)('graph and memory agree on %s', (engine) => {
  it.each(cases)('%s', async (_, transformer, { columns, ...within }) => {
    const training = rows(200, { seed: 1, more: false }).select(columns)
    const random = rng(3)
    const y = Array.from({ length: 200 }, () => random.normal())
    const transform = await transformer.fit(training, y)
    await expectParity(transform, rows(100, { seed: 2, more: true }).select(columns), { engine, ...within })
  })
})
