// Headers that tell browsers what our answers may do, and whose pages may read them.
import { fastify } from 'fastify'
import type { Server } from '../face.js'

/** The page loads what is its own; charts and tables set styles of single elements, previews are images from memory. */
const contentPolicy = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'worker-src': ["'self'", 'blob:'],
  'frame-src': ["'self'", 'blob:'],
  'frame-ancestors': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
}

/** A day: the browser asks again only then whether another page may call. */
const preflightSeconds = 86_400

/** Adds them to every answer; those of CORS only where origins are given. */
export async function addSecurityHeaders(
  server: Server,
  { tls, origins }: { readonly tls: boolean; readonly origins: readonly string[] },
): Promise<void> {
  const headers = await helmetHeaders(tls)
  server.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers)
    done()
  })
  if (origins.length === 0) return
  const { default: cors } = await import('@fastify/cors')
  await server.register(cors, {
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: ['X-Request-Id', 'Retry-After', 'Inference-Header-Content-Length'],
    // Never cookies: a page of another site has a key of its own, or none.
    credentials: false,
    maxAge: preflightSeconds,
  })
}

/** What helmet would put on each answer, asked for once: composing the same headers anew took half of the time of a small request. */
async function helmetHeaders(tls: boolean): Promise<Record<string, string>> {
  const { default: helmet } = await import('@fastify/helmet')
  const sample = fastify()
  await sample.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentPolicy },
    // On plain HTTP a browser would be sent where nobody listens.
    hsts: tls,
    frameguard: { action: 'sameorigin' },
  })
  sample.get('/', (_request, reply) => reply.send())
  const { headers } = await sample.inject('/')
  await sample.close()
  const ofAnswers = new Set(['content-length', 'date', 'connection', 'content-type'])
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (ofAnswers.has(name) ? [] : [[name, String(value)]])),
  )
}
