// Memory of all bodies that are being read and answered: each keeps to its limit, and a thousand of them at once would not fit.
import { memoryOfMachine, OverloadError } from '../../../base/index.js'
import type { Server } from '../face.js'

/** A thousand of these are 64 MiB, which nobody needs to count. */
const small = 2 ** 16

/** An eighth of the memory: bodies become rows and tensors, which take several times as much while they are computed. */
export const defaultBodyMemory = memoryOfMachine() / 8

/** Refuses bodies for which there is no room beside the others; one alone always has. */
export function limitBodyMemory(server: Server, most: number): void {
  let held = 0
  server.addHook('onRequest', ({ headers, routeOptions }, reply, done) => {
    const isInPieces = headers['transfer-encoding'] !== undefined
    const said = isInPieces ? Infinity : Number(headers['content-length'] ?? 0)
    const bytes = Math.min(said, routeOptions.bodyLimit)
    if (!(bytes > small)) return done()
    if (held > 0 && held + bytes > most) return done(noRoom())
    held += bytes
    reply.raw.once('close', () => {
      held -= bytes
    })
    done()
  })
}

const noRoom = (): OverloadError =>
  new OverloadError(
    'The bodies of other requests fill the memory that there is for them. Send it again in a moment.',
    { retryAfter: 1, reason: 'body-memory' },
  )
