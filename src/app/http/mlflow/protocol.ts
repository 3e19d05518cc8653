// What all routes of MLflow's protocol share, its registry's and its artifacts' too: addresses, bodies, errors.
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import type { RouteScope, Server } from '../face.js'
import { sendMlflowError } from './errors.js'
import { type Fields, fieldsOf } from './fields.js'
import { readJson } from './json.js'

export interface MlflowRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Behind `/api/2.0/mlflow`. */
  readonly path: string
  /** What a key must allow. @default `read` for GET, `write` for all else */
  readonly scope?: RouteScope | undefined
  /** Gives the body of the answer; undefined for an empty one. */
  handle(input: Fields, request: FastifyRequest): Promise<unknown>
}

/** Clients, the page of MLflow, and clients older than MLflow 1.0 write the same routes differently. */
const prefixes = [
  '/api/2.0/mlflow',
  '/ajax-api/2.0/mlflow',
  '/api/2.0/preview/mlflow',
  '/ajax-api/2.0/preview/mlflow',
] as const

/** Lets a scope of the server read bodies and say errors as MLflow does. To be called within a scope of its own. */
export function speakMlflow(scope: Server): void {
  // Texts, too: a foreign page may send those without asking its browser's user.
  scope.removeContentTypeParser(['application/json', 'text/plain'])
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, readJson(body as string))
    } catch (error) {
      done(error as Error)
    }
  })
  scope.setErrorHandler((error, _request, reply) => sendMlflowError(error, reply))
}

/** Adds routes at all of their addresses. */
export function addMlflowRoutes(scope: Server, routes: readonly MlflowRoute[]): void {
  for (const { method, path, scope: needed, handle } of routes) {
    for (const prefix of prefixes) {
      scope.route({
        method,
        url: prefix + path,
        config: { scope: needed, protocol: 'mlflow' },
        async handler(request, reply) {
          const answer = (await handle(inputOf(request), request)) ?? {}
          if (answer instanceof Readable) reply.type('application/json; charset=utf-8')
          return answer
        },
      })
    }
  }
}

/** What is asked for: the address, or the body where there may be one, and what the path names. */
function inputOf({ method, body, query, params }: FastifyRequest): Fields {
  const given = (method === 'GET' || method === 'DELETE' ? (body ?? query) : (body ?? {})) as Source
  const named = params as Source
  return fieldsOf(Object.keys(named).length === 0 ? given : { ...given, ...named })
}

type Source = Readonly<Record<string, unknown>>
