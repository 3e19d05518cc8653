import { expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { isAlive, type Owner, ownOwner, parseOwner } from './owner.js'
import { sweepStore } from './sweep.js'

onBothStores('signs of life', (home) => {
  test('a silent run is marked at its last sign of life; one that gave another since, or has no process, is left alone', async () => {
    let time = 1000
    const store = await home.open(() => time)
    const silent = await store.runs.create({ experimentId: '0', name: 'silent', owner: '{}' })
    const lively = await store.runs.create({ experimentId: '0', name: 'lively', owner: '{}' })
    const foreign = await store.runs.create({ experimentId: '0', name: 'foreign' })
    const ended = await store.runs.create({ experimentId: '0', name: 'ended', owner: '{}' })
    await store.runs.update(ended.runId, { status: 'FINISHED', endTime: 1500 })
    expect((await store.liveness.watched()).map(({ runId }) => runId).toSorted()).toEqual(
      [silent.runId, lively.runId].toSorted(),
    )
    const [seen] = await store.liveness.watched()
    time = 50_000
    await store.runs.heartbeat(lively.runId)
    // Who looked before the sign of life came must not mark it.
    expect(await store.liveness.markKilled({ runId: lively.runId, heartbeatTime: 1000 })).toBe(false)
    expect(seen!.heartbeatTime).toBe(1000)
    expect(await sweepStore(store, 61_000)).toEqual([])
    expect(await sweepStore(store, 61_001)).toEqual([silent.runId])
    expect(await store.runs.get(silent.runId)).toMatchObject({ status: 'KILLED', endTime: 1000 })
    expect(await sweepStore(store, 200_000)).toEqual([lively.runId])
    expect((await store.runs.get(foreign.runId)).status).toBe('RUNNING')
    expect((await store.runs.get(ended.runId)).status).toBe('FINISHED')
  })
})

const self = ownOwner()

test.each<[string, Partial<Owner>, boolean | undefined]>([
  ['this process', {}, true],
  [
    'a process that began at another time, with a number of today',
    { started: '1' },
    self.started === null ? true : false,
  ],
  ['a process of an earlier start of the machine', { boot: 'before' }, false],
  ['a number that no process has', { pid: 2 ** 22 + 1 }, false],
  ['a process of another machine', { host: 'elsewhere' }, undefined],
  ['a process of another container', { pidSpace: 'pid:[1]' }, undefined],
])('%s', (_, changed, alive) => {
  expect(isAlive({ ...self, ...changed })).toBe(alive)
})

test.each(['', '{}', 'null', '[]', '{"host":1,"pid":1}', '{"host":"h","pid":1.5}', 'x'.repeat(1000)])(
  '%j names no process',
  (text) => {
    expect(parseOwner(text)).toBeUndefined()
  },
)
