import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { createServer } from '../server.js'

const server = await createServer(
  {},
  { faces: [(routes) => void routes.post('/echo', async ({ body }) => body)] },
)
afterAll(() => server.close())

const zeros = Buffer.alloc(50 * 2 ** 20, ' ')

test.each([
  ['gzip', gzipSync(zeros)],
  ['deflate', deflateSync(zeros)],
  ['br', brotliCompressSync(zeros)],
  ['gzip, gzip', gzipSync(gzipSync(zeros))],
  ['zstd', Buffer.from('{}')],
  ['x'.repeat(5000), Buffer.from('{}')],
])('a body in %s is refused as it is', async (packing, payload) => {
  const headers = { 'content-type': 'application/json', 'content-encoding': packing }
  const answer = await server.inject({ method: 'POST', url: '/echo', payload, headers })
  expect([answer.statusCode, answer.json().error.message.length < 250]).toEqual([415, true])
})

test('one that is said not to be compressed is read', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'Identity' }
  const answer = await server.inject({ method: 'POST', url: '/echo', payload: '{"a":1}', headers })
  expect(answer.json()).toEqual({ a: 1 })
})
