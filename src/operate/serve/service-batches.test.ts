// Requests joined and cut apart again: everybody gets what single runs give, whoever else asks.
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  acrossRows,
  lengths,
  lookup,
  pairs,
  put,
  scaling,
  temporaryFolder,
} from '../../../test/support/served-models.js'
import { DataError, OverloadError, SchemaMismatchError, ShapeError, UsageError } from '../../base/index.js'
import { openSession, type Session, tensor } from '../../engine/onnx/index.js'
import { createInferenceService, type InferenceService, type ServiceOptions } from './index.js'

const folder = temporaryFolder()
beforeAll(() => {
  put(join(folder, 'models', 'scaling.onnx'), scaling(3))
  put(join(folder, 'models', 'across.onnx'), acrossRows())
  put(join(folder, 'models', 'lookup.onnx'), lookup())
  put(join(folder, 'models', 'lengths.onnx'), lengths())
})

const serve = (options: Partial<ServiceOptions> = {}): Promise<InferenceService> =>
  createInferenceService({ sources: [join(folder, 'models')], watchInterval: 0, preload: 'all', ...options })

describe.each(['worker', 'thread'] as const)('in a %s', (placement) => {
  let service: InferenceService
  let across: Session
  beforeAll(async () => {
    service = await serve({ placement, batching: { maxBatch: 7 }, workers: 2 })
    across = await openSession(acrossRows())
  })
  afterAll(async () => {
    await service.close()
    await across.close()
  })

  it('any interleaving of requests of any sizes gives what single runs give', async () => {
    const request = fc.record({
      model: fc.constantFrom('scaling', 'across', 'lookup', 'lengths'),
      rows: fc.integer({ min: 1, max: 9 }),
      from: fc.integer({ min: -9, max: 9 }),
      later: fc.nat(2),
    })
    const ask = async ({
      model,
      rows,
      from,
    }: {
      model: string
      rows: number
      from: number
    }): Promise<void> => {
      const values = Array.from({ length: 2 * rows }, (_, i) => from + i / 4)
      if (model === 'lookup') {
        const ids = Array.from({ length: rows }, (_, i) => BigInt((i + 10 + from) % 10))
        const { outputs } = await service.predictTensors({ model }, { id: tensor('int64', ids) })
        expect(outputs['word']!.data).toEqual(ids.map((id) => `word ${id}`))
      } else if (model === 'lengths') {
        const length = 1 + ((from + 9) % 3)
        const data = Array.from({ length: rows * length }, (_, i) => i + from)
        const { outputs } = await service.predictTensors(
          { model },
          { x: tensor('float64', data, [rows, length]) },
        )
        const sums = Array.from({ length: rows }, (_, row) =>
          data.slice(row * length, (row + 1) * length).reduce((a, b) => a + b, 0),
        )
        expect(Array.from(outputs['sum']!.data as Float64Array)).toEqual(sums)
      } else {
        const { outputs, served } = await service.predictTensors({ model }, pairs(values))
        const expected =
          model === 'scaling'
            ? values.map((value) => 3 * value)
            : Array.from((await across.run(pairs(values)))['y']!.data as Float32Array)
        expect(Array.from(outputs['y']!.data as Float32Array)).toEqual(expected)
        expect(served.batchSize).toBeGreaterThanOrEqual(rows)
      }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 40 }), async (requests) => {
        await Promise.all(
          requests.map(async (one) => {
            // Some come while others run.
            for (let i = 0; i < one.later; i++) await new Promise((resolve) => setImmediate(resolve))
            await ask(one)
          }),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('requests are joined where rows are independent, and only there', async () => {
    const many = (model: string): Promise<number[]> =>
      Promise.all(
        Array.from(
          { length: 20 },
          async () => (await service.predictTensors({ model }, pairs([1, 2]))).served.batchSize,
        ),
      )
    const sizes = await many('scaling')
    expect(Math.max(...sizes)).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7)
    expect(Math.max(...(await many('across')))).toBe(1)
    const maxBatch = (model: string): number => service.describe(model)[0]!.batching.maxBatch
    expect([maxBatch('scaling'), maxBatch('across')]).toEqual([7, 1])
  })

  it('a bad row fails alone', async () => {
    const ids = Array.from({ length: 30 }, (_, i) => (i % 7 === 3 ? 99n : BigInt(i % 10)))
    const results = await Promise.allSettled(
      ids.map((id) => service.predictTensors({ model: 'lookup' }, { id: tensor('int64', [id]) })),
    )
    results.forEach((result, i) => {
      if (ids[i] === 99n) {
        expect(result.status).toBe('rejected')
        expect(DataError.is((result as PromiseRejectedResult).reason)).toBe(true)
      } else
        expect((result as PromiseFulfilledResult<{ outputs: object }>).value.outputs).toMatchObject({
          word: { data: [`word ${ids[i]!}`] },
        })
    })
  })

  it('wrong inputs are refused before they meet others', async () => {
    const good = service.predictTensors({ model: 'scaling' }, pairs([1, 2]))
    const ask = (inputs: Parameters<InferenceService['predictTensors']>[1]): Promise<unknown> =>
      service.predictTensors({ model: 'scaling' }, inputs)
    await expect(ask({})).rejects.toThrow(SchemaMismatchError)
    await expect(ask({ x: tensor('float64', [1, 2], [1, 2]) })).rejects.toThrow(SchemaMismatchError)
    await expect(ask({ x: tensor('float32', [1, 2, 3], [1, 3]) })).rejects.toThrow(ShapeError)
    await expect(ask({ x: { type: 'float32', dims: [2, 2], data: new Float32Array(3) } })).rejects.toThrow(
      ShapeError,
    )
    await expect(ask({ ...pairs([1, 2]), z: tensor('float32', [1]) })).rejects.toThrow(SchemaMismatchError)
    await expect(service.predictTensors({ model: 'scaling' }, pairs([1, 2]), ['yy'])).rejects.toThrow(
      UsageError,
    )
    expect((await good).outputs['y']!.data).toEqual(Float32Array.of(3, 6))
  })

  it('only the outputs that are wanted come back, no rows are no rows, and inputs stay the caller’s', async () => {
    const inputs = pairs([1, 2, 3, 4])
    const { outputs } = await service.predictTensors({ model: 'scaling' }, inputs, ['sum'])
    expect(Object.keys(outputs)).toEqual(['sum'])
    expect(outputs['sum']).toMatchObject({ type: 'float32', dims: [2, 1], data: Float32Array.of(9, 21) })
    expect(inputs['x']!.data).toEqual(Float32Array.of(1, 2, 3, 4))
    const none = await Promise.all([1, 2].map(() => service.predictTensors({ model: 'scaling' }, pairs([]))))
    expect(none[0]!.outputs['y']!.dims).toEqual([0, 2])
  })

  it('whoever gives up is not waited for, and others are', async () => {
    const ids = (signal?: AbortSignal): Promise<unknown> =>
      service.predictTensors({ model: 'scaling' }, pairs([1, 2]), undefined, { signal })
    const controller = new AbortController()
    const running = ids()
    const waiting = ids(controller.signal)
    const other = ids()
    controller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await expect(ids(controller.signal)).rejects.toThrow('gone')
    await Promise.all([running, other])
  })
})

describe('a signal', () => {
  it('of many requests ends them all, and gets one listener', async () => {
    const warned: Error[] = []
    const note = (warning: Error): void => void warned.push(warning)
    process.on('warning', note)
    await using service = await serve({
      placement: 'worker',
      batching: { maxDelay: 60_000 },
      preload: 'none',
    })
    await service.load('scaling')
    const controller = new AbortController()
    const { signal } = controller
    const ask = (): Promise<unknown> =>
      service.predictTensors({ model: 'scaling' }, pairs([1, 2]), undefined, { signal })
    const asked = Array.from({ length: 30 }, ask)
    controller.abort(new Error('the end'))
    for (const result of await Promise.allSettled(asked))
      expect(result).toMatchObject({ status: 'rejected', reason: { message: 'the end' } })
    // Warnings are told in the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect(warned).toEqual([])
  })
})

describe('queues', () => {
  it('that are full refuse with the time to come again', async () => {
    await using service = await serve({ placement: 'worker', workers: 1, queueLimit: 5, preload: 'none' })
    await service.load('scaling')
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => service.predictTensors({ model: 'scaling' }, pairs([1, 2]))),
    )
    const refused = results.flatMap((result) =>
      result.status === 'rejected' ? [result.reason as unknown] : [],
    )
    // All come in one turn of the loop, at whose end work begins.
    expect(refused.length).toBe(15)
    for (const error of refused) {
      expect(OverloadError.is(error)).toBe(true)
      expect(error).toMatchObject({ details: { reason: 'queue-full', retryAfter: 1 } })
    }
    await service.predictTensors({ model: 'scaling' }, pairs([1, 2]))
  })

  it('drop whose time has passed, without computing it', async () => {
    // Company is waited for as long as a minute, so that nothing is computed meanwhile.
    await using service = await serve({
      placement: 'worker',
      batching: { maxBatch: 3, maxDelay: 60_000 },
      preload: 'none',
    })
    await service.load('scaling')
    const ask = (timeout?: number): Promise<{ served: { batchSize: number } }> =>
      service.predictTensors({ model: 'scaling' }, pairs([1, 2]), undefined, { timeout })
    await expect(ask(5)).rejects.toMatchObject({ code: 'overload', details: { reason: 'timeout' } })
    // As long as anybody may want to wait, and a little longer than timers know.
    const together = await Promise.all([ask(), ask(2 ** 40), ask(Infinity)])
    expect(together.map(({ served }) => served.batchSize)).toEqual([3, 3, 3])
  })

  it('wait for company no longer than they may', async () => {
    await using service = await serve({
      placement: 'thread',
      batching: { maxBatch: 10, maxDelay: 20 },
      preload: 'none',
    })
    const answers = await Promise.all(
      [1, 2].map(() => service.predictTensors({ model: 'scaling' }, pairs([1, 2]))),
    )
    expect(answers.map(({ served }) => served.batchSize)).toEqual([2, 2])
  })

  it('are switched off by a batch of one', async () => {
    await using service = await serve({ batching: { maxBatch: 1 }, placement: 'thread' })
    const answers = await Promise.all(
      Array.from({ length: 9 }, () => service.predictTensors({ model: 'scaling' }, pairs([1, 2]))),
    )
    expect(answers.map(({ served }) => served.batchSize)).toEqual(answers.map(() => 1))
  })
})
