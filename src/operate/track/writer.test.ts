import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ConflictError, OverloadError } from '../../base/index.js'
import type { LogBatch } from '../store/index.js'
import { openWriter, type WriterOptions } from './writer.js'

const point = (step: number) => ({ key: 'loss', value: step, step, timestamp: 1 })

/** A store that can be slow, away, or picky; it counts its transactions. */
function recorded(
  options: Partial<WriterOptions> = {},
  before: (batch: LogBatch) => Promise<void> | void = () => {},
) {
  const batches: LogBatch[] = []
  const writer = openWriter({
    retrySeconds: 10,
    async write(batch) {
      await before(batch)
      batches.push(batch)
    },
    ...options,
  })
  return {
    writer,
    batches,
    steps: () => batches.flatMap(({ metrics = [] }) => metrics.map(({ step }) => step)),
  }
}

test('what is logged in one breath is one transaction, what comes during it is the next', async () => {
  let release: () => void = () => undefined
  const blocked = new Promise<void>((resolve) => (release = resolve))
  const { writer, batches, steps } = recorded({}, () => blocked)
  const first = Array.from({ length: 100 }, (_, i) => writer.add({ metrics: [point(i)] }))
  await sleep(5)
  const second = Array.from({ length: 100 }, (_, i) => writer.add({ metrics: [point(100 + i)] }))
  release()
  await Promise.all([...first, ...second])
  expect(batches).toHaveLength(2)
  expect(steps()).toEqual(Array.from({ length: 200 }, (_, i) => i))
})

test('lazy entries wait for company, and for nobody at the end', async () => {
  const { writer, batches } = recorded({ gather: 60_000 })
  const lazy = Array.from({ length: 10 }, (_, i) => writer.add({ metrics: [point(i)] }, { lazy: true }))
  await sleep(20)
  expect(batches).toHaveLength(0)
  await writer.drained()
  await Promise.all(lazy)
  expect(batches).toHaveLength(1)
  void writer.add({ metrics: [point(11)] }, { lazy: true })
  await writer.add({ tags: { t: 'x' } })
  expect(batches).toHaveLength(2)
  await writer.drained()
})

test('many lazy entries do not wait', async () => {
  const { writer, steps } = recorded({ gather: 60_000 })
  await Promise.all(
    Array.from({ length: 5000 }, (_, i) => writer.add({ metrics: [point(i)] }, { lazy: true })),
  )
  expect(steps()).toHaveLength(5000)
})

test('a store that is away is asked again; what was logged meanwhile follows in order', async () => {
  let left = 3
  const { writer, steps } = recorded({}, () => {
    if (left-- > 0) throw new OverloadError('away.', { retryAfter: 1 })
  })
  const first = writer.add({ metrics: [point(0)] })
  await sleep(20)
  const second = writer.add({ metrics: [point(1)] })
  await Promise.all([first, second])
  expect(steps()).toEqual([0, 1])
})

test('one that stays away is given up with a sentence, and asked once for each thing after that, until it answers', async () => {
  let away = true
  let asked = 0
  const { writer, steps } = recorded({ retrySeconds: 0.3 }, () => {
    asked++
    if (away) throw new OverloadError('The store is away.', { retryAfter: 1 })
  })
  await expect(writer.add({ metrics: [point(0)] })).rejects.toThrow(/away\. It was asked again for 0\.3 s/)
  const before = asked
  await expect(writer.add({ metrics: [point(1)] })).rejects.toSatisfy(OverloadError.is)
  expect(asked).toBe(before + 1)
  away = false
  await writer.add({ metrics: [point(2)] })
  expect(steps()).toEqual([2])
})

test('a refused entry takes no other along', async () => {
  const { writer, batches } = recorded({}, ({ params = {} }) => {
    if (params['bad'] !== undefined) throw new ConflictError('no')
  })
  const answers = await Promise.allSettled([
    writer.add({ params: { good: '1' } }),
    writer.add({ params: { bad: '1' } }),
    writer.add({ metrics: [point(0)] }),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(batches).toHaveLength(2)
})

test('memory is bounded: too much is refused with a sentence, and room comes again', async () => {
  let release: () => void = () => undefined
  const blocked = new Promise<void>((resolve) => (release = resolve))
  const { writer, steps } = recorded({ limit: 100 }, () => blocked)
  const kept = Array.from({ length: 100 }, (_, i) => writer.add({ metrics: [point(i)] }))
  expect(writer.crowded).toBe(true)
  await expect(writer.add({ metrics: [point(100)] })).rejects.toThrow(/More than 100 logged values wait/)
  release()
  await Promise.all(kept)
  expect(writer.crowded).toBe(false)
  await writer.add({ metrics: [point(101)] })
  expect(steps()).toEqual([...Array.from({ length: 100 }, (_, i) => i), 101])
})

test('one batch that is larger than all that may wait is taken when nothing waits', async () => {
  const { writer, steps } = recorded({ limit: 10 })
  await writer.add({ metrics: Array.from({ length: 20 }, (_, i) => point(i)) })
  expect(steps()).toHaveLength(20)
})
