import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Server } from '../face.js'
import { createServer } from '../server.js'
import { pageFace } from './page-face.js'

let server: Server
beforeAll(async () => {
  server = await createServer({}, { faces: [pageFace] })
})
afterAll(() => server.close())

test.each(['/ui/', '/ui/runs', '/ui/models/a%20b', '/ui/data/1?x=y', '/ui/../ui/runs'])(
  '%s is the page, which is asked for anew each time and runs scripts of this server only',
  async (url) => {
    const answer = await server.inject(url)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.headers['cache-control']).toBe('no-cache')
    expect(answer.headers['content-security-policy']).toContain("script-src 'self';")
    expect(answer.body).not.toMatch(/<script(?![^>]*\bsrc=)|\son\w+=/)
  },
)

test('its files are kept for ever, and come compressed to those who can read that', async () => {
  const { body } = await server.inject('/ui/')
  const [script] = /\/ui\/assets\/index-[\w-]+\.js/.exec(body)!
  const plain = await server.inject(script)
  expect(plain.headers['cache-control']).toContain('immutable')
  expect(plain.headers['content-type']).toContain('javascript')
  const small = await server.inject({ url: script, headers: { 'accept-encoding': 'gzip, br' } })
  expect(small.headers['content-encoding']).toBe('gzip')
  expect(small.headers['vary']).toContain('Accept-Encoding')
  expect(gunzipSync(small.rawPayload).equals(plain.rawPayload)).toBe(true)
})

test.each([
  '/ui/assets/gone.js',
  '/ui/assets/../../package.json',
  '/ui/%2e%2e/%2e%2e/package.json',
  '/ui/..%2f..%2fpackage.json',
])('%s is no way out', async (url) => {
  const answer = await server.inject(url)
  expect(answer.body).not.toContain('"modelwright"')
  if (url.startsWith('/ui/assets/gone')) expect(answer.statusCode).toBe(404)
})

test.each(['/', '/ui'])('%s leads to the page', async (url) => {
  expect((await server.inject(url)).headers['location']).toBe('/ui/')
})
