// Whose pages may call. A page of anybody can make the browser of its visitor send requests to 127.0.0.1, and by a name of its own that
// it lets point there (DNS rebinding) even read the answers.
import { isIP } from 'node:net'
import { AccessError } from '../../../base/index.js'
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
    const { host, headers, method } = request
    if (hosts !== undefined && !isOneOf(hosts, headers.host)) {
      return done(
        new AccessError(
          `This server is not called '${(headers.host ?? '').slice(0, 100)}'. Call it by ${hosts.join(', ')}, or have the name allowed (--allowed-hosts).`,
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

/**
 * The header itself counts, not what a proxy would add to it: whoever rebinds a name could add that too. Addresses pass, as no name leads
 * there: probes of Kubernetes call servers by theirs.
 */
function isOneOf(hosts: readonly string[], header = ''): boolean {
  const [, name = ''] = /^(\[[\da-f:.]+\]|[^\s:@/]+)(?::\d{1,5})?$/i.exec(header) ?? []
  return hosts.includes(name.toLowerCase()) || isIP(name.replace(/^\[(.*)\]$/, '$1')) > 0
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
