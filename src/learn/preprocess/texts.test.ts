// What encoders do to text: closed forms, unseen and missing texts, out-of-fold encodings.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadGraph } from '../../../test/support/graph-parity.js'
import { DataError, rng } from '../../base/index.js'
import { encodeStrings, fromRows, table, type Table } from '../../data/index.js'
import { classTarget, type FitData, type Target, valueTarget } from '../contracts/index.js'
import { frequencyEncoder, oneHot, ordinalEncoder, targetEncoder, tfidf } from './index.js'
import { spellings, wordsOf } from './words.js'

const cities = (...values: (string | null)[]): Table => table({ city: encodeStrings(values) })

describe('one-hot', () => {
  it('gives missing text a level of its own if training has it', async () => {
    const fitted = await oneHot().fit(cities('Oslo', null))
    expect(fitted.apply(cities(null, 'Riga')).toRows()).toEqual([
      { 'city=(missing)': 1, 'city=Oslo': 0 },
      { 'city=(missing)': 0, 'city=Oslo': 0 },
    ])
    const without = await oneHot().fit(cities('Oslo'))
    expect(without.apply(cities(null)).toRows()).toEqual([{ 'city=Oslo': 0 }])
  })

  it('says which texts are unknown, and where', async () => {
    const fitted = await oneHot({ unknown: 'error' }).fit(cities('Oslo'))
    const apply = () => fitted.apply(cities('Oslo', 'Riga', null, 'Bern'))
    expect(apply).toThrow(DataError)
    expect(apply).toThrow("3 values not seen during fit ('Riga', missing, 'Bern'); first at row 1")
  })

  it('knows rare texts from unknown ones', async () => {
    const train = cities('Oslo', 'Oslo', 'Bern', 'Riga')
    const test = cities('Bern', 'Lima')
    const ignoring = await oneHot({ minFrequency: 2 }).fit(train)
    expect(
      ignoring
        .apply(test)
        .toRows()
        .map((row) => row['city=(rare)']),
    ).toEqual([1, 0])
    const joining = await oneHot({ minFrequency: 2, unknown: 'rare' }).fit(train)
    expect(
      joining
        .apply(test)
        .toRows()
        .map((row) => row['city=(rare)']),
    ).toEqual([1, 1])
  })

  it('sets names apart that would be equal', async () => {
    const fitted = await oneHot().fit(fromRows([{ a: 'b=c', 'a=b': 'c' }]))
    expect(fitted.outputs).toEqual(['a=b=c', 'a=b=c (2)'])
  })

  it('drops one of two levels, and refuses to drop all', async () => {
    const fitted = await oneHot({ drop: 'if-binary' }).fit(
      fromRows([
        { a: 'x', b: 'p' },
        { a: 'y', b: 'q' },
        { a: 'y', b: 'r' },
      ]),
    )
    expect(fitted.outputs).toEqual(['a=y', 'b=p', 'b=q', 'b=r'])
    await expect(oneHot({ drop: 'first' }).fit(cities('Oslo'))).rejects.toThrow('no column is left')
  })
})

describe('ordinal and frequency', () => {
  const train = cities('b', 'c', 'c', 'a', 'a', 'a', null)

  it('orders by frequency or by the target', async () => {
    const ranks = async (order: 'frequency' | 'target') => {
      const fitted = await ordinalEncoder({ order }).fit(train, [5, 1, 2, 9, 9, 9, 0])
      return fitted
        .apply(cities('a', 'b', 'c', null, 'new'))
        .toRows()
        .map((row) => row['city'])
    }
    expect(await ranks('frequency')).toEqual([0, 2, 1, null, null])
    expect(await ranks('target')).toEqual([2, 1, 0, null, null])
  })

  it('orders by the first component of class shares for three classes', async () => {
    const x = cities(...'a a a a b b b b c c c c'.split(' '))
    // From all u over half to all w; v is rare throughout.
    const fitted = await ordinalEncoder({ order: 'target' }).fit(x, 'u u u v u v w u w w w w'.split(' '))
    const ranks = fitted
      .apply(cities('a', 'b', 'c'))
      .toRows()
      .map((row) => row['city'])
    expect(ranks[1]).toBe(1)
  })

  it('counts missing text too', async () => {
    const fitted = await frequencyEncoder({ normalize: false }).fit(train)
    expect(
      fitted
        .apply(cities('a', null, 'new'))
        .toRows()
        .map((row) => row['city_frequency']),
    ).toEqual([3, 1, 0])
  })
})

