// How a file leaves the server: as an attachment of its own, never as a page of ours. Whoever may upload could otherwise run scripts in
// the origin of the page, with the rights of whoever looks at it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { NotFoundError } from '../../../base/index.js'
import type { ArtifactPlace, Artifacts } from '../../../operate/artifacts/index.js'
import { readRange } from './byte-range.js'
import { contentTypeOf } from './content-types.js'

/** Answers GET or HEAD with a file, or with the part that the request asks for. */
export async function sendArtifact(
  artifacts: Artifacts,
  { root, path }: ArtifactPlace,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const entry = path === '' ? undefined : await artifacts.find(root, path)
  if (entry === undefined) throw noFile(root, path)
  // The hash of the contents: two of the same tag are the same.
  const tag = `"${entry.hash}"`
  reply
    .header('Content-Type', contentTypeOf(path))
    .header('Content-Disposition', dispositionOf(path))
    .header('X-Content-Type-Options', 'nosniff')
    .header('Content-Security-Policy', "sandbox; default-src 'none'")
    .header('Accept-Ranges', 'bytes')
    .header('Cache-Control', 'private, no-cache')
    .header('ETag', tag)
  if (isKnown(request.headers['if-none-match'], tag)) return reply.status(304).send()
  const ifRange = request.headers['if-range']
  const asked = ifRange === undefined || ifRange === tag ? request.headers.range : undefined
  const range = readRange(asked, entry.size)
  if (range === 'unsatisfiable')
    return reply
      .status(416)
      .header('Content-Range', `bytes */${entry.size}`)
      .header('Content-Type', 'application/json')
      .send(
        JSON.stringify({
          error_code: 'INVALID_PARAMETER_VALUE',
          message: `The file has ${entry.size} bytes, and none in the range that was asked for.`,
        }),
      )
  const { start, end } = range === 'whole' ? { start: 0, end: entry.size } : range
  if (range !== 'whole') reply.status(206).header('Content-Range', `bytes ${start}-${end - 1}/${entry.size}`)
  reply.header('Content-Length', String(end - start))
  if (request.method === 'HEAD') return reply.send()
  const { stream } = await artifacts.read(root, path, { start, end })
  return reply.send(stream)
}

const isKnown = (header: string | undefined, tag: string): boolean =>
  header === '*' || (header?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag) ?? false)

/** RFC 6266: the name in ASCII for the old, in UTF-8 for all others. */
function dispositionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, '_')
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16)}`,
  )
  // Without quotes where none are needed: clients of MLflow look for its name so.
  const quoted = /^[\w!#$&+.^`|~-]+$/.test(plain) ? plain : `"${plain}"`
  return `attachment; filename=${quoted}; filename*=UTF-8''${encoded}`
}

function noFile(root: string, path: string): NotFoundError {
  return new NotFoundError(
    `There is no file '${path}' among the artifacts of '${root}'. List its folder to see which there are.`,
    { kind: 'artifact', id: path },
  )
}
