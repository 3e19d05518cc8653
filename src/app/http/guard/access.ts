// Lets a request in when its key has the scope that its route asks for.
import { AccessError, OverloadError } from '../../../base/index.js'
import { keyHash, type Scope } from '../../../operate/store/index.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, RouteScope, Server } from '../face.js'
import { credentialOf } from './credentials.js'
import { guessLimit } from './guess-limit.js'
import type { KeyBook } from './key-book.js'
import { allows, scopeOf } from './scopes.js'
import { sessions, type Sessions } from './sessions.js'

/** Who may do what. */
export interface Access {
  readonly book: KeyBook
  readonly sessions: Sessions
  /** Who asks; undefined without a key. @throws {@link AccessError}, {@link OverloadError} */
  identify(request: FastifyRequest): Promise<Caller | undefined>
  /** The caller with this key. @throws {@link AccessError} when it does not work, {@link OverloadError} after too many that did not */
  check(hash: string, request: FastifyRequest): Promise<Caller>
}

/** @param time - milliseconds, for waits and for the ends of sessions */
export function accessBy(book: KeyBook, time: () => number): Access {
  const guesses = guessLimit(time)
  const logins = sessions(time)
  return {
    book,
    sessions: logins,
    async identify(request) {
      const credential = credentialOf(request.headers)
      if (credential === undefined) return undefined
      if (credential.kind === 'key') return this.check(keyHash(credential.key), request)
      const hash = logins.keyOf(credential.token)
      // The page shows its login then; an old cookie is no guess.
      return hash === undefined ? undefined : book.find(hash)
    },
    async check(hash, request) {
      const remembered = book.remembered(hash)
      if (remembered !== undefined) return remembered
      // A key that was seen to work is no guess, whoever else tries keys from the same address.
      const wait = book.wasSeen(hash) ? 0 : guesses.wait(request.ip)
      if (wait > 0) {
        throw new OverloadError('Too many wrong keys came from this address. Wait, then try the right one.', {
          retryAfter: Math.ceil(wait / 1000),
          reason: 'rate',
        })
      }
      const caller = await book.find(hash)
      if (caller !== undefined) return caller
      const count = guesses.failed(request.ip)
      request.log.warn({ address: request.ip, wrongKeys: count }, 'a key was refused')
      throw new AccessError(
        "This key does not work: it is wrong, revoked or has expired. 'modelwright keys list' shows those that there are.",
        { reason: 'key' },
      )
    },
  }
}

/** Asks every route's requests for a key, but for open ones. */
export function guard(server: Server, access: Access): void {
  server.addHook('onRequest', async (request, reply) => {
    const needed = scopeOf(request.method, request.routeOptions.config.scope)
    if (needed === 'open') return
    request.caller = admitted(await access.identify(request).catch(challenge(reply)), needed, reply)
  })
}

function admitted(caller: Caller | undefined, needed: RouteScope, reply: FastifyReply): Caller {
  if (caller === undefined) {
    void reply.header('WWW-Authenticate', realm)
    throw new AccessError(
      "This server asks for a key. Send 'Authorization: Bearer <key>'; 'modelwright keys create' makes one.",
      { reason: 'no-key' },
    )
  }
  if (allows(caller.scopes, needed)) return caller
  throw notAllowed(caller.scopes, needed, 'this')
}

/** The answer to a key that may do something else. */
export const notAllowed = (held: readonly Scope[], scope: string, what: string): AccessError =>
  new AccessError(
    `The key may not do ${what}: it has ${held.join(', ')}, and needs ${scope}. Use another key, or make one with 'modelwright keys create --scopes ${scope}'.`,
    { reason: 'scope', scope },
  )

/** Without it a client that could answer would not know that it should (RFC 9110). Not Basic: browsers would ask in a window of theirs. */
const realm = 'Bearer realm="modelwright"'

const challenge =
  (reply: FastifyReply) =>
  (error: unknown): never => {
    if (AccessError.is(error)) void reply.header('WWW-Authenticate', realm)
    throw error
  }
