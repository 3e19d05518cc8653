import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boostingData, boostingParams, ensembleBytes, slice } from '../../../test/support/boosting-data.js'
import { type BoostingParams, predictEnsemble, trainBoosting } from './index.js'

describe('threads', () => {
  const variants: readonly (readonly [string, Partial<BoostingParams>])[] = [
    ['squared-error', {}],
    ['logistic', { objective: 'logistic' }],
    ['multinomial', { objective: 'multinomial', nClasses: 3 }],
    ['drawn rows and columns', { subsample: 0.7, colsampleByTree: 0.8, colsampleByNode: 0.6 }],
    ['random thresholds', { extraTrees: true }],
  ]
  for (const [name, changed] of variants) {
    for (const rows of [3000, 24_000]) {
      it(`make no difference: ${name}, ${rows} rows`, async () => {
        const classes = { 'squared-error': 0, logistic: 2, multinomial: 3 }[
          changed.objective ?? 'squared-error'
        ]
        // 23 columns: other tiles for one, two and three threads.
        const data = boostingData({ rows, columns: 23, missing: 0.05, classes, levels: 300 })
        const input = { ...data, validation: slice(data, 0, 700) }
        const params = boostingParams({ nEstimators: 6, ...changed })
        const one = ensembleBytes(await trainBoosting(input, params, { threads: 1 }))
        const two = ensembleBytes(await trainBoosting(input, params, { threads: 2 }))
        const three = ensembleBytes(await trainBoosting(input, params, { threads: 3 }))
        expect(two === one).toBe(true)
        expect(three === one).toBe(true)
      })
    }
  }
})

describe('missing values', () => {
  it('go to the side that gains more', async () => {
    // Missing behaves like the large values.
    const x = Float32Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? Number.NaN : i % 2 === 0 ? 1 : 2))
    const y = Float64Array.from(x, (v) => (v === 1 ? 0 : 1))
    const params = boostingParams({ nEstimators: 1, maxLeaves: 2, learningRate: 1, lambda: 0 })
    const ensemble = await trainBoosting({ x, rows: 400, columns: 1, y }, params)
    expect([ensemble.threshold[0], ensemble.missingLeft[0]]).toEqual([1.5, 0])
    const [low, high, none] = await predictEnsemble(ensemble, Float32Array.of(1, 2, Number.NaN), 3)
    // Gradients are float32.
    expect(low).toBeCloseTo(0, 6)
    expect(high).toBeCloseTo(1, 6)
    expect(none).toBe(high)
  })

  it('alone can be worth a split', async () => {
    const x = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? Number.NaN : 5))
    const y = Float64Array.from(x, (v) => (Number.isNaN(v) ? 1 : 0))
    const ensemble = await trainBoosting(
      { x, rows: 300, columns: 1, y },
      boostingParams({ nEstimators: 1, maxLeaves: 2 }),
    )
    expect(ensemble.threshold[0]).toBe(Infinity)
    expect(ensemble.missingLeft[0]).toBe(0)
    expect(ensemble.samples.slice(1)).toEqual(Int32Array.of(200, 100))
  })

  it('where training saw none, go with the larger side', async () => {
    const x = Float32Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 1))
    const y = Float64Array.from(x)
    const params = boostingParams({ nEstimators: 1, maxLeaves: 2 })
    const left = await trainBoosting({ x, rows: 100, columns: 1, y }, params)
    expect(left.missingLeft[0]).toBe(1)
    const right = await trainBoosting({ x: x.map((v) => -v), rows: 100, columns: 1, y }, params)
    expect(right.missingLeft[0]).toBe(0)
  })
})

describe('weights', () => {
  it('equal repeated rows', async () => {
    const data = boostingData({ rows: 400, columns: 4, missing: 0.1, classes: 2 })
    const times = Array.from({ length: 400 }, (_, i) => 1 + (i % 3))
    const repeated = times.flatMap((n, i) => Array.from({ length: n }, () => i))
    const longer = {
      x: Float32Array.from(repeated.flatMap((i) => [...data.x.subarray(i * 4, i * 4 + 4)])),
      rows: repeated.length,
      columns: 4,
      y: Float64Array.from(repeated, (i) => data.y[i]!),
    }
    // Rows are counted, not weighed, so only the least count of 1 means the same in both.
    const params = boostingParams({ objective: 'logistic', minSamplesLeaf: 1, nEstimators: 10 })
    const weighted = await trainBoosting({ ...data, sampleWeight: Float64Array.from(times) }, params)
    const plain = await trainBoosting(longer, params)
    const a = await predictEnsemble(weighted, data.x, 400)
    const b = await predictEnsemble(plain, data.x, 400)
    // Ten rounds of float32 gradients.
    a.forEach((v, i) => expect(v).toBeCloseTo(b[i]!, 4))
  })

  it('of zero leave a row out of the loss', async () => {
    const data = boostingData({ rows: 300, columns: 3 })
    const y = data.y.map((v, i) => (i < 20 ? 1000 : v))
    const sampleWeight = Float64Array.from({ length: 300 }, (_, i) => (i < 20 ? 0 : 1))
    const ensemble = await trainBoosting({ ...data, y, sampleWeight }, boostingParams())
    expect(Math.abs(ensemble.baseScore[0]!)).toBeLessThan(2)
    expect(ensemble.history.train.at(-1)).toBeLessThan(1)
  })
})

