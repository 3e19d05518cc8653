import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { houses, smallBundle } from '../../../../test/support/bundles.js'
import { testRegistry, type TestRegistry } from '../../../../test/support/registries.js'
import { onBothStores } from '../../../../test/support/stores.js'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { registryApiFace } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-registry-api-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const good = await smallBundle(folder, 'good')
const bad = await smallBundle(folder, 'bad', { alpha: 1e6 })
const rows = houses(120, 1000).map(({ size, city, price }) => ({ size, city, price }))

onBothStores('the registry over our own API', (home) => {
  let server: Server
  let kept: TestRegistry
  beforeAll(async () => {
    kept = await testRegistry(home, folder)
    server = await createServer(kept, { faces: [registryApiFace] })
  })
  afterAll(() => server.close())

  async function send(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, payload?: object) {
    const answer = await server.inject({ method, url: `/api/v1/models${path}`, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.json<Record<string, never>>() }
  }

  test('models are made, listed, changed and deleted', async () => {
    const made = await send('POST', '', { name: 'a b%', description: 'x', tags: { k: 'v' } })
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'a b%', tags: { k: 'v' }, aliases: {}, latestVersions: [] },
    })
    expect(await send('POST', '', { name: 'a b%' })).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict' } },
    })
    const path = `/${encodeURIComponent('a b%')}`
    expect(await send('PATCH', path, { description: 'y', tags: { k: 'w' }, name: 'c' })).toMatchObject({
      status: 200,
      body: { name: 'c', description: 'y', tags: { k: 'w' } },
    })
    expect(await send('GET', path)).toMatchObject({ status: 404 })
    const list = await send('GET', '?filter=' + encodeURIComponent("name = 'c'") + '&orderBy=name%20DESC')
    expect(list.body).toMatchObject({ models: [{ name: 'c' }], nextPageToken: null })
    expect(await send('DELETE', '/c')).toMatchObject({ status: 200 })
    expect((await send('GET', '/c/events')).body).toMatchObject({
      events: [{ kind: 'model-deleted' }, { kind: 'model-renamed' }, { kind: 'model-created' }],
    })
  })

  test('a run’s bundle becomes a version, and goes through gate, rollback, approval and notes', async () => {
    const { store, artifacts } = kept
    for (const bundle of [bad, good]) {
      const { runId } = await store.runs.create({ experimentId: '0', name: 'r' })
      await artifacts.writeFolder(`runs/${runId}`, bundle, { folder: 'model' })
      expect(await send('POST', '/m/versions', { run: runId, tags: { k: 'v' } })).toMatchObject({
        status: 201,
        body: { name: 'm', runId, lineage: { run: { runId } } },
      })
    }
    expect(await send('POST', '/m/promote', { version: 1 })).toMatchObject({
      status: 200,
      body: { forced: false },
    })
    const blind = await send('POST', '/m/promote', { version: 2 })
    expect(blind).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', details: { kind: 'promotion', verdict: { passed: false } } } },
    })
    const body = { version: 2, data: { rows } }
    const assessed = await send('POST', '/m/assess', body)
    expect(assessed).toMatchObject({ status: 200, body: { passed: true, gain: { low: expect.any(Number) } } })
    expect((await send('GET', '/m')).body['aliases']).toEqual({ champion: 1 })
    expect(await send('POST', '/m/promote', body)).toMatchObject({
      status: 200,
      body: { version: { aliases: ['champion'] } },
    })
    expect(await send('POST', '/m/rollback', { note: 'errors' })).toMatchObject({
      status: 200,
      body: { version: { version: 1 } },
    })
    expect(await send('POST', '/m/rollback', {})).toMatchObject({ status: 409 })
    await send('POST', '/m/versions/2/approvals', { note: 'fine' })
    await send('POST', '/m/versions/2/notes', { note: 'seen' })
    expect((await send('GET', '/m/events?limit=2')).body).toMatchObject({
      events: [{ kind: 'noted', version: 2 }, { kind: 'approved' }],
    })
    expect(await send('GET', '/m/diff?a=1&b=2')).toMatchObject({
      status: 200,
      body: { metrics: [{ name: 'rmse' }] },
    })
    expect(await send('GET', '/m/compatibility?a=1&b=2')).toMatchObject({
      status: 200,
      body: { verdict: 'compatible' },
    })
    const graph = await send('GET', '/m/lineage')
    expect((graph.body as unknown as { nodes: object[] }).nodes.length).toBeGreaterThan(4)
    expect((await send('GET', '/m/versions')).body).toMatchObject({
      versions: [{ version: 2 }, { version: 1 }],
    })
  })

  test('versions and aliases are changed by hand', async () => {
    await kept.registry.register('hand', good)
    await kept.registry.register('hand', good)
    expect(
      await send('PATCH', '/hand/versions/1', {
        description: 'd',
        tags: { a: '1', b: '2' },
        deleteTags: ['b'],
      }),
    ).toMatchObject({ status: 200, body: { description: 'd', tags: { a: '1' } } })
    expect(await send('PUT', '/hand/aliases/shadow', { version: 1 })).toMatchObject({
      status: 200,
      body: { aliases: { shadow: 1 } },
    })
    expect(await send('DELETE', '/hand/versions/1')).toMatchObject({ status: 409 })
    expect(await send('DELETE', '/hand/aliases/shadow')).toMatchObject({ status: 200, body: { aliases: {} } })
    expect(await send('DELETE', '/hand/versions/1')).toMatchObject({ status: 200 })
    expect(await send('GET', '/hand/versions/1')).toMatchObject({ status: 404 })
  })

  test.each([
    ['POST', '', { name: 'a/b' }],
    ['POST', '', { name: 'a\0b' }],
    ['POST', '', { name: 'x'.repeat(2000) }],
    ['POST', '', { name: 5 }],
    ['GET', '/hand/versions/zero', undefined],
    ['GET', '/hand/versions/1.5', undefined],
    ['GET', '/hand/diff?a=1', undefined],
    ['GET', '?filter=nonsense', undefined],
    ['GET', '?limit=100000', undefined],
    ['PUT', '/hand/aliases/latest', { version: 2 }],
    ['PUT', '/hand/aliases/v7', { version: 2 }],
    ['POST', '/hand/promote', { version: 2, gate: { mustBeet: true } }],
    ['POST', '/hand/promote', { version: 2, data: '/etc/passwd' }],
    ['POST', '/hand/promote', { version: 2, data: { rows: '/etc/passwd' } }],
    [
      'POST',
      '/hand/promote',
      { version: 2, data: { run: '../..', path: '../../etc/passwd' }, gate: { reach: 1 } },
    ],
    ['POST', '/hand/promote', { version: 2, force: true, gate: { reach: 0 }, data: { rows } }],
    ['POST', '/hand/versions', { run: '../../x' }],
  ] as const)('%s %s %j is refused with a reason', async (method, path, body) => {
    const { status, body: answer } = await send(method, path, body)
    expect([status, answer]).toEqual([
      400,
      { error: expect.objectContaining({ message: expect.stringMatching(/[.?]$/) }) },
    ])
  })
})
