// Workers that end in the middle of their work.
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { beforeAll, describe, expect, it } from 'vitest'
import { pairs, put, scaling, temporaryFolder } from '../../../test/support/served-models.js'
import type { InferenceService } from './index.js'
import { openService } from './open-service.js'
import { startServingWorker } from './worker-lane.js'

const folder = temporaryFolder()
beforeAll(() => void put(join(folder, 'scaling.onnx'), scaling(3)))

/** A service and its workers, newest last. */
async function serveWith(workers: number): Promise<{ service: InferenceService; started: Worker[] }> {
  const started: Worker[] = []
  const options = {
    sources: [join(folder, 'scaling.onnx')],
    placement: 'worker',
    workers,
    watchInterval: 0,
  } as const
  const service = await openService(options, () => {
    const worker = startServingWorker()
    started.push(worker)
    return worker
  })
  return { service, started }
}

/** Ends a worker by an error in it, as soon as it looks at its messages: requests that it has are not answered. */
const kill = (worker: Worker): void => worker.postMessage({ type: 'no such message' })
const ask = (service: InferenceService, from = 1): Promise<number[]> =>
  service
    .predictTensors({ model: 'scaling' }, pairs([from, from + 1]))
    .then(({ outputs }) => Array.from(outputs['y']!.data as Float32Array))
const expected = (from = 1): number[] => [3 * from, 3 * from + 3]

describe('a worker that is lost', () => {
  it('with requests: they are computed by another, or by the one in its place', async () => {
    for (const workers of [1, 2]) {
      const { service, started } = await serveWith(workers)
      await using _ = service
      // It has some requests when it ends, and gets one that it never looks at.
      const first = [0, 1, 2].map((i) => ask(service, i))
      kill(started[0]!)
      const asked = [...first, ...Array.from({ length: 7 }, (_one, i) => ask(service, i + 3))]
      expect(await Promise.all(asked)).toEqual(asked.map((_one, i) => expected(i)))
      expect(await ask(service)).toEqual(expected())
      expect(service.ready).toBe(true)
    }
  })

  it('without requests: the next one does not notice', async () => {
    const { service, started } = await serveWith(1)
    await using _ = service
    const exit = new Promise((resolve) => started[0]!.once('exit', resolve))
    kill(started[0]!)
    await exit
    expect(await ask(service)).toEqual(expected())
    expect(started.length).toBe(2)
  })

  it('twice with the same request: it is refused, others go on', async () => {
    const started: Worker[] = []
    let kills = 2
    let armed = false
    const options = {
      sources: [join(folder, 'scaling.onnx')],
      placement: 'worker',
      workers: 1,
      watchInterval: 0,
    } as const
    await using service = await openService(options, () => {
      const worker = startServingWorker()
      started.push(worker)
      const post = worker.postMessage.bind(worker)
      // A request that ends whoever computes it.
      worker.postMessage = (message: { type: string; runs?: { data: Float32Array[] }[] }, memory?: never) => {
        // Before the request, as it might be answered otherwise.
        if (armed && message.type === 'run' && kills-- > 0) post({ type: 'no such message' })
        post(message, memory)
      }
      return worker
    })
    armed = true
    await expect(ask(service)).rejects.toMatchObject({
      code: 'overload',
      details: { reason: 'worker-lost', retryAfter: 1 },
    })
    armed = false
    expect(await ask(service)).toEqual(expected())
  })

  it('again and again: requests are refused, nothing hangs, and it recovers', async () => {
    let broken = false
    const started: Worker[] = []
    const options = {
      sources: [join(folder, 'scaling.onnx')],
      placement: 'worker',
      workers: 1,
      watchInterval: 0,
    } as const
    await using service = await openService(options, () => {
      const worker = startServingWorker()
      started.push(worker)
      if (broken) kill(worker)
      return worker
    })
    broken = true
    kill(started[0]!)
    const results = await Promise.allSettled([ask(service), ask(service)])
    for (const result of results)
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'overload', details: { reason: 'worker-lost' } },
      })
    broken = false
    // It is tried again after a pause; until then requests are refused at once.
    let answer: number[] | undefined
    while (answer === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      answer = await ask(service).catch(() => undefined)
    }
    expect(answer).toEqual(expected())
  })

  it('while a model is loaded: it is loaded by the next one', async () => {
    const { service, started } = await serveWith(1)
    await using _ = service
    put(join(folder, 'scaling.onnx'), scaling(3))
    const loading = service.load('scaling')
    kill(started[0]!)
    expect(await loading).toMatchObject({ state: 'ready', reason: undefined })
    expect(await ask(service)).toEqual(expected())
  })
})
