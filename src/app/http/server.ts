// The server: fastify with what every face shares — limits, keys, origins, logs, figures — and the faces that are asked for.
import { fastify, type FastifyReply, type FastifyRequest } from 'fastify'
import { NotFoundError } from '../../base/index.js'
import type { Face, RouteScope, Server, ServerContext } from './face.js'
import { type Access, guard } from './guard/access.js'
import { limitedService, rememberCallers } from './guard/limited-service.js'
import { guardOrigins } from './guard/origins.js'
import { refuseCrooked } from './guard/plain-requests.js'
import { scopeOf } from './guard/scopes.js'
import { addSecurityHeaders } from './guard/security-headers.js'
import { defaultBodyMemory, limitBodyMemory } from './limits/body-memory.js'
import { type OpenRequests, openRequests } from './limits/open-requests.js'
import { limitRate } from './limits/rate.js'
import { takeRefusedBodies } from './limits/refused-bodies.js'
import { type RequestLimits, requestLimits } from './limits/request-limits.js'
import { refuseCostlyJson } from './json-shape.js'
import { answerNonsense } from './limits/nonsense.js'
import { requestIdOf } from './request-id.js'
import { errorBody, httpErrorOf } from './statuses.js'
import { addHealth, type ReadinessCheck } from './telemetry/health.js'
import { logAnswers, loggerOptions, type LogOptions } from './telemetry/log.js'

/** A face with what its routes have in common. */
export interface FaceUse {
  readonly face: Face
  /** Its name in metrics. */
  readonly protocol: string
  /** What its routes ask of a key where they do not say it. @default `read` for GET and HEAD, `write` for all else */
  readonly scope?: RouteScope | undefined
}

export interface ServerOptions {
  readonly faces: readonly (Face | FaceUse)[]
  /**
   * Bytes of JSON, or of CSV that is no stream; a request with more is refused. While it is read, nothing else is answered: the default
   * takes half a second at most, and other values in proportion. @default 8 MiB
   */
  readonly jsonLimit?: number | undefined
  /** Bytes of a body with tensors as bytes; no other body may be larger either. @default 64 MiB */
  readonly bodyLimit?: number | undefined
  /** Bytes of all bodies that are read and answered at a time. @default an eighth of the memory */
  readonly bodyMemory?: number | undefined
  /** Rows of one prediction request. @default 100,000 */
  readonly maxRows?: number | undefined
  /** Requests answered at a time; further ones are asked to come again. @default 1,000 */
  readonly maxInFlight?: number | undefined
  /** Milliseconds in which an answer must be there. @default 60,000 */
  readonly timeout?: number | undefined
  /** Milliseconds in which the lines before a body must be there. @default 10,000 */
  readonly headersTimeout?: number | undefined
  /** Milliseconds in each of which a body must come at 500 bytes a second or more, and something of an answer be taken. @default 30,000 */
  readonly slowBody?: number | undefined
  /** Requests of one client in a second. @default unlimited */
  readonly rate?: number | undefined
  /** Keys are asked for by it. @default none are */
  readonly access?: Access | undefined
  /** Names that the header Host may hold. @default any */
  readonly hosts?: readonly string[] | undefined
  /** Origins whose pages may call. @default none but our own */
  readonly origins?: readonly string[] | undefined
  /** A proxy stands before the server and says who asks (X-Forwarded-For, -Host, -Proto). @default false */
  readonly trustProxy?: boolean | undefined
  /** Certificate and key, in PEM. @default none, plain HTTP */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined
  /** @default no log */
  readonly log?: LogOptions | undefined
  /** What must be well before requests are sent here, besides the models. */
  readonly checks?: readonly ReadinessCheck[] | undefined
  /** What looks at all requests, such as metrics: added after the limits, before the faces. */
  readonly watchers?: readonly ((server: Server, open: OpenRequests) => Promise<void>)[] | undefined
}

