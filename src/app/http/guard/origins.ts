// Whose pages may call. A page of anybody can make the browser of its visitor send requests to 127.0.0.1, and by a name of its own that
// it lets point there (DNS rebinding) even read the answers.
import { AccessError, UsageError } from '../../../base/index.js'
import type { Server } from '../face.js'

export interface OriginRules {
  /** Names that the header Host may hold; any when undefined. */
  readonly hosts: readonly string[] | undefined
  /** Pages of other origins that may call. */
  readonly origins: readonly string[]
}

/** What a server that only this machine reaches may be called. */
export const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** Refuses requests to names that are not ours, and changes that pages of others ask for. */
export function guardOrigins(server: Server, { hosts, origins }: OriginRules): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const { host, hostname, headers, method } = request
    if (namesHostTwice(request.raw.rawHeaders)) {
      return done(new UsageError('The request has two headers Host, and may have one.', { argument: 'host' }))
    }
    const encoding = headers['transfer-encoding']
    if (encoding !== undefined && encoding.toLowerCase() !== 'chunked') {
      return done(
        new UsageError(
          `The body is in pieces of a kind that is not read here (Transfer-Encoding). Send it chunked, or with its length.`,
          {
            argument: 'transfer-encoding',
          },
        ),
      )
    }
    if (hosts !== undefined && !hosts.includes(hostname.toLowerCase())) {
      return done(
        new AccessError(
          `This server is not called '${hostname.slice(0, 100)}'. Call it by ${hosts.join(', ')}, or have the name allowed (--allowed-hosts).`,
          { reason: 'host', scope: 'host' },
        ),
      )
    }
    if (looks.has(method) || !isForeign(headers, host, origins)) return done()
    return done(
      new AccessError(
        `A page of another site (${String(headers.origin ?? 'unknown').slice(0, 100)}) may not change anything here. Have its origin allowed (--cors).`,
        { reason: 'origin', scope: 'origin' },
      ),
    )
  })
}

/** Node takes the first, a proxy before it may have looked at the last. */
function namesHostTwice(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === 4 && rawHeaders[i]!.toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

const looks: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Browsers say where a request comes from; programs say nothing and are no danger of this kind. */
function isForeign(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  host: string,
  origins: readonly string[],
): boolean {
  const origin = headers['origin']
  if (typeof origin === 'string') {
    if (origins.includes(origin) || origins.includes('*')) return false
    return origin.replace(/^https?:\/\//i, '').toLowerCase() !== withoutDefaultPort(host, origin)
  }
  const site = headers['sec-fetch-site']
  return site === 'cross-site' || site === 'same-site'
}

/** Browsers leave the usual port out of both, other clients may write it. */
const withoutDefaultPort = (host: string, origin: string): string =>
  host.toLowerCase().replace(/^https:/i.test(origin) ? /:443$/ : /:80$/, '')
