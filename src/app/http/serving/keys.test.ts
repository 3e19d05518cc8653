// Keys hold in every protocol, each of which says so in its own words; and a key for one model opens no other.
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../../../test/support/served-models.js'
import { rows, servingServer } from '../../../../test/support/serving-server.js'
import { openStore } from '../../../operate/store/index.js'
import { accessBy } from '../guard/access.js'
import { keyBook } from '../guard/key-book.js'

const time = (): number => 1_700_000_000_000
const store = await openStore(join(temporaryFolder(), 'store.db'), { time })
const access = accessBy(keyBook({ store, time }), time)
const vertex = { healthRoute: '/vertex/health', predictRoute: '/vertex/predict' }
const { server } = await servingServer({ only: ['dear', 'cost'], access, vertex })
afterAll(async () => {
  await access.book.close()
  await store.close()
})
const { key } = await store.keys.create({ name: 'one model', scopes: ['predict:dear'] })

const send = (
  method: 'GET' | 'POST' | 'PUT',
  url: string,
  payload?: object | string,
  headers: Record<string, string> = {},
) => server.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
const known = { authorization: `Bearer ${key}` }

const infer = {
  inputs: [
    { name: 'size', shape: [1], datatype: 'FP64', data: [30] },
    { name: 'city', shape: [1], datatype: 'BYTES', data: ['Oslo'] },
    { name: 'garden', shape: [1], datatype: 'BOOL', data: [true] },
  ],
}
/** A path for a model, its body, and how the protocol says an error. */
const protocols: readonly (readonly [path: (model: string) => string, body: object, field: string])[] = [
  [(model) => `/api/v1/serving/models/${model}/predict`, rows[0]!, 'error'],
  [(model) => `/v2/models/${model}/infer`, infer, 'error'],
  [(model) => `/v1/models/${model}:predict`, { instances: rows }, 'error'],
  [(model) => `/predictions/${model}`, rows[0]!, 'type'],
  [(model) => `/models/${model}/invoke`, { instances: rows }, 'error_code'],
]

describe.each(protocols)('a route with a name (%#)', (path, body, field) => {
  it('opens to the key of the model, not to others, and not without', async () => {
    expect((await send('POST', path('dear'), body, known)).statusCode).toBe(200)
    const other = await send('POST', path('cost'), body, known)
    expect([other.statusCode, Object.keys(other.json())]).toEqual([403, expect.arrayContaining([field])])
    const none = await send('POST', path('dear'), body)
    expect([none.statusCode, Object.keys(none.json())]).toEqual([401, expect.arrayContaining([field])])
  })
})

it('routes without a name answer with the only model that the key opens', async () => {
  expect((await send('POST', '/invocations', { instances: rows }, known)).statusCode).toBe(200)
  expect((await send('POST', '/vertex/predict', { instances: rows }, known)).statusCode).toBe(200)
  expect((await send('GET', '/models', undefined, known)).json()).toEqual({
    models: [{ modelName: 'dear', modelUrl: 'dear' }],
  })
  const { models } = (await send('GET', '/api/v1/serving/models', undefined, known)).json<{
    models: { model: string }[]
  }>()
  expect(models.map(({ model }) => model)).toEqual(['dear'])
  expect((await send('GET', '/openapi.json', undefined, known)).body).not.toContain('models/cost')
})

it('streams stay within the key from the first row to the last', async () => {
  const many = Array.from({ length: 2000 }, (_, i) => JSON.stringify(rows[i % rows.length])).join('\n')
  const stream = (model: string) =>
    send('POST', `/api/v1/serving/models/${model}/predict`, many, {
      ...known,
      'content-type': 'application/x-ndjson',
    })
  const answers = (await stream('dear')).body.trimEnd().split('\n')
  expect(answers).toHaveLength(2000)
  expect(answers.filter((line) => line.includes('"error"'))).toEqual([])
  expect((await stream('cost')).statusCode).toBe(403)
})

it('changes ask for a key that may make them', async () => {
  for (const [method, url] of [
    ['PUT', '/api/v1/serving/models/dear/traffic'],
    ['POST', '/api/v1/serving/models/dear/unload'],
    ['POST', '/api/v1/serving/models/dear/versions/1/load'],
    ['POST', '/models'],
  ] as const) {
    expect((await send(method, url, { weights: {}, model_name: 'a', url: 'b' }, known)).statusCode).toBe(403)
  }
})

it.each([
  '/v2/health/live',
  '/v2/health/ready',
  '/ping',
  '/health',
  '/vertex/health',
  '/execution-parameters',
])('%s is open: platforms ask without a key', async (url) => {
  expect((await send('GET', url)).statusCode).toBe(200)
})
