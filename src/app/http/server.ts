// The server: fastify with what every face shares, and the faces that are asked for.
import { fastify } from 'fastify'
import { NotFoundError } from '../../base/index.js'
import type { Face, Server, ServerContext } from './face.js'
import { httpErrorOf } from './statuses.js'

export interface ServerOptions {
  readonly faces: readonly Face[]
  /** Bytes of a body; a request with a larger one is refused. @default 64 MiB */
  readonly bodyLimit?: number | undefined
}

/** 64 MiB: 8 million float64 numbers in binary; what is larger should come in parts. */
const defaultBodyLimit = 64 * 2 ** 20

/** Builds the server without listening; `server.inject` answers requests in tests. */
export async function createServer(context: ServerContext, options: ServerOptions): Promise<Server> {
  const server: Server = fastify({
    bodyLimit: options.bodyLimit ?? defaultBodyLimit,
    // Long enough for names of models within names of files.
    routerOptions: { maxParamLength: 2000 },
  })
  server.setErrorHandler(async (error, _request, reply) => {
    const { status, retryAfter, ...said } = httpErrorOf(error)
    if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
    return reply
      .status(status)
      .send({ error: { code: said.code, message: said.message, details: said.details } })
  })
  server.setNotFoundHandler((request) => {
    throw new NotFoundError(`There is no ${request.method} ${request.url.split('?')[0]} here.`, {
      kind: 'route',
      id: request.url,
    })
  })
  for (const face of options.faces) await server.register(async (scope) => face(scope as Server, context))
  return server
}