describe('target encoder', () => {
  const encoded = async (options: object, x: Table, y: readonly (number | string)[], test: Table) => {
    const result = (await targetEncoder(options).fit(x, y as readonly string[])).apply(test)
    return result.toRows()
  }

  it('weighs by empirical Bayes', async () => {
    // Level a has the mean 2 and the variance 1, b 6 and 4.
    const y = [1, 3, 4, 4, 8, 8]
    const mean = 28 / 6
    const variance = y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 6
    const share = (count: number, within: number) => (count * variance) / (count * variance + within)
    const rows = await encoded({}, cities('a', 'a', 'b', 'b', 'b', 'b'), y, cities('a', 'b', 'c', null))
    expect(rows[0]!['city']).toBeCloseTo(share(2, 1) * 2 + (1 - share(2, 1)) * mean, 12)
    expect(rows[1]!['city']).toBeCloseTo(share(4, 4) * 6 + (1 - share(4, 4)) * mean, 12)
    expect(rows[2]!['city']).toBeCloseTo(mean, 12)
    expect(rows[3]!['city']).toBeCloseTo(mean, 12)
  })

  it('gives the share of the second class, or of each of several', async () => {
    const x = cities('a', 'a', 'b', 'b')
    expect(await encoded({ smooth: 0 }, x, ['no', 'yes', 'no', 'no'], x.slice(0, 1))).toEqual([{ city: 0.5 }])
    const three = await encoded({ smooth: 2 }, x, ['u', 'v', 'w', 'w'], cities('a', 'new'))
    expect(three).toEqual([
      { 'city:u': 0.375, 'city:v': 0.375, 'city:w': 0.25 },
      { 'city:u': 0.25, 'city:v': 0.25, 'city:w': 0.5 },
    ])
  })

  const fitted = (x: Table, target: Target) => {
    const data: FitData = { x, target, rng: rng(3) }
    return targetEncoder({ smooth: 1 }).fitCore(data)
  }

  it('does not show a training row its own target', async () => {
    const count = 60
    const x = cities(...Array.from({ length: count }, (_, row) => `city ${row % 7}`))
    const y = Array.from({ length: count }, (_, row) => Math.sin(row))
    const { training } = await fitted(x, valueTarget(y))
    for (const row of [0, 11, 42]) {
      const changed = y.map((value, i) => (i === row ? value + 1000 : value))
      const { training: other } = await fitted(x, valueTarget(changed))
      expect(other.col('city').at(row)).toBeCloseTo(training.col('city').at(row) as number, 9)
    }
  })

  it('does not carry noise of levels that occur once into training', async () => {
    const count = 200
    const x = cities(...Array.from({ length: count }, (_, row) => `only ${row}`))
    const random = rng(1)
    const y = Array.from({ length: count }, () => (random.below(2) === 1 ? 'yes' : 'no'))
    const { training, transform } = await fitted(x, classTarget(y))
    const distance = (of: Table) => {
      const means = [0, 1].map((c) => {
        const rows = y.flatMap((label, row) =>
          Number(label === 'yes') === c ? [of.col('city').at(row) as number] : [],
        )
        return rows.reduce((sum, value) => sum + value, 0) / rows.length
      })
      return means[1]! - means[0]!
    }
    expect(Math.abs(distance(training))).toBeLessThan(0.02)
    expect(distance(transform.apply(x))).toBeGreaterThan(0.4)
  })
})

describe('words', () => {
  it('are folded only where they are written as words are', () => {
    expect(wordsOf('Great GREAT great gREAT iPhone École ÉCOLE x 42 a_b', true)).toEqual([
      'great',
      'great',
      'great',
      'gREAT',
      'iPhone',
      'école',
      'école',
      '42',
      'a_b',
    ])
    expect(wordsOf('Great', false)).toEqual(['Great'])
  })

  // Letters of several scripts with case, marks, digits beyond ASCII, signs and an emoji.
  const letter = fc.constantFrom(...'aAzZ_09éÉßſİıǅΣσςЖжहि٣½😀-’ 中'.match(/./gu)!)
  const texts = fc.array(fc.string({ unit: letter, maxLength: 30 }), { minLength: 1, maxLength: 20 })

  it('are found again from all their spellings, and from no other', () =>
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 8 }), (text) => {
        for (const raw of wordsOf(text, false)) {
          const [word] = wordsOf(raw, true)
          expect(spellings(word!, true)).toContain(raw)
          for (const spelling of spellings(word!, true)) expect(wordsOf(spelling, true)).toEqual([word])
        }
      }),
      { numRuns: 500 },
    ))

  it.each(['native', 'wasm'] as const)('are cut in the graph as in memory, in any script, on %s', (engine) =>
    fc.assert(
      fc.asyncProperty(texts, async (lines) => {
        const x = table({ t: encodeStrings(lines) })
        if (lines.every((line) => wordsOf(line, true).length === 0)) return
        const encoder = await tfidf({ ngramRange: [1, 2], norm: null, useIdf: false }).fit(x)
        await using graph = await loadGraph(encoder, { engine })
        const found = await graph.run(x)
        const counted = encoder.apply(x)
        for (const name of encoder.outputs) {
          const expected = Array.from(lines, (_, row) => counted.col(name).at(row))
          expect(Array.from(found.get(name) as Float64Array)).toEqual(expected)
        }
      }),
      { numRuns: 15 },
    ),
  )
})

describe('tf-idf', () => {
  it('keeps the most frequent terms', async () => {
    const x = table({ t: encodeStrings(['red wine', 'red beer', 'red wine', 'dark beer']) })
    expect((await tfidf({ maxFeatures: 2 }).fit(x)).outputs).toEqual(['t:beer', 't:red'])
    expect((await tfidf({ minDf: 3 }).fit(x)).outputs).toEqual(['t:red'])
    // No pair stands in 5 rows: all count.
    expect((await tfidf({ minDf: 5 }).fit(x)).outputs).toHaveLength(4)
  })
})
