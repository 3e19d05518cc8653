// Whether the process lives and whether requests should be sent to it: what Kubernetes, load balancers and people ask.
import type { Server } from '../face.js'

/** What must be well before requests are sent here: a name, and what is not well in words, or undefined. */
export type ReadinessCheck = readonly [name: string, fault: () => Promise<string | undefined>]

/** Adds /healthz and /livez (the process answers), and /readyz (it should be asked). */
export function addHealth(server: Server, checks: readonly ReadinessCheck[], isClosing: () => boolean): void {
  const open = { config: { scope: 'open', protocol: 'health', rateLimit: false } } as const
  for (const path of ['/healthz', '/livez'])
    server.get(path, open, (_request, reply) =>
      reply.header('Cache-Control', 'no-store').send({ status: 'ok' }),
    )
  server.get('/readyz', open, async (_request, reply) => {
    const faults = isClosing() ? { server: 'closes' } : await faultsOf(checks)
    const ready = Object.keys(faults).length === 0
    void reply.header('Cache-Control', 'no-store').status(ready ? 200 : 503)
    if (!ready) void reply.header('Retry-After', '1')
    return { status: ready ? 'ready' : 'not ready', faults }
  })
}

async function faultsOf(checks: readonly ReadinessCheck[]): Promise<Record<string, string>> {
  const found = await Promise.all(checks.map(async ([name, fault]) => [name, await fault()] as const))
  return Object.fromEntries(
    found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  )
}
