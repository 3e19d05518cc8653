import { expect, test } from 'vitest'
import { onBothStores } from '../../../../test/support/stores.js'
import { openStore } from '../../../operate/store/index.js'
import { liveFeed } from './live-feed.js'
import type { LiveEvents } from './page-types.js'

/** Milliseconds: quick for a test, the way is the same. */
const interval = 20

onBothStores('the live feed', (home) => {
  async function twoConnections() {
    const url = await home.newUrl()
    const [reader, writer] = [await openStore(url), await openStore(url)]
    const { runId } = await writer.runs.create({ experimentId: '0', name: 'r' })
    return { reader, writer, runId }
  }

  test('tells what another connection writes, every point once and in order', async () => {
    const { reader, writer, runId } = await twoConnections()
    const point = (step: number, value = step) => ({ key: 'loss', value, step, timestamp: step })
    await writer.logging.batch(runId, { metrics: [point(0), point(1)] })
    const feed = liveFeed(reader, interval)
    const steps: number[] = []
    const heads: LiveEvents['run'][] = []
    const stop = await feed.listen([runId], (event, data) => {
      if (event === 'points')
        steps.push(...(data as LiveEvents['points']).curves.flatMap((curve) => curve.steps))
      if (event === 'run') heads.push(data as LiveEvents['run'])
    })
    for (let step = 2; step < 40; step += 2)
      await writer.logging.batch(runId, { metrics: [point(step), point(step + 1, NaN)] })
    await writer.runs.update(runId, { status: 'FINISHED', endTime: 5 })
    await expect.poll(() => steps.length, { timeout: 10_000 }).toBe(38)
    expect(steps).toEqual(Array.from({ length: 38 }, (_, i) => i + 2))
    await expect
      .poll(() => heads.at(-1), { timeout: 10_000 })
      .toMatchObject({ status: 'FINISHED', endTime: 5 })
    stop()
    feed.stop()
    await reader.close()
    await writer.close()
  })

  test('a run that nobody watches is a change, not a point; who has left hears nothing', async () => {
    const { reader, writer, runId } = await twoConnections()
    const feed = liveFeed(reader, interval)
    const heard: string[] = []
    const left: string[] = []
    const stop = await feed.listen([], (event) => heard.push(event))
    const leave = await feed.listen([], (event) => left.push(event))
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBeGreaterThan(0)
    leave()
    const before = [left.length, heard.length]
    await writer.logging.batch(runId, { metrics: [{ key: 'a', value: 1, step: 0, timestamp: 0 }] })
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBeGreaterThan(before[1]!)
    expect(new Set(heard)).toEqual(new Set(['change']))
    expect(left.length).toBe(before[0])
    stop()
    feed.stop()
    await reader.close()
    await writer.close()
  })
})
