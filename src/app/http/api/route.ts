// Routes of our own API: one declaration checks what comes, types the handler and documents the route.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { UsageError } from '../../../base/index.js'
import type { RouteScope, Server } from '../face.js'

type Shape = z.ZodType | undefined
type Output<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined

export interface Route<P extends Shape = Shape, Q extends Shape = Shape, B extends Shape = Shape> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As fastify writes it: `/api/v1/runs/:runId`. */
  readonly path: string
  /** One sentence. */
  readonly summary: string
  /** What a key must allow. @default `read` for GET, `write` for all else */
  readonly scope?: RouteScope | undefined
  /** The answer goes on for as long as the client listens, as a stream of events does. */
  readonly longLived?: boolean | undefined
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** What a good answer looks like, for the documentation. */
  readonly response?: z.ZodType
  /** The type of the answer. @default 'application/json' */
  readonly responseType?: string
  handle(
    input: { readonly params: Output<P>; readonly query: Output<Q>; readonly body: Output<B> },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<unknown>
}

/** Lets the compiler infer the types of a route's parts. */
export const route = <P extends Shape = undefined, Q extends Shape = undefined, B extends Shape = undefined>(
  declared: Route<P, Q, B>,
): Route<P, Q, B> => declared

/** Declarations by server; scopes of one server share its listener. */
const declarations = new WeakMap<object, Route[]>()

/** Has routes documented that are added otherwise, such as those that read their bodies themselves. */
export function declareRoutes(server: Server, routes: readonly Route[]): void {
  const known = declarations.get(server.server)
  if (known === undefined) declarations.set(server.server, [...routes])
  else known.push(...routes)
}

/** Every route that was declared, by any face. */
export const declaredRoutes = (server: Server): readonly Route[] => declarations.get(server.server) ?? []

/** Adds routes to the server. */
export function addRoutes(server: Server, routes: readonly Route[]): void {
  declareRoutes(server, routes)
  for (const declared of routes) {
    server.route({
      method: declared.method,
      url: declared.path,
      config: { scope: declared.scope, longLived: declared.longLived },
      handler: (request, reply) =>
        declared.handle(
          {
            params: checked(declared.params, request.params, 'path') as never,
            query: checked(declared.query, request.query, 'query') as never,
            body: checked(declared.body, request.body, 'body') as never,
          },
          request,
          reply,
        ),
    })
  }
}

function checked(shape: Shape, value: unknown, where: string): unknown {
  if (shape === undefined) return undefined
  const result = shape.safeParse(value)
  if (result.success) {
    if (isKeepable(result.data)) return result.data
    throw new UsageError(
      `Cannot read the ${where}: a text in it holds U+0000 or half of a character, or it is nested more than ${deepest} deep.`,
      { argument: where },
    )
  }
  const { path, message } = result.error.issues[0]!
  const name = path.length === 0 ? `the ${where}` : `'${path.join('.')}' of the ${where}`
  throw new UsageError(`Cannot read ${name}: ${message}.`, {
    argument: path.join('.'),
    issues: result.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  })
}

/** Postgres keeps neither, and no name of anybody holds them. */
// oxlint-disable-next-line no-control-regex -- it is what is refused
const unkeepable = /[\u0000\p{Surrogate}]/u
/** Nothing that our routes take is half as deep. */
const deepest = 20

function isKeepable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !unkeepable.test(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth === deepest) return false
  return Object.entries(value).every(([key, part]) => isKeepable(key) && isKeepable(part, depth + 1))
}
