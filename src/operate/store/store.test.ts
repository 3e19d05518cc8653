import { expect, test } from 'vitest'
import { onBothStores } from '../../../test/support/stores.js'
import { ConflictError, NotFoundError } from '../../base/index.js'

onBothStores('the store', (home) => {
  test('finds the newest run by its tags, in any experiment, unless it is deleted', async () => {
    const store = await home.open()
    const { experimentId } = await store.experiments.create({ name: 'elsewhere' })
    const make = async (startTime: number, tags: Record<string, string>, id = '0') =>
      (await store.runs.create({ experimentId: id, name: 'r', startTime, tags })).runId
    const tags = { hash: "it's", data: 'x' }
    await make(9, { hash: "it's" })
    const old = await make(1, tags)
    const found = await make(2, { ...tags, more: 'y' }, experimentId)
    await make(3, { hash: 'x', data: "it's" })
    expect(await store.runs.newestWith(tags)).toBe(found)
    await store.runs.delete(found)
    expect(await store.runs.newestWith(tags)).toBe(old)
    expect(await store.runs.newestWith({ ...tags, "a' or 1=1 --": '' })).toBeUndefined()
  })

  test('gives a name or an id to one of several who ask for it at once', async () => {
    const store = await home.open()
    const named = Array.from({ length: 8 }, () => store.experiments.create({ name: 'together' }))
    const experiments = await Promise.allSettled(named)
    expect(experiments.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of experiments)
      if (each.status === 'rejected') expect(each.reason).toSatisfy(ConflictError.is)
    const run = { experimentId: '0', name: 'r', runId: 'a'.repeat(32) }
    const asked = Array.from({ length: 8 }, () => store.runs.create(run))
    const done = await Promise.allSettled(asked)
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const each of done) if (each.status === 'rejected') expect(each.reason).toSatisfy(ConflictError.is)
  })

  test('has a default experiment and keeps a run with all that was logged', async () => {
    const store = await home.open(() => 1_700_000_000_000)
    const run = await store.runs.create({
      experimentId: '0',
      name: 'first',
      userId: 'ada',
      tags: { team: 'blue' },
    })
    expect(run).toMatchObject({ status: 'RUNNING', startTime: 1_700_000_000_000, experimentId: '0' })
    await store.logging.batch(run.runId, {
      params: { lr: '0.1' },
      tags: { note: "it's; drop table runs" },
      metrics: [
        { key: 'loss', value: 2, step: 0, timestamp: 1 },
        { key: 'loss', value: NaN, step: 2, timestamp: 3 },
        { key: 'loss', value: Infinity, step: 1, timestamp: 2 },
        { key: 'accuracy', value: 0.5, step: 0, timestamp: 1 },
      ],
    })
    const found = await store.runs.get(run.runId)
    expect(found.params).toEqual({ lr: '0.1' })
    expect(found.tags).toEqual({ team: 'blue', note: "it's; drop table runs", 'mlflow.runName': 'first' })
    expect(found.metrics.find(({ key }) => key === 'loss')).toEqual({
      key: 'loss',
      value: NaN,
      step: 2,
      timestamp: 3,
      min: 2,
      max: Infinity,
    })
    const history = await store.logging.history(run.runId, 'loss', { limit: 2 })
    expect(history.map(({ value }) => value)).toEqual([2, Infinity])
    const rest = await store.logging.history(run.runId, 'loss', { limit: 2, after: history[1] })
    expect(rest.map(({ value }) => value)).toEqual([NaN])
  })

  test('the same batch again changes nothing; an older point does not become the latest', async () => {
    const store = await home.open()
    const { runId } = await store.runs.create({ experimentId: '0', name: 'again' })
    const batch = { metrics: [{ key: 'm', value: 1, step: 5, timestamp: 5 }], params: { a: '1' } }
    await store.logging.batch(runId, batch)
    await store.logging.batch(runId, batch)
    await store.logging.batch(runId, { metrics: [{ key: 'm', value: -9, step: 4, timestamp: 9 }] })
    expect(await store.logging.history(runId, 'm', { limit: 10 })).toHaveLength(2)
    expect((await store.runs.get(runId)).metrics).toEqual([
      { key: 'm', value: 1, step: 5, timestamp: 5, min: -9, max: 1 },
    ])
  })

  test('a model that is recorded again changes nothing', async () => {
    const store = await home.open()
    const { runId } = await store.runs.create({ experimentId: '0', name: 'r' })
    for (const id of ['a', 'b', 'a']) await store.logging.recordModel(runId, { model_uuid: id })
    const { tags } = await store.runs.get(runId)
    expect(JSON.parse(tags['mlflow.log-model.history']!)).toEqual([{ model_uuid: 'a' }, { model_uuid: 'b' }])
  })

  test('a parameter that changes is refused, and nothing of its batch is kept', async () => {
    const store = await home.open()
    const { runId } = await store.runs.create({ experimentId: '0', name: 'params' })
    await store.logging.batch(runId, { params: { a: '1' } })
    const refused = store.logging.batch(runId, { params: { b: '2', a: '3' }, tags: { t: 'x' } })
    await expect(refused).rejects.toSatisfy(ConflictError.is)
    expect(await store.runs.get(runId)).toMatchObject({ params: { a: '1' } })
    expect((await store.runs.get(runId)).tags['t']).toBeUndefined()
  })

  test('a deleted experiment takes its runs along, and gives them back', async () => {
    const store = await home.open()
    const { experimentId } = await store.experiments.create({ name: 'e', tags: { k: 'v' } })
    const { runId } = await store.runs.create({ experimentId, name: 'r' })
    await store.experiments.delete(experimentId)
    expect((await store.runs.get(runId)).lifecycleStage).toBe('deleted')
    await expect(store.runs.create({ experimentId, name: 's' })).rejects.toSatisfy(ConflictError.is)
    await expect(store.logging.batch(runId, {})).rejects.toSatisfy(ConflictError.is)
    await store.experiments.restore(experimentId)
    expect((await store.runs.get(runId)).lifecycleStage).toBe('active')
    await expect(store.experiments.create({ name: 'e' })).rejects.toSatisfy(ConflictError.is)
    await expect(store.experiments.get('77')).rejects.toSatisfy(NotFoundError.is)
    await expect(store.experiments.get("0' or 1=1")).rejects.toSatisfy(NotFoundError.is)
  })
})