describe('limits', () => {
  const data = boostingData({ rows: 2000, columns: 5, classes: 2, missing: 0.05 })

  it('hold in every tree, whatever they are', async () => {
    const limits = fc.record({
      maxLeaves: fc.integer({ min: 1, max: 40 }),
      maxDepth: fc.option(fc.integer({ min: 0, max: 6 })),
      minSamplesLeaf: fc.integer({ min: 1, max: 300 }),
      minChildWeight: fc.double({ min: 0, max: 50, noNaN: true }),
      subsample: fc.double({ min: 0.3, max: 1, noNaN: true }),
      maxBins: fc.integer({ min: 2, max: 255 }),
      extraTrees: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(limits, async (changed) => {
        const params = boostingParams({ objective: 'logistic', nEstimators: 3, ...changed })
        const e = await trainBoosting(data, params, { threads: 1 })
        for (let tree = 0; tree < 3; tree++) {
          const [first, end] = [e.treeOffset[tree]!, e.treeOffset[tree + 1]!]
          expect((end - first + 1) / 2).toBeLessThanOrEqual(params.maxLeaves)
          const depth = new Map([[first, 0]])
          for (let node = first; node < end; node++) {
            expect(depth.get(node)).toBeLessThanOrEqual(params.maxDepth ?? Infinity)
            if (node > first) expect(e.samples[node]).toBeGreaterThanOrEqual(params.minSamplesLeaf)
            // Sums in another order.
            if (node > first) expect(e.cover[node]).toBeGreaterThanOrEqual(params.minChildWeight - 1e-3)
            if (e.feature[node]! < 0) continue
            depth.set(e.left[node]!, depth.get(node)! + 1)
            depth.set(e.right[node]!, depth.get(node)! + 1)
          }
        }
      }),
      { numRuns: 25 },
    )
  })

  it('of bins: no more thresholds than bins', async () => {
    const params = boostingParams({ objective: 'logistic', maxBins: 4, nEstimators: 10 })
    const e = await trainBoosting(boostingData({ rows: 2000, columns: 1, classes: 2, levels: 1000 }), params)
    const thresholds = new Set([...e.threshold].filter((_, node) => e.feature[node]! >= 0))
    expect(thresholds.size).toBeLessThanOrEqual(3)
    expect(thresholds.size).toBeGreaterThan(1)
  })

  it('of columns: a tree uses no more than its share', async () => {
    const wide = boostingData({ rows: 500, columns: 20 })
    const e = await trainBoosting(
      wide,
      boostingParams({ colsampleByTree: 0.2, maxLeaves: 31, nEstimators: 8 }),
    )
    const used = Array.from({ length: 8 }, (_, tree) => {
      const features = e.feature.subarray(e.treeOffset[tree], e.treeOffset[tree + 1])
      return new Set(features.filter((f) => f >= 0))
    })
    for (const columns of used) expect(columns.size).toBeLessThanOrEqual(4)
    expect(new Set(used.flatMap((columns) => [...columns])).size).toBeGreaterThan(8)
  })
})

describe('randomness', () => {
  it('comes from the seed alone', async () => {
    const data = boostingData({ rows: 1000, columns: 6 })
    const params = boostingParams({ subsample: 0.5, colsampleByNode: 0.5 })
    const one = ensembleBytes(await trainBoosting(data, params))
    expect(ensembleBytes(await trainBoosting(data, params)) === one).toBe(true)
    expect(ensembleBytes(await trainBoosting(data, { ...params, seed: 1 })) === one).toBe(false)
  })

  it('draws the asked share of rows', async () => {
    const data = boostingData({ rows: 10_000, columns: 2 })
    const e = await trainBoosting(data, boostingParams({ subsample: 0.3, nEstimators: 1 }))
    // Four standard deviations of a binomial count: 4·√(10,000·0.3·0.7) = 183.
    expect(Math.abs(e.samples[0]! - 3000)).toBeLessThan(184)
  })
})

describe('many classes', () => {
  it('give a tree per class and round, and probabilities that fit', async () => {
    const data = boostingData({ rows: 1500, columns: 4, classes: 4 })
    const params = boostingParams({ objective: 'multinomial', nClasses: 4, nEstimators: 40 })
    const e = await trainBoosting(data, params)
    expect(e.treeOutput.slice(0, 5)).toEqual(Int32Array.of(0, 1, 2, 3, 0))
    const scores = await predictEnsemble(e, data.x, data.rows)
    let loss = 0
    let hits = 0
    for (let i = 0; i < data.rows; i++) {
      const row = [...scores.subarray(i * 4, i * 4 + 4)]
      const own = row[data.y[i]!]!
      loss += Math.log(row.reduce((sum, s) => sum + Math.exp(s - own), 0))
      if (own === Math.max(...row)) hits++
    }
    // Scores in training are float32, and exp and log there are good to seven digits.
    expect(e.history.train.at(-1)).toBeCloseTo(loss / data.rows, 4)
    expect(hits / data.rows).toBeGreaterThan(0.7)
  })

  it('of which one is absent still learn', async () => {
    const data = boostingData({ rows: 300, columns: 3, classes: 2 })
    const e = await trainBoosting(data, boostingParams({ objective: 'multinomial', nClasses: 3 }))
    expect(e.value.every(Number.isFinite)).toBe(true)
    expect(e.history.train.at(-1)).toBeLessThan(e.history.train[0]!)
  })
})

describe('memory for histograms', () => {
  it('may be too small for all leaves: the trees are the same', async () => {
    const data = boostingData({ rows: 3000, columns: 6, missing: 0.1, levels: 200 })
    const params = boostingParams({ maxLeaves: 60, minSamplesLeaf: 3, nEstimators: 3 })
    const plenty = await trainBoosting(data, params)
    for (const threads of [1, 2]) {
      const scarce = await trainBoosting(data, params, { threads, histogramMemory: 1 })
      expect(scarce.feature).toEqual(plenty.feature)
      expect(scarce.threshold).toEqual(plenty.threshold)
      expect(scarce.value).toEqual(plenty.value)
    }
  })
})
