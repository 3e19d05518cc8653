import { describe, expect, it } from 'vitest'
import { DataError, InvalidOptionError } from '../../base/index.js'
import { fromRows } from '../../data/index.js'
import { openSession } from '../../engine/onnx/index.js'
import { graphFeeds, type RegressorModel } from '../contracts/index.js'
import { decisionTreeClassifier, decisionTreeRegressor } from './index.js'
import { between } from './find-split.kernel.js'

async function onnxValues(model: RegressorModel, x: ReturnType<typeof fromRows>): Promise<number[]> {
  await using session = await openSession(model.toOnnx())
  const { prediction } = await session.run(graphFeeds(x, model.inputs))
  return Array.from(prediction!.data as Float64Array)
}

describe('decisionTreeRegressor', () => {
  it('is one leaf for one row, equal targets or constant columns', async () => {
    const cases = [
      { rows: [{ a: 1 }], y: [0.1], answer: 0.1 },
      { rows: [{ a: 1 }, { a: 2 }, { a: 3 }], y: [0.1, 0.1, 0.1], answer: 0.1 },
      { rows: [{ a: 5 }, { a: 5 }], y: [1, 2], answer: 1.5 },
    ]
    for (const { rows, y, answer } of cases) {
      const model = await decisionTreeRegressor().fit(rows, y)
      expect(model.predictRow({ a: 7 })).toBe(answer)
      expect(model.learned).toMatchObject({ depth: 0, leaves: 1 })
      // Leaf values are cut into two parts that together hold 47 bits or more.
      expect((await onnxValues(model, fromRows([{ a: 7 }])))[0]).toBeCloseTo(answer, 13)
    }
  })

  it('splits by whether a value is there, in the graph as well', async () => {
    // 1e300 is infinite in the float32 that trees see.
    const rows = fromRows([1, 2, 3, Number.NaN, Number.NaN, 1e300].map((a) => ({ a })))
    const model = await decisionTreeRegressor({ maxDepth: 1 }).fit(rows, [1, 1, 1, 9, 9, 1])
    expect(model.learned['rules']).toEqual(['a is not missing: 1 (4 rows)', 'a is missing: 9 (2 rows)'])
    expect(Array.from(await model.predict(rows))).toEqual([1, 1, 1, 9, 9, 1])
    expect(await onnxValues(model, rows)).toEqual([1, 1, 1, 9, 9, 1])
  })

  it('sends missing values where they fit, or after the larger side when training had none', async () => {
    const learned = await decisionTreeRegressor({ maxDepth: 1 }).fit(
      [1, 2, 3, 4, Number.NaN].map((a) => ({ a })),
      [0, 0, 5, 5, 0],
    )
    expect(learned.predictRow({ a: Number.NaN })).toBe(0)
    const larger = await decisionTreeRegressor().fit([{ a: 1 }, { a: 2 }, { a: 3 }], [0, 0, 6])
    expect(larger.predictRow({ a: Number.NaN })).toBe(0)
  })

  it('ignores a column that is all missing and prefers the first of two equal columns', async () => {
    const rows = [1, 2, 3, 4].map((a) => ({ none: Number.NaN, a, same: a }))
    const model = await decisionTreeRegressor().fit(rows, [1, 1, 2, 2])
    expect(model.learned['featureImportances']).toEqual({ none: 0, a: 1, same: 0 })
  })

  it('keeps huge and tiny targets and values', async () => {
    for (const size of [1e300, 1e30, 1e-30, 1e-300]) {
      const rows = fromRows([{ a: -3e38 }, { a: 3e38 }, { a: 3.3e38 }])
      const y = [size, 2 * size, 4 * size]
      const model = await decisionTreeRegressor().fit(rows, y)
      expect(Array.from(await model.predict(rows))).toEqual(y)
      const graph = await onnxValues(model, rows)
      // As above, relative to the largest.
      graph.forEach((value, i) => expect(value / y[i]!).toBeCloseTo(1, 12))
    }
  })

  it('finds small differences beside a far outlier', async () => {
    const rows = Array.from({ length: 50 }, (_, a) => ({ a }))
    const y = rows.map(({ a }) => (a === 49 ? 1e9 : a < 20 ? 0.001 : 0.002))
    const model = await decisionTreeRegressor().fit(rows, y)
    expect(model.learned['leaves']).toBe(3)
    expect(model.predictRow({ a: 5 })).toBe(0.001)
  })
})

describe('decisionTreeClassifier', () => {
  const rows = [{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]

  it('gives no share to a class without weight', async () => {
    const model = await decisionTreeClassifier({ classWeight: { b: 0 } }).fit(rows, ['a', 'a', 'b', 'c'])
    expect(model.predictProbaRow({ a: 3 }).map(({ probability }) => probability)).toEqual([1, 0, 0])
    await expect(
      decisionTreeClassifier({ classWeight: { a: 0, b: 0 } }).fit(rows, ['a', 'a', 'b', 'b']),
    ).rejects.toThrow(DataError)
  })

  it('separates what no single question improves', async () => {
    const corners = [0, 1, 2, 3].map((i) => ({ a: i >> 1, b: i & 1 }))
    const model = await decisionTreeClassifier().fit(corners, ['even', 'odd', 'odd', 'even'])
    expect(await model.predict(fromRows(corners))).toEqual(['even', 'odd', 'odd', 'even'])
  })

  it('writes its rules', async () => {
    const model = await decisionTreeClassifier({ maxDepth: 2 }).fit(
      [1, 2, 3, 4, 5, 6].map((a) => ({ a, b: a % 2 })),
      ['x', 'x', 'y', 'z', 'y', 'z'],
    )
    expect(model.learned['rules']).toEqual([
      'a ≤ 2.5: x (100 % of 2 rows)',
      'a > 2.5 or missing',
      '  b ≤ 0.5: z (100 % of 2 rows)',
      '  b > 0.5 or missing: y (100 % of 2 rows)',
    ])
  })

  it('rejects options out of range', () => {
    for (const maxFeatures of [0, 1.5, -1, Number.NaN]) {
      expect(() => decisionTreeClassifier({ maxFeatures })).toThrow(InvalidOptionError)
    }
  })
})

describe('thresholds', () => {
  it('lie in float32 between their neighbours, also where there is no number between', () => {
    const next = 1 + 2 ** -23
    expect(between(1, next)).toBe(1)
    expect(between(-3.4e38, 3.4e38)).toBe(0)
    expect(between(3, Infinity)).toBe(3)
    expect(between(-Infinity, 3)).toBe(-Infinity)
  })
})
