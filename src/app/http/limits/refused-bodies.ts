// What is left of a body whose request was refused: cut off, a client that is still sending would never read why.
import type { FastifyRequest } from 'fastify'
import type { Server } from '../face.js'

/** Bytes that are still taken in and thrown away, for the sake of the answer: what a client sends in some seconds. */
const mostDiscarded = 256 * 2 ** 20

/** Has refused requests sent to their end, so that their answer is read and the connection can go on. */
export function takeRefusedBodies(server: Server): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode >= 400 && !request.raw.complete) {
      // Fastify would close the connection, and has said so.
      if (!server.isDraining) reply.removeHeader('connection')
      discardRest(request)
    }
    done(null, payload)
  })
}

function discardRest({ raw }: FastifyRequest): void {
  let left = mostDiscarded
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) raw.socket.destroy()
  })
  raw.on('error', () => undefined)
  raw.resume()
}
