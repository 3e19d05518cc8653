// Bodies of requests as bytes, whatever their type says: each protocol reads them itself, and says errors in its own words. Numbers
// behind a JSON header are placed where typed arrays may start, so that tensors are views of the body.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { LimitError, UsageError } from '../../../../base/index.js'
import type { Server } from '../../face.js'

/** The header that says how long the JSON before binary tensors is (Triton's extension of Open Inference). */
export const headerLengthName = 'inference-header-content-length'

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
    const limit = request.routeOptions.bodyLimit
    readBody(payload, { headers: request.headers, limit }).then((body) => done(null, body), done)
  })
}

interface Reading {
  readonly headers: IncomingHttpHeaders
  readonly limit: number
}

/**
 * All of a body.
 *
 * @throws {@link LimitError} for one above the limit; {@link UsageError} for a compressed one, or one that is cut off
 */
export async function readBody(payload: Readable, { headers, limit }: Reading): Promise<Buffer> {
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (length > limit) throw tooLarge(limit)
  refuseEncoding(headers)
  const room = headers[headerLengthName] === undefined ? undefined : alignedRoom(headers, length)
  const chunks: Buffer[] = []
  let read = 0
  await new Promise<void>((resolve, reject) => {
    payload.on('data', (chunk: Buffer) => {
      if (read + chunk.length > limit) {
        payload.removeAllListeners('data')
        reject(tooLarge(limit))
        return
      }
      if (room !== undefined && read + chunk.length <= room.length) room.set(chunk, read)
      else chunks.push(chunk)
      read += chunk.length
    })
    payload.on('end', resolve)
    payload.on('error', () => reject(cutOff()))
    payload.on('close', () => reject(cutOff()))
  })
  if (room !== undefined && chunks.length === 0) return room.subarray(0, read)
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
}

/** Memory in which what follows the header starts at a multiple of eight bytes. */
function alignedRoom(headers: IncomingHttpHeaders, length: number): Buffer | undefined {
  const header = Number(headers[headerLengthName])
  if (!Number.isSafeInteger(length) || !Number.isSafeInteger(header) || header < 0) return undefined
  const shift = (8 - (header % 8)) % 8
  return Buffer.allocUnsafeSlow(shift + length).subarray(shift)
}

/** Unpacking would let a small body become a large one; whoever needs it has a proxy for it. */
export function refuseEncoding(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return
  throw new UsageError(`A body in Content-Encoding '${encoding}' is not read here. Send it uncompressed.`, {
    argument: 'Content-Encoding',
  })
}

const tooLarge = (limit: number): LimitError =>
  new LimitError(
    `The body is larger than this server takes: ${limit} bytes. Send smaller parts, or have the limit raised (option 'bodyLimit').`,
    { option: 'bodyLimit', limit },
  )

const cutOff = (): UsageError =>
  new UsageError('The body ended before all of it had come. Send it again.', { argument: 'body' })
