// Going without losing a request: what has begun is answered, connections are told to close, and only then the server does.
import { Server as NetServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../base/index.js'
import type { Server } from './face.js'

export interface DrainOptions {
  /** Milliseconds in which new connections are still taken, while /readyz says no: load balancers need some to notice. @default 0 */
  readonly delay?: number | undefined
  /** Milliseconds after which what is still running is cut off. @default 25,000 */
  readonly timeout?: number | undefined
}

/** Kubernetes kills after thirty seconds. */
const defaultTimeout = 25_000
/** Milliseconds without a request after which nothing can be under way to us any more: a trip around the world takes 0.3 s. */
const quietFor = 500
/** Often enough to lose little time, seldom enough to cost nothing. */
const lookEvery = 25

/** Ends a server gently; true when all that had begun was answered. */
export async function drain(
  server: Server,
  { delay = 0, timeout = defaultTimeout }: DrainOptions = {},
): Promise<boolean> {
  const end = now() + delay + timeout
  server.isDraining = true
  if (delay > 0) await sleep(delay)
  // Node's own close would also end idle connections, on which a request may be under way; this only stops listening.
  if (server.server.listening) NetServer.prototype.close.call(server.server)
  server.endStreams()
  const isAnswered = await quiet(server, end)
  if (!isAnswered) server.server.closeAllConnections()
  await server.close()
  return isAnswered
}

/** Until no connection is open, or none has had a request for a moment. */
async function quiet(server: Server, end: number): Promise<boolean> {
  let quietSince = now()
  while (now() < end) {
    if ((await connections(server)) === 0) return true
    if (server.openRequests.count > 0) quietSince = now()
    else if (now() - Math.max(quietSince, server.openRequests.lastAt) >= quietFor) return true
    await sleep(lookEvery)
  }
  return false
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.server.getConnections((error, count) => resolve(error === null ? count : 0)),
  )
