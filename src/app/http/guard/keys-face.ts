// Keys over HTTP, for those whose key is that of an administrator.
import { z } from 'zod'
import { addRoutes, route } from '../api/route.js'
import type { Face } from '../face.js'
import type { Access } from './access.js'

/** @param access - what has remembered keys that are revoked here */
export const keysFace =
  (access: Access | undefined): Face =>
  (server, { store }) => {
    if (store === undefined) return
    addRoutes(server, [
      route({
        method: 'GET',
        path: '/api/v1/keys',
        summary: 'Lists keys, newest first, without themselves.',
        scope: 'admin',
        handle: async () => ({ keys: await store.keys.list() }),
      }),
      route({
        method: 'POST',
        path: '/api/v1/keys',
        summary: 'Makes a key; this answer is the only place where it stands.',
        scope: 'admin',
        body: z.object({
          name: z.string().min(1).max(200),
          scopes: z.array(z.string()).min(1),
          expirationTime: z.number().optional(),
        }),
        handle: async ({ body }, _request, reply) => {
          void reply.status(201).header('Cache-Control', 'no-store')
          return store.keys.create(body)
        },
      }),
      route({
        method: 'DELETE',
        path: '/api/v1/keys/:which',
        summary: 'Revokes the key with these first characters, or with this name.',
        scope: 'admin',
        params: z.object({ which: z.string().min(1) }),
        handle: async ({ params }) => {
          const revoked = await store.keys.revoke(params.which)
          access?.book.forget()
          return revoked
        },
      }),
    ])
  }
