import { describe, expect, it } from 'vitest'
import { scaling } from '../../../test/support/served-models.js'
import { openSession } from '../../engine/onnx/index.js'
import { threadLane } from './thread-lane.js'
import { belongsInThread } from './placement.js'
import { warmUp } from './warm-up.js'

describe('the place of a graph', () => {
  it.each([
    ['that is fast, however fast the way to a worker', { single: 0.2, trip: 0.05 }, true],
    ['that is fast, on a machine where everything takes twice as long', { single: 0.4, trip: 0.1 }, true],
    ['that takes longer than the way', { single: 0.6, trip: 0.1 }, false],
    ['where threads wake slowly', { single: 0.6, trip: 0.4 }, true],
    ['that would hold up others', { single: 1.5, trip: 4 }, false],
    ['of which nothing is known', { single: undefined, trip: 0.1 }, false],
  ])('%s', (_, measured, inThread) => {
    expect(belongsInThread(measured, 1000)).toBe(inThread)
    expect(belongsInThread(measured, 2 ** 24)).toBe(false)
  })

  it('is found on a machine that interrupts three runs of four', async () => {
    const session = await openSession(scaling(2))
    const real = threadLane(session, Infinity)
    let runs = 0
    const interrupted = {
      ...real,
      // What a scheduler does to whoever shares a core: most runs take a slice of others besides.
      run: async (...args: Parameters<typeof real.run>) =>
        (await real.run(...args)).map((result) => ({ ...result, time: ++runs % 4 === 0 ? 0.2 : 5 })),
    }
    const graph = {
      inputs: session.inputs,
      outputs: session.outputs,
      engine: '',
      note: undefined,
      time: 0,
      growth: 0,
    }
    const measured = await warmUp({ lane: interrupted, session: 0, graph }, 1, undefined)
    await session.close()
    expect(measured.single).toBe(0.2)
    expect(belongsInThread(measured, 1000)).toBe(true)
  })
})
