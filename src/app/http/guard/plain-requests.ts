// Requests that others on the way could read in another way than we, and bodies that become larger than they came, are not read at all.
import { UsageError } from '../../../base/index.js'
import type { Server } from '../face.js'

/** Refuses a second Host, bodies in pieces of a kind that is not ours, and compressed bodies. */
export function refuseCrooked(server: Server): void {
  server.addHook('onRequest', ({ raw, headers }, _reply, done) => {
    const pieces = headers['transfer-encoding']
    const packing = headers['content-encoding']
    if (namesHostTwice(raw.rawHeaders)) {
      done(new UsageError('The request has two headers Host, and may have one.', { argument: 'host' }))
    } else if (pieces !== undefined && pieces.toLowerCase() !== 'chunked') done(oddPieces())
    else if (packing !== undefined && packing.toLowerCase() !== 'identity') done(compressed(packing))
    else done()
  })
}

/** Node takes the first, a proxy before it may have looked at the last. */
function namesHostTwice(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

const oddPieces = (): UsageError =>
  new UsageError(
    'The body is in pieces of a kind that is not read here (Transfer-Encoding). Send it chunked, or with its length.',
    { argument: 'transfer-encoding' },
  )

/** Unpacking would let a small body become a large one; whoever needs it has a proxy for it. */
const compressed = (packing: string): UsageError =>
  new UsageError(
    `A body in Content-Encoding '${packing.slice(0, 100)}' is not read here. Send it uncompressed.`,
    { argument: 'content-encoding', reason: 'content-encoding' },
  )
