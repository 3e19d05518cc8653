// MLflow's uploads in parts: the server names an address for each part, the client sends parts there at once, then has them joined.
import { posix } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { UsageError } from '../../../base/index.js'
import { type Artifacts, placeOfPath } from '../../../operate/artifacts/index.js'
import { unhurried } from './unhurried.js'

/** Bytes of a request that lists 10,000 parts, each with its number, tag and address: 400 bytes is a long one. */
const longestList = 4 * 2 ** 20
const mostParts = 10_000

type Body = Readonly<Record<string, unknown>>

/** Adds the routes below a prefix, such as `/api/2.0/mlflow-artifacts`. */
export function addUploadRoutes(server: FastifyInstance, artifacts: Artifacts, prefix: string): void {
  const { blobs } = artifacts
  const options = { bodyLimit: longestList, ...unhurried }
  server.post<{ Params: { '*': string } }>(`${prefix}/mpu/create/*`, options, async (request, reply) => {
    const body = bodyOf(request)
    placeOf(request, body)
    const count = countOf(body)
    const upload_id = await blobs.beginUpload()
    const address = `${request.protocol}://${request.host}${prefix}/mpu/parts/${upload_id}`
    // Clients send a part with these headers and no others: the key that they came with is all that opens this server.
    const { authorization } = request.headers
    const headers = authorization === undefined ? {} : { Authorization: authorization }
    reply.header('Cache-Control', 'no-store')
    const credentials = Array.from({ length: count }, (_, i) => ({
      url: `${address}/${i + 1}`,
      part_number: i + 1,
      headers,
    }))
    return { upload_id, credentials }
  })
  server.post<{ Params: { '*': string } }>(`${prefix}/mpu/complete/*`, options, async (request) => {
    const body = bodyOf(request)
    const { root, path } = placeOf(request, body)
    await artifacts.completeUpload(root, path, textOf(body, 'upload_id'), { parts: partsOf(body) })
    return {}
  })
  server.post<{ Params: { '*': string } }>(`${prefix}/mpu/abort/*`, options, async (request) => {
    const body = bodyOf(request)
    placeOf(request, body)
    await blobs.abortUpload(textOf(body, 'upload_id'))
    return {}
  })
}

/** The file that is meant: the address names its folder, the body the file as it is called where it comes from. */
function placeOf(request: FastifyRequest<{ Params: { '*': string } }>, body: Body) {
  // The client sends the path of its own file, and on Windows that has backslashes.
  const name = posix.basename(textOf(body, 'path').replaceAll('\\', '/'))
  return placeOfPath(`${request.params['*'].replace(/\/$/, '')}/${name}`)
}

function bodyOf({ body }: FastifyRequest): Body {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body
  throw new UsageError(
    'The body of the request is no JSON object. Send one, as the protocol of MLflow says.',
    {
      argument: 'body',
    },
  )
}

function textOf(body: Body, name: string): string {
  const value = body[name]
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(
    value === undefined
      ? `Missing value for required parameter '${name}'. Give a text.`
      : `Invalid value for parameter '${name}', expected a text that is not empty.`,
    { argument: name },
  )
}

/** A whole number, or one as text, as protocol buffers write 64 bits in JSON. */
function wholeOf(value: unknown): number {
  const isText = typeof value === 'string' && /^\d{1,9}$/.test(value)
  return isText ? Number(value) : Number.isInteger(value) ? (value as number) : Number.NaN
}

function countOf(body: Body): number {
  const count = wholeOf(body['num_parts'] ?? 1)
  if (count >= 0 && count <= mostParts) return count
  throw new UsageError(
    `Invalid value for parameter 'num_parts', expected a whole number up to ${mostParts}. Send larger parts.`,
    { argument: 'num_parts' },
  )
}

function partsOf(body: Body): { readonly number: number; readonly hash: string | undefined }[] {
  const list = body['parts']
  if (!Array.isArray(list)) {
    throw new UsageError(`Missing value for required parameter 'parts'. Give the list of all parts.`, {
      argument: 'parts',
    })
  }
  return list.map((part: unknown) => {
    const { part_number, etag = '' } = (part ?? {}) as { part_number?: unknown; etag?: unknown }
    const hash = String(etag).replaceAll('"', '')
    return { number: wholeOf(part_number), hash: hash === '' ? undefined : hash }
  })
}
