// The page itself: built files below /ui/. Their names hold a hash, so that they may be kept for ever; the frame that names them may not.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { NotFoundError } from '../../../base/index.js'
import type { Face } from '../face.js'

/** The build puts it beside the compiled sources; the same way leads there from the sources. */
const builtPage = fileURLToPath(new URL('../../../../dist/ui/', import.meta.url))

/**
 * Scripts come from this server only, and nothing is ever evaluated. Styles may stand in the page: the library of components sets
 * variables and sizes that way. Pictures and frames of artifacts are made in the page (blob:) so that requests can carry a key.
 */
const contentPolicy = [
  `default-src 'self'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data: blob:`,
  `frame-src 'self' blob:`,
  `object-src 'none'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

/** Serves the page at `/ui/`; every address below it that is no file is the page's own, so that links into it work. */
export const pageFace: Face = async (server) => {
  if (!existsSync(builtPage)) {
    server.get('/ui/*', () => {
      throw new NotFoundError('The page is not built. Run `npm run build` and start the server again.', {
        kind: 'page',
        id: 'ui',
      })
    })
    return
  }
  await server.register(fastifyStatic, {
    root: builtPage,
    prefix: '/ui/',
    wildcard: false,
    cacheControl: false,
    index: false,
    setHeaders(reply, path) {
      const kept = path.includes('/assets/')
      reply.setHeader('Cache-Control', kept ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  server.get('/', (_request, reply) => reply.redirect('/ui/'))
  server.get('/ui', (_request, reply) => reply.redirect('/ui/'))
  server.get('/ui/*', (request, reply) => {
    // A file that is gone is an error; answered with the page it would be a script full of HTML.
    if (request.url.startsWith('/ui/assets/'))
      throw new NotFoundError(`There is no file '${request.url}'. Load the page again: it may be older than the server.`, {
        kind: 'file',
        id: request.url,
      })
    return reply.header('Content-Security-Policy', contentPolicy).sendFile('index.html')
  })
}