/** Where anybody may ask: ten times what a login needs. */
const openBodyLimit = 2 ** 12
/** Ten times what a core answers at once; more would only wait. */
const defaultInFlight = 1000
/** What people and load balancers wait. */
const defaultTimeout = 60_000
/** The lines before a body come at once, or from somebody who wants to hold places. */
const defaultHeadersTimeout = 10_000
/** A phone in a tunnel. */
const defaultSlowBody = 30_000
/** Milliseconds that an idle connection is kept: longer than load balancers keep theirs (60 s), so that they close first. */
const keepAliveTimeout = 72_000
/** Timers of Node take no more, which is 24 days. */
const longestTimeout = 2 ** 31 - 1

/** Builds the server without listening; `server.inject` answers requests in tests. */
export async function createServer(context: ServerContext, options: ServerOptions): Promise<Server> {
  const limits = requestLimits(options)
  const server = bareServer(options, limits)
  server.decorate('limits', limits)
  const closing = new AbortController()
  server.decorate('isDraining', false)
  server.decorate('endStreams', () => closing.abort())
  server.decorateRequest('caller', undefined)
  server.addHook('preClose', (done) => {
    closing.abort()
    done()
  })
  answerErrors(server)
  readJsonBodies(server)
  noteRoutes(server, options.timeout ?? defaultTimeout)
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Request-Id', request.id)
    done()
  })
  server.addHook('onSend', (_request, reply, payload, done) => {
    // So that clients look for another server while there is still one to answer them.
    if (server.isDraining) void reply.header('Connection', 'close')
    done(null, payload)
  })
  takeRefusedBodies(server)
  await addManners(server, options)
  addHealth(server, [...modelChecks(context), ...(options.checks ?? [])], () => server.isDraining)
  const given = {
    ...context,
    closing: closing.signal,
    service: serviceWithin(context.service, limits, options),
  }
  for (const use of options.faces) await addFace(server, use, given)
  return server
}

/** What each request goes through before its face, in this order. */
async function addManners(server: Server, options: ServerOptions): Promise<void> {
  const { access, log, rate, origins = [], hosts, tls, watchers = [] } = options
  const most = options.maxInFlight ?? defaultInFlight
  const open = openRequests(server, { most, slowFor: options.slowBody ?? defaultSlowBody })
  server.decorate('openRequests', open)
  if (log !== undefined) logAnswers(server, log.rate)
  for (const watch of watchers) await watch(server, open)
  await addSecurityHeaders(server, { tls: tls !== undefined, origins })
  refuseCrooked(server)
  guardOrigins(server, { hosts, origins })
  if (access !== undefined) {
    guard(server, access)
    rememberCallers(server)
  }
  if (rate !== undefined) await limitRate(server, rate)
  // Last, so that nobody takes room who may not ask.
  limitBodyMemory(server, options.bodyMemory ?? defaultBodyMemory)
  answerUnknown(server, rate !== undefined)
}

const serviceWithin = (
  service: ServerContext['service'],
  { rows }: RequestLimits,
  { timeout = defaultTimeout }: ServerOptions,
): ServerContext['service'] => service && limitedService(service, { maxRows: rows, timeout })

declare module 'fastify' {
  interface FastifyInstance {
    /** The server answers what has begun, and is not to be sent more. */
    isDraining: boolean
    /** Ends answers that would go on as long as their clients listen. */
    endStreams(): void
    readonly openRequests: OpenRequests
    readonly routes: readonly DeclaredRoute[]
  }
}

/** One proxy is believed: of the addresses that it passes on the last is the one that it saw, those before are what the client said. */
const isNextHop = (_address: string, hop: number): boolean => hop === 0

function bareServer(options: ServerOptions, limits: RequestLimits): Server {
  const { tls } = options
  const headersTimeout = options.headersTimeout ?? defaultHeadersTimeout
  const http = { headersTimeout, requestTimeout: 0, connectionsCheckingInterval: headersTimeout / 10 }
  const shared = {
    bodyLimit: limits.json,
    // Long enough for names of models within names of files.
    routerOptions: { maxParamLength: 2000 },
    keepAliveTimeout,
    trustProxy: options.trustProxy === true && isNextHop,
    genReqId: requestIdOf,
    clientErrorHandler: answerNonsense,
    frameworkErrors: answerUnreadable,
    // Requests on connections that are still open are answered to the end: see drain.ts.
    return503OnClosing: false,
    ...(options.log === undefined ? { logger: false } : loggerOptions(options.log)),
  }
  // Of both kinds of server, fastify's types know only that they differ.
  return (
    tls === undefined
      ? fastify({ ...shared, http })
      : fastify({ ...shared, https: { ...http, ...tls, handshakeTimeout: headersTimeout } } as object)
  ) as Server
}

