import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seedStore } from '../../../../test/support/seed-store.js'
import { onBothStores } from '../../../../test/support/stores.js'
import { type Artifacts, openArtifacts } from '../../../operate/artifacts/index.js'
import type { Store } from '../../../operate/store/index.js'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { apiFace } from './api-face.js'
import type { CurveList, ExperimentList, RunDetail, RunPage } from './page-types.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-page-api-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

onBothStores("the page's own interface", (home) => {
  let store: Store
  let artifacts: Artifacts
  let server: Server
  let ids: string[] = []
  beforeAll(async () => {
    store = await home.open()
    artifacts = await openArtifacts({ url: join(folder, home.name), store })
    ids = await seedStore(store, { runs: 30, columns: 8, curves: 3, now: 1_760_000_000_000 })
    server = await createServer({ store, artifacts }, { faces: [apiFace] })
  })
  afterAll(() => server.close())

  async function ask<T>(method: 'GET' | 'POST' | 'PATCH', url: string, payload?: object) {
    const answer = await server.inject({ method, url: `/api/v1${url}`, ...(payload && { payload }) })
    return {
      status: answer.statusCode,
      body: answer.json<T & { readonly error: { readonly message: string } }>(),
    }
  }
  const search = (payload: object) => ask<RunPage>('POST', '/runs/search', payload)

  test('a page of runs has the columns that were asked for, and the next page begins where it ended', async () => {
    const query = { orderBy: ['metrics.r2 DESC'], columns: { metrics: ['r2'], params: ['model'] } }
    const first = await search({ ...query, limit: 20 })
    expect(first.body.total).toBe(30)
    expect(Object.keys(first.body.runs[0]!.metrics)).toEqual(['r2'])
    expect(Object.keys(first.body.runs[0]!.params)).toEqual(['model'])
    expect(first.body.runs[0]!.tags).toEqual({})
    const second = await search({ ...query, limit: 15, pageToken: first.body.nextPageToken! })
    expect(second.body).toMatchObject({ nextPageToken: null, total: null })
    const all = [...first.body.runs, ...second.body.runs]
    expect(new Set(all.map(({ runId }) => runId)).size).toBe(30)
    const values = all.map(({ metrics }) => metrics['r2'] as number)
    expect(values).toEqual(values.toSorted((a, b) => b - a))
  })

  test('filters and experiments narrow the list; what cannot be read is said', async () => {
    const [experiment] = (await ask<ExperimentList>('GET', '/experiments')).body.experiments.filter(
      ({ name }) => name === 'customer-churn',
    )
    expect(experiment!.runs).toBe(10)
    const some = await search({ experimentIds: [experiment!.experimentId], filter: "params.model = 'mlp'" })
    expect(some.body.total).toBe(10)
    expect(some.body.runs.length).toBeLessThan(10)
    expect((await search({ experimentIds: ['999', 'x; drop table runs'] })).body.runs).toEqual([])
    const bad = await search({ filter: 'metrics.r2 > > 1' })
    expect(bad.status).toBe(400)
    expect(bad.body.error.message).toContain('position')
    expect((await search({ limit: 100_000 })).status).toBe(400)
    expect((await search({ pageToken: 'nonsense' })).status).toBe(400)
  })

  test('names of columns are found by their beginning', async () => {
    const { body } = await ask<{ params: string[]; metrics: string[] }>('GET', '/runs/columns?prefix=slice_')
    expect(body.metrics).toEqual(['slice_0/error', 'slice_1/error', 'slice_2/error', 'slice_3/error'])
    expect(body.params).toEqual([])
  })

  test('a run comes with its data, relatives and notes, and can be edited, deleted and restored', async () => {
    const [parent, child] = [ids[0]!, ids[3]!]
    await store.logging.batch(child, { tags: { 'mlflow.parentRunId': parent } })
    const dataset = {
      name: 'd',
      digest: 'x',
      sourceType: 'local',
      source: 'd.csv',
      profile: '{"num_rows":3}',
      schema: 'no JSON',
    }
    await store.inputs.log(child, { datasets: [{ dataset, tags: { 'mlflow.data.context': 'training' } }] })
    const { body } = await ask<RunDetail>('GET', `/runs/${child}`)
    expect(body).toMatchObject({ parent: { runId: parent }, datasets: [{ name: 'd', context: 'training' }] })
    expect((await ask<RunDetail>('GET', `/runs/${parent}`)).body.children.map(({ runId }) => runId)).toEqual([
      child,
    ])
    const { datasetId } = body.datasets[0]!
    expect((await ask('GET', `/datasets/${datasetId}`)).body).toMatchObject({
      profile: { num_rows: 3 },
      schema: 'no JSON',
      usedBy: [{ runId: child }],
    })
    const edited = await ask<RunDetail>('PATCH', `/runs/${child}`, {
      name: 'new',
      note: 'why',
      tags: { team: null, a: 'b' },
    })
    expect(edited.body).toMatchObject({ name: 'new', tags: { 'mlflow.note.content': 'why', a: 'b' } })
    expect(edited.body.tags).not.toHaveProperty('team')
    await ask('POST', '/runs/delete', { runIds: [child] })
    expect((await search({ viewType: 'DELETED_ONLY' })).body.runs.map(({ runId }) => runId)).toEqual([child])
    expect((await ask('PATCH', `/runs/${child}`, { note: 'x' })).status).toBe(409)
    await ask('POST', '/runs/restore', { runIds: [child] })
    expect((await search({})).body.total).toBe(30)
  })

  test('what is not there is said, and one that is missing does not hide the others', async () => {
    expect((await ask('GET', '/runs/none')).status).toBe(404)
    expect((await ask('GET', '/datasets/4711')).status).toBe(404)
    expect((await ask('GET', '/datasets/x')).status).toBe(400)
    const { body } = await ask<{ runs: { runId: string }[] }>('POST', '/runs/compare', {
      runIds: ['none', ids[1]!],
    })
    expect(body.runs.map(({ runId }) => runId)).toEqual([ids[1]])
  })

  test('curves keep their ends and their values that JSON has no word for', async () => {
    const { runId } = await store.runs.create({ experimentId: '0', name: 'odd' })
    const values = [1, NaN, Infinity, -Infinity, 0.5]
    const metrics = values.map((value, step) => ({ key: 'odd/metric, "x"', value, step, timestamp: step }))
    await store.logging.batch(runId, { metrics })
    const { body } = await ask<CurveList>('POST', '/runs/metrics', {
      runIds: [runId],
      keys: ['odd/metric, "x"', 'none'],
    })
    expect(body.curves).toEqual([
      {
        runId,
        key: 'odd/metric, "x"',
        steps: [0, 1, 2, 3, 4],
        times: [0, 1, 2, 3, 4],
        values: [1, 'NaN', 'Infinity', '-Infinity', 0.5],
      },
    ])
    const one = await ask<CurveList>('GET', `/runs/${ids.at(-1)!}/metrics?keys=train_loss&keys=r2&points=10`)
    expect(one.body.curves.map(({ key }) => key)).toEqual(['train_loss', 'r2'])
    expect(one.body.curves[0]!.steps.at(0)).toBe(0)
    expect(one.body.curves[0]!.steps.at(-1)).toBe(59)
    expect(one.body.curves[0]!.steps.length).toBeLessThan(60)
    const many = await ask('POST', '/runs/metrics', {
      runIds: ids,
      keys: Array.from({ length: 99 }, (_, i) => `k${i}`),
    })
    expect(many).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('at most') } },
    })
    await store.runs.delete(runId)
  })

  test('files are listed and given as what may do nothing, and no path leads elsewhere', async () => {
    const [first, second] = [ids[5]!, ids[6]!]
    await artifacts.write(`runs/${first}`, 'plots/a.html', '<script>1</script>')
    await artifacts.write(`runs/${second}`, 'secret.txt', 'of another run')
    expect((await ask('GET', `/runs/${first}/artifacts`)).body).toEqual({
      entries: [{ path: 'plots', directory: true, size: null }],
    })
    expect((await ask('GET', `/runs/${first}/artifacts?path=plots`)).body).toEqual({
      entries: [{ path: 'plots/a.html', directory: false, size: 18 }],
    })
    const file = await server.inject(`/api/v1/runs/${first}/artifacts/content?path=plots/a.html`)
    expect(file.body).toBe('<script>1</script>')
    expect(file.headers['content-disposition']).toMatch(/^attachment/)
    expect(file.headers['content-security-policy']).toContain('sandbox')
    for (const path of [
      `../${second}/secret.txt`,
      `..%2F${second}%2Fsecret.txt`,
      '/etc/passwd',
      'plots/../../x',
      '',
    ])
      expect(
        (await server.inject(`/api/v1/runs/${first}/artifacts/content?path=${path}`)).statusCode,
      ).toBeGreaterThanOrEqual(400)
  })
})
