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
  await quiet(server, end)
  // Files that are on their way are not counted as in flight, and are waited for all the same.
  let isCut = false
  const cut = setTimeout(
    () => {
      isCut = true
      server.server.closeAllConnections()
    },
    Math.max(0, end - now()),
  )
  await server.close()
  clearTimeout(cut)
  return !isCut
}

/** Until no connection is open, or none has had a request for a moment. */
async function quiet(server: Server, end: number): Promise<void> {
  const began = now()
  while (now() < end && (await connections(server)) > 0) {
    const { count, lastAt } = server.openRequests
    if (count === 0 && now() - Math.max(began, lastAt) >= quietFor) return
    await sleep(lookEvery)
  }
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve) =>
    server.server.getConnections((error, count) => resolve(error === null ? count : 0)),
  )
