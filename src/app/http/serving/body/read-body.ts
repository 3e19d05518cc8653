// Bodies of requests as bytes, whatever their type says: each protocol reads them itself, and says errors in its own words. Numbers
// behind a JSON header are placed where typed arrays may start, so that tensors are views of the body.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { UsageError } from '../../../../base/index.js'
import type { Server } from '../../face.js'
import { tooLarge } from '../../limits/request-limits.js'

/** The header that says how long the JSON before binary tensors is (Triton's extension of Open Inference). */
export const headerLengthName = 'inference-header-content-length'

/** How SageMaker's containers of Triton say it, as SageMaker lets no other header through. */
export const sagemakerType =
  /^application\/vnd\.sagemaker-triton\.binary\+json; ?json-header-size=(\d{1,15})$/

/** What is said of the length of the JSON before binary tensors; undefined where a body has none. */
export const headerLengthGiven = (headers: IncomingHttpHeaders): string | readonly string[] | undefined =>
  headers[headerLengthName] ?? sagemakerType.exec(headers['content-type'] ?? '')?.[1]

/** Types of bodies that are read line by line as they come, without a limit for all of them. */
export const streamedTypes: readonly RegExp[] = [
  /^application\/(x-)?ndjson\b/i,
  /^application\/(x-)?json-?l(ines)?\b/i,
  /^text\/csv\b/i,
]

/** Has every body given as bytes; in a scope of its own, other faces are not touched. */
export function readBodiesAsBytes(server: Server): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (request, payload: Readable, done) => {
    readBody(payload, { headers: request.headers, ...limitOf(request), done })
  })
}

type Limit = Parameters<typeof tooLarge>

/** Only what routes of tensors take as bytes may be larger than JSON. */
function limitOf({ headers, routeOptions, server: { limits } }: FastifyRequest): { readonly limit: Limit } {
  const ofRoute = routeOptions.bodyLimit
  const most = headerLengthGiven(headers) === undefined ? Math.min(limits.json, ofRoute) : ofRoute
  return { limit: [most, most < limits.body ? 'jsonLimit' : 'bodyLimit'] }
}

interface Reading {
  readonly headers: IncomingHttpHeaders
  readonly limit: Limit
  readonly done: (error: Error | null, body?: Buffer) => void
}

/**
 * Reads all of a body; refuses one above the limit ({@link LimitError}), and one that is cut off ({@link UsageError}).
 * With a callback and few listeners, as this is part of every request.
 */
function readBody(payload: Readable, { headers, limit, done }: Reading): void {
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (length > limit[0]) return done(tooLarge(...limit))
  const room = alignedRoom(headerLengthGiven(headers), length)
  const chunks: Buffer[] = []
  let read = 0
  let ended = false
  const end = (error: Error | null, body?: Buffer): void => {
    if (ended) return
    ended = true
    done(error, body)
  }
  payload.on('data', (chunk: Buffer) => {
    read += chunk.length
    if (read > limit[0]) {
      payload.removeAllListeners('data')
      end(tooLarge(...limit))
    } else if (room !== undefined && read <= room.length) room.set(chunk, read - chunk.length)
    else chunks.push(chunk)
  })
  payload.on('end', () => {
    if (room !== undefined && chunks.length === 0) end(null, room.subarray(0, read))
    else end(null, chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks))
  })
  payload.on('error', () => end(cutOff()))
}

/** Memory in which what follows the header starts at a multiple of eight bytes. */
function alignedRoom(headerLength: unknown, length: number): Buffer | undefined {
  if (headerLength === undefined) return undefined
  const header = Number(headerLength)
  if (!Number.isSafeInteger(length) || !Number.isSafeInteger(header) || header < 0) return undefined
  const shift = (8 - (header % 8)) % 8
  return Buffer.allocUnsafeSlow(shift + length).subarray(shift)
}

const cutOff = (): UsageError =>
  new UsageError('The body ended before all of it had come. Send it again.', { argument: 'body' })
