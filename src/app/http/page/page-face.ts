// The page itself: built files below /ui/. Their names hold a hash, so that they may be kept for ever; the frame that names them may not.
import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { NotFoundError } from '../../../base/index.js'
import type { Face } from '../face.js'

/** The build puts it beside the compiled sources; the same way leads there from the sources. */
const builtPage = fileURLToPath(new URL('../../../../dist/ui/', import.meta.url))

/** A year, which is what caches take for ever. */
const forever = 'public, max-age=31536000, immutable'

/** Nothing of it is secret: what it shows, it asks for with the key of who looks. */
const open = { config: { scope: 'open' } } as const

/** Serves the page at `/ui/`; every address below it that is no file is the page's own, so that links into it work. */
export const pageFace: Face = async (server) => {
  const files = filesOf(builtPage)
  await server.register(fastifyStatic, { root: builtPage, serve: false, cacheControl: false })
  for (const path of ['/', '/ui']) server.get(path, open, (_request, reply) => reply.redirect('/ui/'))
  server.get<{ Params: { '*': string } }>('/ui/*', open, (request, reply) => {
    const path = request.params['*']
    if (files.has(path) && path !== 'index.html') {
      const kept = path.startsWith('assets/')
      return reply.header('Cache-Control', kept ? forever : 'no-cache').sendFile(path)
    }
    // A file that is gone is an error; answered with the page it would be a script full of HTML.
    if (path.startsWith('assets/') || !files.has('index.html')) throw missing(path)
    return reply.header('Cache-Control', 'no-cache').sendFile('index.html')
  })
}

function filesOf(folder: string): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set()
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Set(
    entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  )
}

const missing = (path: string): NotFoundError =>
  new NotFoundError(
    path.startsWith('assets/')
      ? `There is no file '${path}' of the page. Load the page again: it may be older than the server.`
      : 'The page is not built. Run `npm run build` and start the server again.',
    { kind: 'page', id: path },
  )
