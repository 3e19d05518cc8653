// The page's own interface against those who ask for what it was not made for: of the same kind on both databases.
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onBothStores } from '../../../../test/support/stores.js'
import { OverloadError } from '../../../base/index.js'
import { type Artifacts, openArtifacts } from '../../../operate/artifacts/index.js'
import type { Store } from '../../../operate/store/index.js'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { apiFace } from './api-face.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-hostile-api-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const nul = encodeURIComponent('a\0')

onBothStores('a hostile caller', (home) => {
  let store: Store
  let artifacts: Artifacts
  let server: Server
  let runId: string
  beforeAll(async () => {
    store = await home.open()
    artifacts = await openArtifacts({ url: join(folder, home.name), store })
    runId = (await store.runs.create({ experimentId: '0', name: 'r' })).runId
    server = await createServer({ store, artifacts }, { faces: [apiFace] })
  })
  afterAll(() => server.close())

  const ask = async (method: 'GET' | 'POST' | 'PATCH', path: string, payload?: object) => {
    const answer = await server.inject({ method, url: `/api/v1${path}`, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.body }
  }

  test.each([
    ['POST', '/runs/search', { filter: "tags.a = 'a\0'" }],
    ['POST', '/runs/search', { filter: "tags.`a\0` = 'a'" }],
    ['POST', '/runs/search', { columns: { tags: ['a\0'] } }],
    ['POST', '/runs/search', { columns: { params: ['\ud800'] } }],
    ['POST', '/runs/compare', { runIds: ['a\0'] }],
    ['POST', '/runs/delete', { runIds: ['a\0'] }],
    ['POST', '/runs/metrics', { runIds: ['a\0'], keys: ['a'] }],
    ['GET', `/runs/${nul}`, undefined],
    ['GET', `/runs/columns?prefix=${nul}`, undefined],
    ['GET', `/runs/x/metrics?keys=${nul}`, undefined],
    ['GET', `/runs/x/artifacts?path=${nul}`, undefined],
    ['GET', `/live?runs=${nul}`, undefined],
    ['PATCH', '/runs/x', { name: 'a\0' }],
    ['PATCH', '/runs/x', { tags: { 'a\0': 'b' } }],
    ['PATCH', '/runs/x', { tags: { a: '\udc00' } }],
    ['PATCH', '/experiments/0', { name: 'a\0' }],
  ] as const)('%s %s %j: what no database keeps is refused', async (method, path, payload) => {
    const { status, body } = await ask(method, path, payload)
    expect([status, body]).toEqual([400, expect.stringContaining('U+0000')])
  })

  test('many experiments at once, named or not, are no more than many experiments', async () => {
    const experimentIds = Array.from({ length: 70_000 }, (_, i) => String(i))
    expect(await store.overview.countRuns({ experimentIds })).toBe(1)
    const { status } = await ask('POST', '/runs/search', { experimentIds: experimentIds.slice(0, 5000) })
    expect(status).toBe(200)
  })

  test('those who listen may name more runs than a statement of the database has room for', async () => {
    const runIds = [...Array.from({ length: 70_000 }, (_, i) => `none-${i}`), runId]
    expect((await store.overview.states(runIds)).map(({ info }) => info.runId)).toEqual([runId])
  })

  test('orders of many fields, and patterns without end', async () => {
    const orderBy = (count: number) => Array.from({ length: count }, (_, i) => `metrics.m${i} DESC`)
    await store.runs.create({ experimentId: '0', name: 's' })
    const query = { experimentIds: ['0'], orderBy: orderBy(50), maxResults: 1 }
    const { nextPageToken } = await store.runs.search(query)
    expect((await store.runs.search({ ...query, pageToken: nextPageToken })).runs).toHaveLength(1)
    await expect(store.runs.search({ orderBy: orderBy(100_000) })).rejects.toThrow(/at most 50/)
    await store.logging.batch(runId, { tags: { long: 'a'.repeat(8000) } })
    for (const pattern of ['%a', '[', '_%', '%_a']) {
      const filter = `tags.long LIKE '${pattern.repeat(2500)}b'`
      expect((await store.runs.search({ filter })).runs).toEqual([])
    }
    await expect(store.runs.search({ filter: `tags.long ILIKE '${'%a'.repeat(30_000)}'` })).rejects.toThrow(
      /at most 10000 characters/,
    )
  })

  test('curves are given once each, and not more points than fit an answer', async () => {
    await store.logging.batch(runId, { metrics: [{ key: 'm', value: 1, step: 0, timestamp: 0 }] })
    const many = Array.from({ length: 2000 }, () => 'm')
    const { body } = await ask('POST', '/runs/metrics', { runIds: [runId, runId], keys: many })
    expect((JSON.parse(body) as { curves: unknown[] }).curves).toHaveLength(1)
    const keys = Array.from({ length: 200 }, (_, i) => `m${i}`)
    expect((await ask('POST', '/runs/metrics', { runIds: [runId], keys, points: 5000 })).status).toBe(400)
  })
})

test('streams of events that could not begin hold no place', async () => {
  let isAway = true
  const overview = {
    pulse: async () => '',
    states: async () => {
      if (isAway) throw new OverloadError('The store is away.')
      return []
    },
  }
  const server = await createServer({ store: { overview } as unknown as Store }, { faces: [apiFace] })
  // More than there are places.
  for (let i = 0; i < 11; i++) {
    const answers = await Promise.all(Array.from({ length: 100 }, () => server.inject('/api/v1/live?runs=a')))
    expect(answers.filter(({ body }) => !body.includes('The store is away'))).toEqual([])
  }
  isAway = false
  const { port } = new URL(await server.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('GET /api/v1/live?runs=a HTTP/1.1\r\nHost: localhost\r\n\r\n')
  let text = ''
  socket.on('data', (data) => (text += String(data)))
  await expect.poll(() => text).toContain('event: ready')
  socket.destroy()
  await server.close()
})
