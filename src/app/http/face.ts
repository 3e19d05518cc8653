// What every face of the server is given. A face is a fastify plugin: it adds the routes of one protocol, and says errors in its words.
import type { FastifyInstance } from 'fastify'
import type { InferenceService } from '../../operate/serve/index.js'
import type { Store } from '../../operate/store/index.js'

/** What stands behind the routes. A server of models alone has no store, one of runs alone no models. */
export interface ServerContext {
  readonly store?: Store | undefined
  readonly service?: InferenceService | undefined
}

/** The server as faces see it. */
export type Server = FastifyInstance

/** Adds the routes of one protocol. */
export type Face = (server: Server, context: ServerContext) => Promise<void> | void