/** An address that cannot be read, which no route and no hook sees. */
function answerUnreadable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const said = httpErrorOf(error)
  void reply
    .header('X-Request-Id', request.id)
    .header('X-Content-Type-Options', 'nosniff')
    .status(said.status)
    .send(errorBody(said))
}

/** Faces that read bodies themselves see to the same. */
function readJsonBodies(server: Server): void {
  const read = server.getDefaultJsonParser('error', 'error')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    try {
      refuseCostlyJson(body as string)
    } catch (error) {
      done(error as Error)
      return
    }
    void read(request, body as string, done)
  })
}

/** What fastify calls an error becomes an answer in our words; faces may have words of their own. */
function answerErrors(server: Server): void {
  server.setErrorHandler(async (error, request, reply) => {
    const said = httpErrorOf(error)
    logFault(request, said.status, error)
    if (said.retryAfter !== undefined) reply.header('Retry-After', String(said.retryAfter))
    return reply.status(said.status).send(errorBody(said))
  })
}

function answerUnknown(server: Server, isRateLimited: boolean): void {
  const notFound = (request: FastifyRequest, _reply: FastifyReply): never => {
    throw new NotFoundError(`There is no ${request.method} ${request.url.split('?')[0]} here.`, {
      kind: 'route',
      id: request.url,
    })
  }
  if (isRateLimited) server.setNotFoundHandler({ preHandler: server.rateLimit() }, notFound)
  else server.setNotFoundHandler(notFound)
}

/** A route as it was declared. */
export interface DeclaredRoute {
  readonly method: string
  readonly url: string
  /** Both. */
  readonly name: string
  readonly scope: RouteScope
}

/** Keeps a list of routes, and has their answers end in time. */
function noteRoutes(server: Server, timeout: number): void {
  const routes: DeclaredRoute[] = []
  server.decorate('routes', routes)
  server.addHook('onRoute', (route) => {
    for (const method of [route.method].flat()) {
      const scope = scopeOf(method, route.config?.scope)
      routes.push({ method, url: route.url, name: `${method} ${route.url}`, scope })
    }
    // The service ends predictions in time by itself: a timer and a signal for each cost 40 µs more (measured). Streams have no end.
    const { scope, longLived } = route.config ?? {}
    if (scope === 'open') route.bodyLimit ??= openBodyLimit
    if (scope !== 'predict' && longLived !== true) route.handlerTimeout ??= Math.min(timeout, longestTimeout)
  })
}

async function addFace(server: Server, use: Face | FaceUse, context: ServerContext): Promise<void> {
  const { face, protocol, scope } = typeof use === 'function' ? { face: use } : use
  await server.register(async (instance) => {
    const scoped = instance as Server
    scoped.addHook('onRoute', (route) => {
      route.config = { ...route.config, protocol: route.config?.protocol ?? protocol }
      if (scope !== undefined) route.config.scope ??= scope
    })
    logFaults(scoped)
    await face(scoped, context)
  })
}

/** Faces say errors in words of their own; the log says all of what is our fault, whatever the face makes of it. */
function logFaults(server: Server): void {
  const setErrorHandler = server.setErrorHandler
  server.setErrorHandler = function (this: Server, handler: ErrorHandler) {
    return setErrorHandler.call(this, function (this: Server, error, request, reply) {
      logFault(request, httpErrorOf(error).status, error)
      return handler.call(this, error as never, request, reply)
    })
  } as typeof setErrorHandler
}

type ErrorHandler = Parameters<Server['setErrorHandler']>[0]

function logFault(request: FastifyRequest, status: number, error: unknown): void {
  if (status === 500) request.log.error({ err: error }, 'a request failed')
}

function modelChecks({ service }: ServerContext): ReadinessCheck[] {
  if (service === undefined) return []
  return [['models', () => Promise.resolve(service.ready ? undefined : 'not all are loaded')]]
}
