// What the faces of serving share: a scope in which bodies are bytes and errors have the protocol's form.
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import { NotFoundError } from '../../../base/index.js'
import type { Server } from '../face.js'
import { type HttpError, httpErrorOf } from '../statuses.js'
import { readBodiesAsBytes } from './body/read-body.js'

/** How a protocol says errors. */
export interface Protocol {
  /** For metrics. */
  readonly name: string
  /** The body of an error. */
  errorBody(error: HttpError): object
  /** Its status, where the protocol has its own. @default as everywhere */
  errorStatus?(error: HttpError): number
  /** Unknown paths below it are answered in its words, such as `/v2`. @default none */
  readonly prefix?: string
}

/** Options of a route: what the rest of the server must know of it. */
export const routeOptions = (config: FastifyContextConfig): { readonly config: FastifyContextConfig } => ({
  config,
})

/** Adds routes in a scope of their own. */
export async function addProtocol(
  server: Server,
  protocol: Protocol,
  addRoutes: (scope: Server) => void,
): Promise<void> {
  await server.register((instance, _options, done) => {
    const scope = instance as Server
    readBodiesAsBytes(scope)
    scope.setErrorHandler((error, _request, reply) => {
      const said = httpErrorOf(error)
      if (said.retryAfter !== undefined) reply.header('Retry-After', String(said.retryAfter))
      const status = protocol.errorStatus?.(said) ?? said.status
      sendJson(reply.status(status), JSON.stringify(protocol.errorBody(said)))
    })
    addRoutes(scope)
    if (protocol.prefix !== undefined) {
      scope.all(`${protocol.prefix}/*`, routeOptions({ scope: 'open', protocol: protocol.name }), noRoute)
    }
    done()
  })
}

function noRoute({ method, url }: FastifyRequest): never {
  const path = url.split('?')[0]
  throw new NotFoundError(`There is no ${method} ${path} here.`, { kind: 'route', id: path })
}

/** Text that is JSON already. */
export const sendJson = (reply: FastifyReply, json: string): FastifyReply =>
  reply.header('content-type', 'application/json; charset=utf-8').send(json)
