// Reading blobs so that nobody who has all of one has wrong bytes.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { FormatError, NotFoundError, UsageError } from '../../base/index.js'
import { keyOf } from './blob-keys.js'
import type { ByteRange, Home } from './home.js'

export interface GetOptions {
  /** The first byte. @default 0 */
  readonly start?: number | undefined
  /** The byte after the last one, as in `slice`; beyond the end is the end. @default the end of the blob */
  readonly end?: number | undefined
  /** Whether the bytes are compared with the hash. For a part, the whole is read and compared first. @default true for the whole */
  readonly verify?: boolean | undefined
}

/** The bytes of a range as a stream. */
export interface BlobContents extends ByteRange {
  readonly hash: string
  /** Of the whole blob. */
  readonly size: number
  readonly stream: Readable
}

/** Opens a blob; the errors are those of `Blobs.get`. */
export async function openBlob(home: Home, hash: string, options: GetOptions): Promise<BlobContents> {
  const key = keyOf(hash)
  const found = await home.find(key)
  if (found === undefined)
    throw new NotFoundError(`There is no blob ${hash} in '${home.place}'. It may have been removed.`, {
      kind: 'blob',
      id: hash,
    })
  const range = rangeOf(options, found.size)
  const isWhole = range.start === 0 && range.end === found.size
  const { verify = isWhole } = options
  const whole = (): AsyncGenerator<Uint8Array> =>
    verified(contentsOf(home, key, { start: 0, end: found.size }), hash)
  if (verify && !isWhole) for await (const _ of whole());
  const source = verify && isWhole ? whole() : contentsOf(home, key, range)
  return { ...range, hash, size: found.size, stream: Readable.from(source, { objectMode: false }) }
}

/** Without a request for nothing: S3 knows no empty range. */
async function* contentsOf(home: Home, key: string, range: ByteRange): AsyncGenerator<Uint8Array> {
  if (range.end > range.start) yield* home.read(key, range)
}

function rangeOf({ start = 0, end = Infinity }: GetOptions, size: number): ByteRange {
  const last = Math.min(end, size)
  const fits = Number.isInteger(start) && Number.isInteger(last) && start >= 0 && start <= last
  if (!fits)
    throw new UsageError(
      `The range from ${start} to ${end} is not within the ${size} bytes of the artifact. Give 0 ≤ start ≤ end, start up to ${size}.`,
      { argument: 'start', size },
    )
  return { start, end: last }
}

/** Passes bytes on, the last piece only when all together have the hash. */
async function* verified(source: AsyncIterable<Uint8Array>, hash: string): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256')
  let held: Uint8Array | undefined
  for await (const chunk of source) {
    digest.update(chunk)
    if (held !== undefined) yield held
    held = chunk
  }
  const received = digest.digest('hex')
  if (received !== hash)
    throw new FormatError(
      `The blob ${hash} is damaged: its bytes have the hash ${received}. Store the artifact again; that mends it.`,
      { format: 'artifact', expected: hash, received },
    )
  if (held !== undefined) yield held
}
