// So many requests of each client in a second, and no more.
import { OverloadError } from '../../../base/index.js'
import type { Server } from '../face.js'
import { networkOf } from '../guard/guess-limit.js'

/** A second of the rate may come at once, as a page does that loads ten things. */
const window = 1000

/** Limits requests by key, where there is one, else by address. Open routes, such as probes, are not counted. */
export async function limitRate(server: Server, perSecond: number): Promise<void> {
  const { default: rateLimit } = await import('@fastify/rate-limit')
  await server.register(rateLimit, {
    max: perSecond,
    timeWindow: window,
    keyGenerator: (request) => request.caller?.prefix ?? networkOf(request.ip),
    allowList: (request) => request.routeOptions.config.scope === 'open',
    errorResponseBuilder: (_request, { ttl }) =>
      new OverloadError(
        `More than ${perSecond} requests in a second came from this client. Send them more slowly.`,
        {
          retryAfter: Math.max(1, Math.ceil(ttl / 1000)),
          reason: 'rate',
        },
      ),
  })
}
