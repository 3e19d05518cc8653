// The body of a request as contents of a file. When storing ends early the connection stays: see limits/refused-bodies.ts.
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** The bytes of a body, as they come; nothing where there is none. */
export function fileBody({ body }: FastifyRequest): AsyncIterable<Uint8Array> | string {
  if (body === undefined || body === null) return ''
  const iterator = (body as IncomingMessage).iterator({ destroyOnReturn: false })
  return iterator as AsyncIterable<Uint8Array>
}
