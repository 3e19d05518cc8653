import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matrix, type Matrix } from '../../data/index.js'
import { decodeState } from '../contracts/index.js'
import { decisionTreeClassifier, decisionTreeRegressor } from './index.js'
import type { TreeState } from './tree-state.js'

const columns = 3

/** Rows of small whole numbers, so that ties are frequent, with missing values now and then. */
const cell = fc.oneof({ weight: 8, arbitrary: fc.integer({ min: -6, max: 6 }) }, fc.constant(Number.NaN))
const rowsOf = (value: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({
      x: fc.tuple(value, value, value),
      y: fc.integer({ min: -4, max: 4 }),
      weight: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 2, maxLength: 40 },
  )
type Rows = { x: [number, number, number]; y: number; weight: number }[]

const xOf = (rows: Rows): Matrix =>
  matrix(Float64Array.from(rows.flatMap((row) => row.x)), { rows: rows.length, columns })
const yOf = (rows: Rows): number[] => rows.map((row) => row.y)

const stateOf = (model: { toJSON(): { state: unknown } }): TreeState =>
  (decodeState(model.toJSON().state) as { fitted: TreeState }).fitted

const property = <T>(rows: fc.Arbitrary<T>, law: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(rows, law), { numRuns: 60 })

describe('laws of decision trees', () => {
  it('an unlimited tree learns distinct rows by heart, missing values too', () =>
    property(rowsOf(cell), async (rows) => {
      const distinct = [...new Map(rows.map((row) => [String(row.x), row])).values()]
      const model = await decisionTreeRegressor().fit(xOf(distinct), yOf(distinct))
      expect(Array.from(await model.predict(xOf(distinct)))).toEqual(yOf(distinct))
      const labels = distinct.map((row, i) => (i === 0 ? 'none' : `class ${row.y}`))
      fc.pre(distinct.length > 1)
      const classes = await decisionTreeClassifier({ criterion: 'entropy' }).fit(xOf(distinct), labels)
      expect(await classes.predict(xOf(distinct))).toEqual(labels)
    }))

  it('another order of rows gives the same bytes', () =>
    property(rowsOf(cell), async (rows) => {
      const fit = async (given: Rows) =>
        JSON.stringify(
          await decisionTreeRegressor({ minSamplesLeaf: 2 }).fit(
            xOf(given),
            given.map((row) => row.y / 10),
          ),
        )
      expect(await fit(rows.toReversed())).toBe(await fit(rows))
    }))

  it('a whole weight stands for so many rows', () =>
    property(rowsOf(cell), async (rows) => {
      fc.pre(rows.some((row) => row.weight > 0))
      const repeated = rows.flatMap((row) => Array.from({ length: row.weight }, () => row))
      const tenths = (given: Rows) => given.map((row) => row.y / 10)
      const weighted = await decisionTreeRegressor({ maxDepth: 3 }).fit(xOf(rows), tenths(rows), {
        sampleWeight: rows.map((row) => row.weight),
      })
      const doubled = await decisionTreeRegressor({ maxDepth: 3 }).fit(xOf(repeated), tenths(repeated))
      const { rows: _, ...one } = stateOf(weighted)
      const { rows: __, ...other } = stateOf(doubled)
      // Only means may differ in the last bit: their terms are multiplied in another order.
      expect(one.feature).toEqual(other.feature)
      expect(one.threshold).toEqual(other.threshold)
      one.value.forEach((value, i) => expect(value).toBeCloseTo(other.value[i]!, 14))
    }))

  it('leaves keep minSamplesLeaf and maxLeafNodes', () =>
    property(rowsOf(cell), async (rows) => {
      const tree = stateOf(
        await decisionTreeRegressor({ minSamplesLeaf: 3, maxLeafNodes: 5 }).fit(xOf(rows), yOf(rows)),
      )
      const leaves = Array.from(tree.rows).filter((_, node) => tree.feature[node]! < 0)
      expect(leaves.length).toBeLessThanOrEqual(5)
      expect(leaves.reduce((sum, count) => sum + count, 0)).toBe(rows.length)
      if (leaves.length > 1) expect(Math.min(...leaves)).toBeGreaterThanOrEqual(3)
    }))

  it('a greater ccpAlpha never gives more leaves', () =>
    property(rowsOf(cell), async (rows) => {
      const leaves: number[] = []
      for (const ccpAlpha of [0, 0.01, 0.1, 0.5, 2, 10]) {
        const model = await decisionTreeRegressor({ ccpAlpha }).fit(xOf(rows), yOf(rows))
        leaves.push(model.learned['leaves'] as number)
      }
      expect(leaves).toEqual(leaves.toSorted((a, b) => b - a))
    }))

  it('an increasing map of a column changes nothing', () =>
    property(rowsOf(cell), async (rows) => {
      const mapped = rows.map((row) => ({ ...row, x: row.x.map((value) => value ** 3 + value) }) as Rows[0])
      const fit = async (given: Rows) =>
        (await decisionTreeRegressor({ maxDepth: 4 }).fit(xOf(given), yOf(given))).predict(xOf(given))
      expect(await fit(mapped)).toEqual(await fit(rows))
    }))

  it('a column drawn for each split gives a tree that depends on the seed only', async () => {
    const rows: Rows = Array.from({ length: 60 }, (_, i) => ({
      x: [i % 7, (i * 5) % 11, i % 13],
      y: (i * i) % 9,
      weight: 1,
    }))
    const fit = async (seed: number) =>
      JSON.stringify(await decisionTreeRegressor({ maxFeatures: 1 }).fit(xOf(rows), yOf(rows), { seed }))
    expect(await fit(1)).toBe(await fit(1))
    expect(await fit(1)).not.toBe(await fit(2))
  })
})
