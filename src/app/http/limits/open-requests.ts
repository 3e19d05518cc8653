// The requests that are being answered: no more of them than the server can take, none that drips in or is not read for ever, and all
// of them answered before the server goes.
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
  /** Milliseconds in which a body may come as slowly as it likes, and an answer need not be taken. */
  readonly slowFor: number
}

/** Counts requests in and out, refuses those beyond the most, ends those that drip in and those whose answers nobody takes. */
export function openRequests(server: Server, { most, slowFor }: OpenLimits): OpenRequests {
  const open = new Set<Opened>()
  const byId = new Map<string, FastifyRequest>()
  const counted = new WeakSet<FastifyRequest>()
  // Clients may send the next request before the first is answered.
  const answering = new WeakMap<Socket, number>()
  let count = 0
  let lastAt = 0
  server.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions
    const { raw } = request
    // Probes must be answered most of all when there is too much to do.
    if (config.longLived !== true && config.scope !== 'open') {
      if (count >= most) return done(full(most))
      count++
      counted.add(request)
    }
    lastAt = now()
    answering.set(raw.socket, (answering.get(raw.socket) ?? 0) + 1)
    const opened = { request, since: lastAt, bytes: raw.socket.bytesRead }
    open.add(opened)
    byId.set(request.id, request)
    // Also when the client has gone: the hooks of fastify do not tell of that.
    reply.raw.once('close', () => {
      if (byId.get(request.id) === request) byId.delete(request.id)
      answering.set(raw.socket, answering.get(raw.socket)! - 1)
      if (counted.has(request)) count--
      // A refused body may still be on its way, and is then watched until it has come.
      if (raw.complete || raw.socket.destroyed) open.delete(opened)
    })
    done()
  })
  // Six looks in the time that a body is given: it gets at most a sixth more.
  const timer = setInterval(() => endSlow(open, slowFor), slowFor / 6).unref()
  server.addHook('onClose', (_server, done) => {
    clearInterval(timer)
    done()
  })
  const isAnswering = (socket: Socket): boolean => (answering.get(socket) ?? 0) > 0
  endUnread(server, { slowFor, isAnswering })
  return {
    find: (requestId) => byId.get(requestId),
    get count() {
      return count
    },
    isAnswering,
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
  /** When, and at how many bytes of the connection, this look at its pace began. */
  since: number
  bytes: number
}

/** Ends bodies that come too slowly: each holds memory and a place, and a thousand of them would hold all. */
function endSlow(open: Set<Opened>, slowFor: number): void {
  const time = now()
  for (const opened of open) {
    const { raw, log } = opened.request
    if (raw.complete || raw.socket.destroyed) {
      open.delete(opened)
      continue
    }
    const seconds = (time - opened.since) / 1000
    if (seconds * 1000 < slowFor) continue
    const pace = (raw.socket.bytesRead - opened.bytes) / seconds
    // A burst at the beginning is no licence to be silent for hours.
    Object.assign(opened, { since: time, bytes: raw.socket.bytesRead })
    // What has come and was not taken yet waits for us.
    if (pace >= leastBytesPerSecond || raw.readableLength > 0) continue
    log.warn({ seconds }, 'a body came too slowly')
    raw.socket.destroy()
  }
}

interface UnreadLimits {
  readonly slowFor: number
  readonly isAnswering: (socket: Socket) => boolean
}

/** Ends connections whose client takes nothing of its answer. While an answer is being made there is nothing to take. */
function endUnread(server: Server, { slowFor, isAnswering }: UnreadLimits): void {
  server.server.setTimeout(slowFor, (socket: Socket) => {
    if (socket.writableLength > 0 || !isAnswering(socket)) socket.destroy()
  })
}
