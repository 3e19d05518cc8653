// Keys at the door: where they may stand, what they open, and what wrong ones meet.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OverloadError } from '../../../base/index.js'
import { openStore, type Store } from '../../../operate/store/index.js'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { type Access, accessBy } from './access.js'
import { keyBook } from './key-book.js'
import { keysFace } from './keys-face.js'
import { sessionFace } from './session-face.js'

const folder = mkdtempSync(join(tmpdir(), 'modelwright-guard-'))
let store: Store
const clock = { time: 1_700_000_000_000 }
const time = (): number => clock.time
const opened: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  store = await openStore(join(folder, 'store.db'), { time })
})
afterAll(async () => {
  for (const close of opened) await close()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

async function guarded(
  given: Access = accessBy(keyBook({ store, time }), time),
  trustProxy = false,
): Promise<Server> {
  const server = await createServer(
    { store },
    {
      access: given,
      trustProxy,
      faces: [
        sessionFace(given),
        keysFace(given),
        (routes) => {
          routes.get('/look', async (request) => ({ name: request.caller?.name }))
          routes.post('/change', async () => ({ changed: true }))
          routes.post('/predict', { config: { scope: 'predict' } }, async () => ({ predicted: true }))
          routes.get('/open', { config: { scope: 'open' } }, async (request) => ({
            caller: request.caller ?? null,
          }))
        },
      ],
    },
  )
  opened.push(
    () => server.close(),
    () => given.book.close(),
  )
  return server
}

const keyFor = async (...scopes: string[]): Promise<string> =>
  (await store.keys.create({ name: scopes.join('+'), scopes })).key
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
})

describe('what a key opens', () => {
  test.each([
    ['read', [200, 403, 403, 403]],
    ['write', [200, 200, 403, 403]],
    ['predict', [403, 403, 200, 403]],
    ['predict:churn', [403, 403, 200, 403]],
    ['admin', [200, 200, 200, 200]],
  ])('%s', async (scope, statuses) => {
    const server = await guarded()
    const headers = bearer(await keyFor(scope))
    const routes = [
      ['GET', '/look'],
      ['POST', '/change'],
      ['POST', '/predict'],
      ['GET', '/api/v1/keys'],
    ] as const
    const found = []
    for (const [method, url] of routes) {
      const answer = await server.inject({ method, url, headers })
      found.push(answer.statusCode)
      if (answer.statusCode === 403) expect(answer.json().error).toMatchObject({ code: 'access' })
    }
    expect(found).toEqual(statuses)
  })

  test('open routes need none, and a request without one is told what to send', async () => {
    const server = await guarded()
    expect((await server.inject('/open')).json()).toEqual({ caller: null })
    for (const url of ['/healthz', '/livez', '/readyz'])
      expect((await server.inject(url)).statusCode).toBe(200)
    const refused = await server.inject('/look')
    expect(refused.statusCode).toBe(401)
    expect(refused.headers['www-authenticate']).toBe('Bearer realm="modelwright"')
    expect(refused.json().error.message).toContain('Authorization: Bearer')
  })

  test('what is not there is hidden from those without a key too', async () => {
    const server = await guarded()
    expect((await server.inject('/nowhere')).statusCode).toBe(401)
    const headers = bearer(await keyFor('read'))
    expect((await server.inject({ url: '/nowhere', headers })).statusCode).toBe(404)
  })
})

describe('where a key may stand', () => {
  test('as a bearer token, a header of its own, or a password, whatever the name', async () => {
    const server = await guarded()
    const key = await keyFor('read')
    for (const headers of [
      bearer(key),
      { authorization: `bearer   ${key} ` },
      { 'x-api-key': key },
      basic('anybody', key),
      basic('', key),
      basic(key, ''),
    ]) {
      const answer = await server.inject({ url: '/look', headers })
      expect({ headers, status: answer.statusCode }).toEqual({ headers, status: 200 })
      expect(answer.json()).toEqual({ name: 'read' })
    }
  })

  test.each([
    ['Bearer'],
    ['Bearer '],
    ['Bearer x y'],
    ['Basic !!!'],
    ['Basic '],
    ['Digest username="a"'],
    [`Bearer ${'x'.repeat(8000)}`],
    ["Bearer ' or 1=1 --"],
    ['Bearer undefined'],
  ])('%s is refused', async (authorization) => {
    const server = await guarded()
    const answer = await server.inject({ url: '/look', headers: { authorization } })
    expect(answer.statusCode).toBe(401)
  })

  test('a wrong Authorization is not mended by a right X-Api-Key', async () => {
    const server = await guarded()
    const headers = { ...bearer('wrong'), 'x-api-key': await keyFor('read') }
    expect((await server.inject({ url: '/look', headers })).statusCode).toBe(401)
  })

  test('never in the address', async () => {
    const server = await guarded()
    const key = await keyFor('admin')
    for (const name of ['key', 'api_key', 'token', 'access_token'])
      expect((await server.inject(`/look?${name}=${key}`)).statusCode).toBe(401)
  })
})

