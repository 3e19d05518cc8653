// The whole server with all of its faces: no route that is not guarded, whatever is added later.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { smallBundle } from '../../../test/support/bundles.js'
import { openStore } from '../../operate/store/index.js'
import { type ComposedServer, startModelwright } from './compose.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-compose-'))
const store = join(folder, 'store.db')
const composed: ComposedServer[] = []
const keys: Record<string, string> = {}

async function start(options: Partial<Parameters<typeof startModelwright>[0]> = {}): Promise<ComposedServer> {
  const server = await startModelwright({
    version: '1.2.3',
    port: 0,
    store,
    artifacts: join(folder, 'artifacts'),
    track: true,
    models: { sources: [join(folder, 'houses'), join(folder, 'dear')], placement: 'thread' },
    ...options,
  })
  composed.push(server)
  return server
}

beforeAll(async () => {
  await smallBundle(folder, 'houses')
  await smallBundle(folder, 'dear', { classifier: true })
  await using opened = await openStore(store)
  for (const scope of ['predict', 'predict:dear', 'read', 'write', 'admin'])
    keys[scope] = (await opened.keys.create({ name: scope, scopes: [scope] })).key
})
afterAll(async () => {
  for (const server of composed) await server.stop({ timeout: 5000 })
  rmSync(folder, { recursive: true, force: true })
})

/** What needs no key, and why. */
const openRoutes = [
  // Those who ask whether the process lives have no key.
  /^(GET|HEAD) \/(healthz|livez|readyz)$/,
  /^(GET|HEAD) \/(health|version|ping|execution-parameters|v2|v2\/health\/(live|ready))$/,
  // Clients of MLflow look which server this is before they send their key.
  /^(GET|HEAD) \/(ajax-)?api\/[23]\.0\/mlflow\/server-info$/,
  // Logging in, and whether that is needed.
  /^(GET|HEAD|POST|DELETE) \/api\/v1\/session$/,
  // The page: it holds nothing, and asks for its contents with the key of who looks.
  /^(GET|HEAD) \/(ui(\/\*)?)?$/,
]

/** Where a protocol says in its own words that it has no such path. */
const nothingThere = /^[A-Z]+ \/(v[12]|predictions)\/\*$/

/** A path that the route takes. */
const pathOf = (url: string): string => url.replaceAll(/:\w+(\([^)]*\))?\??/g, '1').replace(/\*$/, 'x')

describe('with keys', () => {
  test('every route of every face refuses without one, with a wrong one, and with one that may do too little', async () => {
    const { routes, inject } = (await start()).inside
    const guarded = routes.filter(
      ({ name }) => !openRoutes.some((open) => open.test(name)) && !nothingThere.test(name),
    )
    expect(guarded.length).toBeGreaterThan(30)
    // Keys that were seen to work go on while others are guessed.
    for (const key of Object.values(keys))
      await inject({ url: '/metrics', headers: { authorization: `Bearer ${key}` } })
    const wrong = []
    for (const { method, url, name, scope } of guarded) {
      const status = async (headers: Record<string, string>): Promise<number> =>
        (await inject({ method: method as 'GET', url: pathOf(url), headers })).statusCode
      const bare = await status({})
      if (bare !== 401) wrong.push(`${name}: ${bare} without a key`)
      const forged = await status({ authorization: 'Bearer mw_forged' })
      if (forged !== 401 && forged !== 429) wrong.push(`${name}: ${forged} with a forged key`)
      const low = scope === 'predict' ? 'read' : 'predict'
      const weak = await status({ authorization: `Bearer ${keys[low]!}` })
      if (weak !== 403) wrong.push(`${name}: ${weak} with a key for ${low}`)
    }
    expect(wrong).toEqual([])
  })

  test('open routes are those that are meant to be', async () => {
    const { routes, inject } = (await start()).inside
    const open = routes.filter(({ scope }) => scope === 'open').map(({ name }) => name)
    expect(open.filter((name) => ![...openRoutes, nothingThere].some((meant) => meant.test(name)))).toEqual(
      [],
    )
    for (const { method, url } of routes.filter(({ name }) => nothingThere.test(name)))
      if (!/^(TRACE|QUERY)$/.test(method))
        expect((await inject({ method: method as 'GET', url: `${pathOf(url)}/y/z/w` })).statusCode).toBe(404)
  })

  test('what changes something asks for more than reading, but for searches', async () => {
    const { routes } = (await start()).inside
    const searches =
      /search|\/runs\/metrics$|\/assess$|\/runs\/compare$|get-history-bulk|:(classify|regress|predict)|\/preview$|\/query$/
    const found = routes.filter(
      ({ method, scope, url }) =>
        !/^(GET|HEAD|OPTIONS)$/.test(method) && scope === 'read' && !searches.test(url),
    )
    expect(found.map(({ name }) => name)).toEqual([])
  })

  test('a key for one model opens that model alone', async () => {
    const { inject } = (await start()).inside
    const predict = async (model: string): Promise<number> =>
      (
        await inject({
          method: 'POST',
          url: `/api/v1/serving/models/${model}/predict`,
          headers: { authorization: `Bearer ${keys['predict:dear']!}` },
          payload: { size: 50, city: 'Oslo' },
        })
      ).statusCode
    expect(await predict('dear')).toBe(200)
    expect(await predict('houses')).toBe(403)
    // Not even whether there is such a model.
    expect(await predict('nowhere')).toBe(403)
  })
})

describe('limits', () => {
  test('of rows hold whatever the protocol', async () => {
    const { inject } = (await start({ insecure: true, maxRows: 2 })).inside
    const answer = await inject({
      method: 'POST',
      url: '/api/v1/serving/models/houses/predict',
      payload: Array.from({ length: 3 }, () => ({ size: 50, city: 'Oslo' })),
    })
    expect([answer.statusCode, answer.json().error.details]).toEqual([
      413,
      { limit: 2, received: 3, option: 'max-rows' },
    ])
  })
})

describe('what does not open', () => {
  test('is closed again, whatever was open by then', async () => {
    const broken = { sources: [join(folder, 'nothing')] }
    await expect(start({ models: broken })).rejects.toThrow(/nothing/)
    await expect(start({ store: join(folder, 'houses', 'model.onnx') })).rejects.toThrow(/no SQLite/)
    await expect(start({ otlp: 'http://127.0.0.1:9', host: '192.0.2.1' })).rejects.toThrow(
      /address 192.0.2.1/,
    )
  })
})
