import { expect, test } from 'vitest'
import { z } from 'zod'
import { OverloadError } from '../../base/index.js'
import { addRoutes, route } from './api/route.js'
import { createServer } from './server.js'

const failing = createServer(
  {},
  {
    bodyLimit: 100,
    faces: [
      (server) =>
        addRoutes(server, [
          route({
            method: 'POST',
            path: '/echo/:n',
            summary: 'Says what came.',
            params: z.object({ n: z.coerce.number().int() }),
            body: z.object({ text: z.string() }),
            handle: async ({ params, body }) => ({ n: params.n + 1, text: body.text.toUpperCase() }),
          }),
          route({
            method: 'GET',
            path: '/fail/:how',
            summary: 'Fails.',
            params: z.object({ how: z.string() }),
            handle: ({ params }) => {
              if (params.how === 'busy') throw new OverloadError('Busy.', { retryAfter: 3 })
              throw new Error('password=secret')
            },
          }),
        ]),
    ],
  },
)

test('a declared route reads its input in the declared types', async () => {
  const answer = await (await failing).inject({ method: 'POST', url: '/echo/41', payload: { text: 'hi' } })
  expect(answer.json()).toEqual({ n: 42, text: 'HI' })
})

test.each([
  ['POST', '/echo/x', { text: 'hi' }, 400, 'usage'],
  ['POST', '/echo/1', { text: 5 }, 400, 'usage'],
  ['POST', '/echo/1', { text: 'x'.repeat(200) }, 413, 'limit'],
  ['GET', '/nowhere', undefined, 404, 'not-found'],
  ['GET', '/fail/busy', undefined, 503, 'overload'],
  ['GET', '/fail/bug', undefined, 500, 'internal'],
] as const)('%s %s is answered with its status and code', async (method, url, payload, status, code) => {
  const answer = await (await failing).inject({ method, url, ...(payload && { payload }) })
  expect(answer.statusCode).toBe(status)
  expect(answer.json().error.code).toBe(code)
  expect(answer.body).not.toContain('secret')
  if (status === 503) expect(answer.headers['retry-after']).toBe('3')
})

test('a body that is no JSON is refused with its reason', async () => {
  const answer = await (
    await failing
  ).inject({ method: 'POST', url: '/echo/1', payload: '{', headers: { 'content-type': 'application/json' } })
  expect(answer.statusCode).toBe(400)
  expect(answer.json().error.message).toContain('JSON')
})