describe('keys that end', () => {
  test('one revoked through this server ends at once, one revoked elsewhere within five seconds', async () => {
    const server = await guarded()
    const look = async (key: string): Promise<number> =>
      (await server.inject({ url: '/look', headers: bearer(key) })).statusCode
    const [here, elsewhere] = [await keyFor('read'), await keyFor('read', 'write')]
    expect([await look(here), await look(elsewhere)]).toEqual([200, 200])
    const headers = bearer(await keyFor('admin'))
    const url = `/api/v1/keys/${here.slice(0, 11)}`
    expect((await server.inject({ method: 'DELETE', url, headers })).statusCode).toBe(200)
    expect(await look(here)).toBe(401)
    await look(elsewhere)
    await store.keys.revoke(elsewhere.slice(0, 11))
    clock.time += 5000
    expect(await look(elsewhere)).toBe(401)
  })

  test('while the store is away, keys that worked go on, others are asked to come again', async () => {
    let away = false
    const find: Store['keys']['find'] = async (hash) => {
      if (away) throw new OverloadError('away', { retryAfter: 5, reason: 'store' })
      return store.keys.find(hash)
    }
    const flaky = { keys: { ...store.keys, find } }
    const server = await guarded(accessBy(keyBook({ store: flaky, time }), time))
    const [known, unknown] = [await keyFor('read'), await keyFor('read')]
    const look = async (key: string) => server.inject({ url: '/look', headers: bearer(key) })
    expect((await look(known)).statusCode).toBe(200)
    away = true
    clock.time += 300_000
    expect((await look(known)).statusCode).toBe(200)
    const refused = await look(unknown)
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
    clock.time += 400_000
    expect((await look(known)).statusCode).toBe(503)
  })
})

describe('guessing', () => {
  test('is slowed down by address, longer each time, while keys that work go on', async () => {
    const server = await guarded()
    const key = await keyFor('read')
    const guess = (remoteAddress: string, guessed = 'mw_guess') =>
      server.inject({ url: '/look', headers: bearer(guessed), remoteAddress })
    expect((await guess('10.0.0.1', key)).statusCode).toBe(200)
    const statuses = []
    for (let i = 0; i < 12; i++) statuses.push((await guess('10.0.0.1')).statusCode)
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429])
    // Not even the right one, unless it was seen to work: a guess may be right.
    const late = await guess('10.0.0.1', await keyFor('read'))
    expect([late.statusCode, late.headers['retry-after']]).toEqual([429, '1'])
    clock.time += 900
    expect((await guess('10.0.0.1', key)).statusCode).toBe(200)
    expect((await guess('10.0.0.2')).statusCode).toBe(401)
    const waits = []
    for (let i = 0; i < 8; i++) {
      clock.time += 60_000
      expect((await guess('10.0.0.1')).statusCode).toBe(401)
      waits.push(Number((await guess('10.0.0.1')).headers['retry-after']))
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('from many addresses of one network of IPv6 counts as from one', async () => {
    const server = await guarded()
    const statuses = []
    for (let i = 0; i < 11; i++) {
      const remoteAddress = `2001:db8:1:2::${i.toString(16)}`
      statuses.push((await server.inject({ url: '/look', headers: bearer('x'), remoteAddress })).statusCode)
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429])
    const other = { url: '/look', headers: bearer('x'), remoteAddress: '2001:db8:1:3::1' }
    expect((await server.inject(other)).statusCode).toBe(401)
  })
})

test('behind a proxy, addresses that a client makes up do not count', async () => {
  const server = await guarded(undefined, true)
  const statuses = []
  for (let i = 0; i < 12; i++) {
    const headers = { ...bearer('x'), 'x-forwarded-for': `10.1.1.${i}, 192.0.2.7` }
    statuses.push((await server.inject({ url: '/look', headers })).statusCode)
  }
  expect(statuses.slice(10)).toEqual([429, 429])
})

