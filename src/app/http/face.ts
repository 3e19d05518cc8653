// What every face of the server is given. A face is a fastify plugin: it adds the routes of one protocol, and says errors in its words.
import type { FastifyInstance } from 'fastify'
import type { Artifacts } from '../../operate/artifacts/index.js'
import type { Registry } from '../../operate/registry/index.js'
import type { InferenceService } from '../../operate/serve/index.js'
import type { Scope, Store } from '../../operate/store/index.js'
import type { VertexRoutes } from './serving/platform.js'
import type { RequestedModels } from './serving/sagemaker/requested-models.js'

/** What stands behind the routes. A server of models alone has no store, one of runs alone no models. */
export interface ServerContext {
  readonly store?: Store | undefined
  /** Files of runs and models, whose paths are in the store. */
  readonly artifacts?: Artifacts | undefined
  readonly registry?: Registry | undefined
  /** What each caller may see of it: limits of rows and time and scopes of keys are kept by it, whatever the protocol. */
  readonly service?: InferenceService | undefined
  /** The model that answers on routes without a name, such as `/invocations`. @default the only one */
  readonly defaultModel?: string | undefined
  /** Models that a platform may have loaded by path; they are a source of the service too. @default none */
  readonly requestedModels?: RequestedModels | undefined
  /** Routes that Vertex AI calls. @default none */
  readonly vertex?: VertexRoutes | undefined
  /** Aborted when the server begins to close: answers that go on, such as streams of events, end then. */
  readonly closing?: AbortSignal | undefined
}

/** The server as faces see it. */
export type Server = FastifyInstance

/** Adds the routes of one protocol. */
export type Face = (server: Server, context: ServerContext) => Promise<void> | void

/** What a route asks of a key; `open` asks for none. */
export type RouteScope = 'open' | 'predict' | 'read' | 'write' | 'admin'

/** Who asks, where keys are in use. */
export interface Caller {
  /** As the key's owner called it. */
  readonly name: string
  /** The first characters of the key. */
  readonly prefix: string
  readonly scopes: readonly Scope[]
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a key must allow. Where it is not said: `read` for GET and HEAD, `write` for all else. */
    scope?: RouteScope | undefined
    /** The answer goes on for as long as the client listens: it is not counted as in flight, and has no limit of time. */
    longLived?: boolean | undefined
    /** Which face it belongs to, for metrics. */
    protocol?: string | undefined
  }
  interface FastifyRequest {
    /** Undefined where no keys are in use, and on open routes. */
    caller: Caller | undefined
  }
}
