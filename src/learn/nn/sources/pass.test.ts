import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { array } from '../../../engine/graph/index.js'
import type { Batch } from './batch.js'
import { openPass } from './batch-source.js'
import { passOver } from './pass.js'

const batch = (i: number): Batch => ({ x: array([i]) })
const numberOf = (given: Batch | undefined): number | undefined => given?.['x']!.data[0]

/** A source that tells how far it was read and whether it was told to end. */
function counting(count: number, failAt = Infinity) {
  const told = { asked: 0, open: 0, mostOpen: 0, returned: false }
  async function* source(): AsyncGenerator<Batch> {
    try {
      for (let i = 0; i < count; i++) {
        told.asked++
        await wait(1)
        if (i === failAt) throw new Error(`cannot read batch ${i}`)
        yield batch(i)
      }
    } finally {
      told.returned = true
    }
  }
  return { told, source }
}

describe('a pass over an async iterable', () => {
  it('reads ahead as far as it may, and no further', async () => {
    const { told, source } = counting(100)
    const pass = passOver(source(), { prefetch: 3 })
    expect(numberOf(await pass.next())).toBe(0)
    await wait(50)
    // The one that was given, and three that wait.
    expect(told.asked).toBe(4)
    expect(numberOf(await pass.next())).toBe(1)
    await wait(50)
    expect(told.asked).toBe(5)
    await pass.close()
    expect(told.returned).toBe(true)
  })

  it('asks for nothing beforehand with prefetch 0', async () => {
    const { told, source } = counting(10)
    const pass = passOver(source(), { prefetch: 0 })
    expect(numberOf(await pass.next())).toBe(0)
    await wait(20)
    expect(told.asked).toBe(1)
    expect(numberOf(await pass.next())).toBe(1)
    await pass.close()
  })

  it('gives all batches in order, and ends', async () => {
    const { told, source } = counting(5)
    const pass = passOver(source(), { prefetch: 2 })
    const found: (number | undefined)[] = []
    for (let next = await pass.next(); next !== undefined; next = await pass.next())
      found.push(numberOf(next))
    expect(found).toEqual([0, 1, 2, 3, 4])
    expect(await pass.next()).toBeUndefined()
    await pass.close()
    expect(told.returned).toBe(true)
  })

  it('never asks twice at once', async () => {
    let asking = 0
    let i = 0
    const iterator: AsyncIterableIterator<Batch> = {
      async next() {
        expect(asking++).toBe(0)
        await wait(1)
        asking--
        return { done: false, value: batch(i++) }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    const pass = passOver(iterator, { prefetch: 4 })
    for (let k = 0; k < 12; k++) expect(numberOf(await pass.next())).toBe(k)
    await pass.close()
  })

  it('gives what came before a failure, then the failure', async () => {
    const { source } = counting(10, 2)
    const pass = passOver(source(), { prefetch: 5 })
    expect(numberOf(await pass.next())).toBe(0)
    await wait(30)
    expect(numberOf(await pass.next())).toBe(1)
    await expect(pass.next()).rejects.toThrow('cannot read batch 2')
    await pass.close()
  })

  it('hears an abort while the source hangs, and does not wait for it', async () => {
    const controller = new AbortController()
    let returned = false
    const hanging: AsyncIterable<Batch> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => undefined),
        return() {
          returned = true
          return new Promise<never>(() => undefined)
        },
      }),
    }
    const pass = passOver(hanging, { prefetch: 2, signal: controller.signal })
    const next = pass.next()
    controller.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    await pass.close()
    expect(returned).toBe(true)
  })

  it('refuses what is no batch', async () => {
    const pass = passOver(
      (async function* () {
        await wait(1)
        yield 3 as never
      })(),
      { prefetch: 1 },
    )
    await expect(pass.next()).rejects.toThrow(/gave 3 in place of a batch. Give objects of arrays/)
  })
})

describe('a pass over an iterable', () => {
  it('tells the source when it ends early', async () => {
    let returned = false
    function* source(): Generator<Batch> {
      try {
        for (let i = 0; ; i++) yield batch(i)
      } finally {
        returned = true
      }
    }
    const pass = passOver(source(), { prefetch: 2 })
    expect(numberOf(await pass.next())).toBe(0)
    await pass.close()
    expect(returned).toBe(true)
  })

  it('is asked for', () => {
    expect(() => openPass('fitNetwork', 7 as never, { epoch: 0, prefetch: 1 })).toThrow(
      /^fitNetwork: expected batches as an iterable.*received 7\. Make them with batches/,
    )
  })
})