describe('the login of the page', () => {
  const login = (server: Server, key: string, headers: Record<string, string> = {}) =>
    server.inject({ method: 'POST', url: '/api/v1/session', payload: { key }, headers })

  test('gives a cookie that scripts cannot read, which opens what the key opens, until it is ended', async () => {
    const server = await guarded()
    const key = await keyFor('read', 'predict')
    const answer = await login(server, ` ${key}\n`)
    expect(answer.json()).toEqual({
      keys: true,
      caller: { name: 'read+predict', scopes: ['read', 'predict'] },
    })
    const set = String(answer.headers['set-cookie'])
    expect(set).toMatch(/^modelwright_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/)
    expect(set).not.toContain(key)
    const headers = { cookie: `theme=dark; ${set.split(';')[0]}` }
    expect((await server.inject({ url: '/look', headers })).json()).toEqual({ name: 'read+predict' })
    expect((await server.inject({ method: 'POST', url: '/change', headers })).statusCode).toBe(403)
    expect((await server.inject({ url: '/api/v1/session', headers })).json().caller.name).toBe('read+predict')
    await server.inject({ method: 'DELETE', url: '/api/v1/session', headers })
    expect((await server.inject({ url: '/look', headers })).statusCode).toBe(401)
    expect((await server.inject({ url: '/api/v1/session', headers })).json()).toEqual({
      keys: true,
      caller: null,
    })
  })

  test('ends with its key, and after twelve hours', async () => {
    const server = await guarded()
    const cookieOf = async (key: string) => ({
      cookie: String((await login(server, key)).headers['set-cookie']).split(';')[0]!,
    })
    const [revoked, old] = [await keyFor('read'), await keyFor('read')]
    const cookies = [await cookieOf(revoked), await cookieOf(old)]
    await store.keys.revoke(revoked.slice(0, 11))
    clock.time += 5000
    const statuses = async () =>
      Promise.all(cookies.map(async (headers) => (await server.inject({ url: '/look', headers })).statusCode))
    expect(await statuses()).toEqual([401, 200])
    clock.time += 12 * 3_600_000
    expect(await statuses()).toEqual([401, 401])
  })

  test('is no way around the limit of guesses', async () => {
    const server = await guarded()
    const statuses = []
    for (let i = 0; i < 11; i++) statuses.push((await login(server, 'mw_guess')).statusCode)
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429])
  })

  test('cannot be used from a page of another site', async () => {
    const server = await guarded()
    const cookie = String((await login(server, await keyFor('admin'))).headers['set-cookie']).split(';')[0]!
    const change = (headers: Record<string, string>) =>
      server.inject({
        method: 'POST',
        url: '/change',
        headers: { cookie, host: 'ml.example:8080', ...headers },
      })
    const statuses = []
    for (const headers of [
      { origin: 'http://ml.example:8080' },
      { origin: 'http://evil.example' },
      { origin: 'http://ml.example:9999' },
      { origin: 'http://ml.example:8080.evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-origin' },
    ] as Record<string, string>[])
      statuses.push((await change(headers)).statusCode)
    expect(statuses).toEqual([200, 403, 403, 403, 403, 403, 403, 200])
  })
})

describe('keys over HTTP', () => {
  test('are made, listed without themselves, and revoked', async () => {
    const server = await guarded()
    const headers = bearer(await keyFor('admin'))
    const payload = { name: 'ci', scopes: ['predict:churn'] }
    const made = await server.inject({ method: 'POST', url: '/api/v1/keys', headers, payload })
    expect(made.statusCode).toBe(201)
    const { key } = made.json() as { key: string }
    expect((await server.inject({ method: 'POST', url: '/predict', headers: bearer(key) })).statusCode).toBe(
      200,
    )
    const listed = await server.inject({ url: '/api/v1/keys', headers })
    expect(listed.body).toContain(key.slice(0, 11))
    expect(listed.body).not.toContain(key.slice(11))
    const wrong = { ...payload, scopes: ['root'] }
    const refused = await server.inject({ method: 'POST', url: '/api/v1/keys', headers, payload: wrong })
    expect([refused.statusCode, refused.json().error.code]).toEqual([400, 'invalid-option'])
    const gone = await server.inject({ method: 'DELETE', url: '/api/v1/keys/nobody', headers })
    expect(gone.statusCode).toBe(404)
  })
})
