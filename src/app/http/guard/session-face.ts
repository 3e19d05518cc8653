// The page's login: a key becomes a cookie that no script can read and no other site can send.
import { z } from 'zod'
import { AccessError } from '../../../base/index.js'
import { keyHash } from '../../../operate/store/index.js'
import type { FastifyRequest } from 'fastify'
import { addRoutes, route } from '../api/route.js'
import type { Face } from '../face.js'
import type { Access } from './access.js'
import { cookieName, credentialOf } from './credentials.js'

const session = '/api/v1/session'

/** Says who asks, logs in and out. @param access - undefined where no keys are in use */
export const sessionFace =
  (access: Access | undefined): Face =>
  (server) =>
    addRoutes(server, [
      route({
        method: 'GET',
        path: session,
        summary: 'Says whether this server asks for keys, and who is asking now.',
        scope: 'open',
        handle: async (_input, request) => {
          const caller = await access?.identify(request).catch((error: unknown) => {
            if (AccessError.is(error)) return undefined
            throw error
          })
          return {
            keys: access !== undefined,
            caller: caller === undefined ? null : { name: caller.name, scopes: caller.scopes },
          }
        },
      }),
      route({
        method: 'POST',
        path: session,
        summary: 'Logs the browser in with a key.',
        scope: 'open',
        body: z.object({ key: z.string().min(1).max(256) }),
        handle: async ({ body }, request, reply) => {
          if (access === undefined) return { keys: false, caller: null }
          const hash = keyHash(body.key.trim())
          const { name, scopes } = await access.check(hash, request)
          const { token, seconds } = access.sessions.begin(hash)
          void reply.header('Set-Cookie', cookie(request, token, seconds)).header('Cache-Control', 'no-store')
          return { keys: true, caller: { name, scopes } }
        },
      }),
      route({
        method: 'DELETE',
        path: session,
        summary: 'Logs the browser out.',
        scope: 'open',
        handle: async (_input, request, reply) => {
          const credential = credentialOf(request.headers)
          if (credential?.kind === 'session') access?.sessions.end(credential.token)
          void reply.header('Set-Cookie', cookie(request, '', 0))
          return { keys: access !== undefined, caller: null }
        },
      }),
    ])

/** Strict: not even a link from another site comes with it, which is what keeps others from acting in its owner's name. */
const cookie = (request: FastifyRequest, token: string, seconds: number): string =>
  `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${request.protocol === 'https' ? '; Secure' : ''}`
