// The body of a request as contents of a file. When storing ends early the connection stays: cut off, a client that is still sending would
// never read why.
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** Bytes of a refused file that are still taken in and thrown away, for the sake of the answer: what a client sends in some seconds. */
const mostDiscarded = 256 * 2 ** 20

/** The bytes of a body, as they come; nothing where there is none. */
export function fileBody({ body }: FastifyRequest): AsyncIterable<Uint8Array> | string {
  if (body === undefined || body === null) return ''
  const iterator = (body as IncomingMessage).iterator({ destroyOnReturn: false })
  return iterator as AsyncIterable<Uint8Array>
}

/** Throws away what is left of a body after an error, so that the answer is read and the connection can go on. */
export function discardRest({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return
  let left = mostDiscarded
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) raw.socket.destroy()
  })
  raw.on('error', () => undefined)
  raw.resume()
}
