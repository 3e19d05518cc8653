// The requests that are being answered: no more of them than the server can take, none that drips in for ever, and all of them
// answered before the server goes.
import type { Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { now, OverloadError } from '../../../base/index.js'
import type { Server } from '../face.js'

/** Bytes in a second that a longer body must bring on average: a modem of 1990; Apache's mod_reqtimeout asks for the same. */
const leastBytesPerSecond = 500
export interface OpenRequests {
  /** By their id; of two with the same id, the later. */
  find(requestId: string): FastifyRequest | undefined
  /** Answers being made, without those that go on as long as the client listens. */
  readonly count: number
  /** Whether a request of this connection is being answered. */
  isAnswering(socket: Socket): boolean
  /** When the last request came, on the clock of `now()`. */
  readonly lastAt: number
}

export interface OpenLimits {
  /** Answers being made at a time. */
  readonly most: number
  /** Milliseconds in which a body may come as slowly as it likes. */
  readonly slowFor: number
}

/** Counts requests in and out, refuses those beyond the most, ends those that drip in. */
export function openRequests(server: Server, { most, slowFor }: OpenLimits): OpenRequests {
  const open = new Map<
    string,
    { readonly request: FastifyRequest; readonly at: number; readonly bytes: number }
  >()
  const counted = new WeakSet<FastifyRequest>()
  const answering = new WeakSet<Socket>()
  let count = 0
  let lastAt = 0
  server.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions
    // Probes must be answered most of all when there is too much to do.
    if (config.longLived !== true && config.scope !== 'open') {
      if (count >= most) return done(full(most))
      count++
      counted.add(request)
    }
    lastAt = now()
    answering.add(request.raw.socket)
    open.set(request.id, { request, at: lastAt, bytes: request.raw.socket.bytesRead })
    // Also when the client has gone: the hooks of fastify do not tell of that.
    reply.raw.once('close', () => {
      if (open.get(request.id)?.request === request) open.delete(request.id)
      answering.delete(request.raw.socket)
      if (counted.has(request)) count--
    })
    done()
  })
  // Six looks in the time that a body is given: it gets at most a sixth more.
  const timer = setInterval(() => endSlow(open.values(), slowFor), slowFor / 6).unref()
  server.addHook('onClose', (_server, done) => {
    clearInterval(timer)
    done()
  })
  return {
    find: (requestId) => open.get(requestId)?.request,
    get count() {
      return count
    },
    isAnswering: (socket) => answering.has(socket),
    get lastAt() {
      return lastAt
    },
  }
}

const full = (most: number): OverloadError =>
  new OverloadError(
    `The server is answering ${most} requests already, and takes no more at a time. Try again in a moment.`,
    { retryAfter: 1, reason: 'in-flight' },
  )

interface Opened {
  readonly request: FastifyRequest
  readonly at: number
  readonly bytes: number
}

/** Ends bodies that come too slowly: each holds memory and a place, and a thousand of them would hold all. */
function endSlow(open: Iterable<Opened>, slowFor: number): void {
  const time = now()
  for (const { request, at, bytes } of open) {
    const { raw } = request
    const seconds = (time - at) / 1000
    const isSlow = (raw.socket.bytesRead - bytes) / seconds < leastBytesPerSecond
    if (raw.complete || seconds * 1000 < slowFor || !isSlow) continue
    request.log.warn({ seconds }, 'a body came too slowly')
    raw.socket.destroy()
  }
}
