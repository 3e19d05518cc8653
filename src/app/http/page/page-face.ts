// The page itself: built files below /ui/. Their names hold a hash, so that they may be kept for ever; the frame that names them may not.
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import fastifyStatic from '@fastify/static'
import { NotFoundError } from '../../../base/index.js'
import type { FastifyReply } from 'fastify'
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
  const compressed = compressor()
  await server.register(fastifyStatic, { root: builtPage, serve: false, cacheControl: false })
  for (const path of ['/', '/ui']) server.get(path, open, (_request, reply) => reply.redirect('/ui/'))
  server.get<{ Params: { '*': string } }>('/ui/*', open, (request, reply) => {
    const path = request.params['*']
    if (files.has(path) && path !== 'index.html') {
      const kept = path.startsWith('assets/')
      void reply.header('Cache-Control', kept ? forever : 'no-cache')
      return kept &&
        types[extname(path)] !== undefined &&
        /\bgzip\b/.test(String(request.headers['accept-encoding']))
        ? compressed(path, reply)
        : reply.sendFile(path)
    }
    // A file that is gone is an error; answered with the page it would be a script full of HTML.
    if (path.startsWith('assets/') || !files.has('index.html')) throw missing(path)
    return reply.header('Cache-Control', 'no-cache').sendFile('index.html')
  })
}

/** What is worth compressing: a third remains. */
const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}

/** Each file is compressed once, when it is first asked for. */
function compressor(): (path: string, reply: FastifyReply) => Promise<FastifyReply> {
  const known = new Map<string, Promise<Buffer>>()
  return async (path, reply) => {
    const found = known.get(path) ?? readFile(join(builtPage, path)).then(promisify(gzip))
    known.set(path, found)
    const bytes = await found
    return reply
      .header('Content-Encoding', 'gzip')
      .header('Vary', 'Accept-Encoding')
      .header('Content-Type', types[extname(path)])
      .send(bytes)
  }
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
