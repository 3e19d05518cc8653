import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onBothStores } from '../../../../test/support/stores.js'
import type { HistoryPoint, Store } from '../index.js'
import { compare, type Place, type Seek, spread } from './history.js'

/** Seeks in an array, counting what it is asked. */
function seekIn(rows: readonly Place[]): { readonly seek: Seek; readonly asked: () => number } {
  let asked = 0
  return {
    asked: () => asked,
    seek: async (direction, places) => {
      asked += places.length
      return places.map((place) =>
        direction === 'before'
          ? rows.findLast((row) => compare(row, place) < 0)
          : rows.find((row) => compare(row, place) > (direction === 'from' ? -1 : 0)),
      )
    },
  }
}

const place = (step: number, timestamp = step, value = 0): Place => ({ step, timestamp, value, is_nan: 0 })
const spreadOf = (rows: readonly Place[], points: number) =>
  spread(seekIn(rows).seek, [rows[0]!, rows.at(-1)!], points)

test('even steps give evenly spread points', async () => {
  const rows = Array.from({ length: 1001 }, (_, i) => place(i))
  const found = await spreadOf(rows, 101)
  expect(found.length).toBeGreaterThan(90)
  expect(found.length).toBeLessThanOrEqual(101)
  const widths = found.slice(1).map(({ step }, i) => step - found[i]!.step)
  expect(Math.max(...widths)).toBeLessThanOrEqual(21)
})

test('two clusters with nothing between are both looked into', async () => {
  const rows = [
    ...Array.from({ length: 500 }, (_, i) => place(i)),
    ...Array.from({ length: 500 }, (_, i) => place(10_000_000 + i)),
  ]
  const found = await spreadOf(rows, 100)
  expect(found.length).toBeGreaterThan(80)
  expect(found.filter(({ step }) => step < 1000).length).toBeGreaterThan(25)
  expect(found.filter(({ step }) => step > 1000).length).toBeGreaterThan(25)
})

test('equal steps are spread by time', async () => {
  const rows = Array.from({ length: 1000 }, (_, i) => place(0, 1_700_000_000_000 + i * 7))
  const found = await spreadOf(rows, 100)
  expect(found.length).toBeGreaterThan(90)
})

test('any history gives some of its points, both ends, in order, with few seeks', async () => {
  const history = fc.uniqueArray(
    fc.tuple(
      fc.integer({ min: -5, max: 2000 }),
      fc.integer({ min: 0, max: 3 }),
      fc.constantFrom(0, 1, -Infinity),
    ),
    { minLength: 3, maxLength: 200, selector: String },
  )
  await fc.assert(
    fc.asyncProperty(history, fc.integer({ min: 2, max: 60 }), async (rows, points) => {
      const places = rows.map(([step, timestamp, value]) => place(step, timestamp, value)).sort(compare)
      const { seek, asked } = seekIn(places)
      const found = await spread(seek, [places[0]!, places.at(-1)!], points)
      expect(found.length).toBeLessThanOrEqual(Math.max(2, points))
      expect(found).toEqual(found.toSorted(compare))
      expect(found[0]).toEqual(places[0])
      expect(found.at(-1)).toEqual(places.at(-1))
      expect(found.every((point) => places.some((row) => compare(row, point) === 0))).toBe(true)
      expect(new Set(found.map((point) => JSON.stringify(point) + point.value)).size).toBe(found.length)
      expect(asked()).toBeLessThanOrEqual(points * 18)
    }),
    { seed: 3 },
  )
})

onBothStores('a long history', (home) => {
  const log = async (store: Store, points: readonly HistoryPoint[]): Promise<string> => {
    const { runId } = await store.runs.create({ experimentId: '0', name: 'long' })
    await store.logging.batch(runId, { metrics: points.map((point) => ({ ...point, key: 'm' })) })
    return runId
  }

  test('is thinned out with its ends and extremes', async () => {
    const store = await home.open()
    const value = (i: number) => (i === 7777 ? 50 : i === 3333 ? -50 : i === 5000 ? NaN : Math.sin(i / 500))
    const runId = await log(
      store,
      Array.from({ length: 20_000 }, (_, i) => ({ value: value(i), step: i, timestamp: i })),
    )
    const found = await store.logging.downsampledHistory(runId, 'm', { points: 200 })
    expect(found.length).toBeGreaterThan(170)
    expect(found.length).toBeLessThanOrEqual(200)
    expect(found[0]!.step).toBe(0)
    expect(found.at(-1)!.step).toBe(19_999)
    expect(found.map((point) => point.value)).toEqual(expect.arrayContaining([50, -50]))
    const all = await store.logging.downsampledHistory(runId, 'm', { points: 10_000 })
    expect(all.length).toBeGreaterThan(9000)
    const lengths = [100, 30_000].map((most) => store.logging.historyLength(runId, 'm', most))
    expect(await Promise.all(lengths)).toEqual([100, 20_000])
    await expect(store.logging.historyLength('none', 'm', 5)).rejects.toThrowError('no run')
  })

  test('is given whole when it is short, and not at all when there is none', async () => {
    const store = await home.open()
    const points = [
      { value: 1, step: 0, timestamp: 1 },
      { value: NaN, step: 0, timestamp: 2 },
      { value: -Infinity, step: 3, timestamp: 2 },
    ]
    const runId = await log(store, points)
    expect(await store.logging.downsampledHistory(runId, 'm', { points: 3 })).toEqual(points)
    expect(await store.logging.downsampledHistory(runId, 'm', { points: 2 })).toEqual([points[0], points[2]])
    expect(await store.logging.downsampledHistory(runId, 'none', { points: 5 })).toEqual([])
    await expect(store.logging.downsampledHistory('none', 'm', { points: 5 })).rejects.toThrowError('no run')
    for (const bad of [1, 2.5, 10_001]) {
      await expect(store.logging.downsampledHistory(runId, 'm', { points: bad })).rejects.toThrowError(
        'expected a whole number',
      )
    }
  })
})
