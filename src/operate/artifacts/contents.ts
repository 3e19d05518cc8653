// What is stored, wherever it comes from, as a stream of bytes that is measured while it flows.
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { addAbortSignal, Readable } from 'node:stream'
import { type FileContent, LimitError, NotFoundError, storageError, UsageError } from '../../base/index.js'

/** A file of this machine; `follow: false` refuses a symbolic link in its place. */
export interface LocalFile {
  readonly file: string
  readonly follow?: boolean | undefined
}

/** What can be stored: text (as UTF-8), bytes, pieces of bytes in order (streams of Node and of the web are such), or a local file. */
export type Contents = FileContent | LocalFile

/** Bytes of one read: large enough that calls cost nothing, small enough that thousands of streams fit into memory. */
export const chunkSize = 256 * 1024

/** The contents piece by piece, with no empty pieces. */
export async function* bytesOf(contents: Contents, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (typeof contents === 'string' || contents instanceof Uint8Array) {
    const whole = typeof contents === 'string' ? Buffer.from(contents) : contents
    if (whole.length > 0) yield whole
    return
  }
  // A stream that waits for its next bytes is woken by this; other sources notice at their next piece.
  if (signal !== undefined && contents instanceof Readable) addAbortSignal(signal, contents)
  for await (const chunk of isLocalFile(contents) ? readLocal(contents) : contents) {
    signal?.throwIfAborted()
    if (!(chunk instanceof Uint8Array)) throw notBytes(chunk)
    if (chunk.length > 0) yield chunk
  }
}

export const isLocalFile = (contents: Contents): contents is LocalFile =>
  typeof contents === 'object' && 'file' in contents

function notBytes(chunk: unknown): UsageError {
  return new UsageError(
    `The contents to store gave a piece of type ${typeof chunk}, expected Uint8Array. Give bytes, text as one string, or { file: path }.`,
    { argument: 'contents' },
  )
}

async function* readLocal({ file, follow = true }: LocalFile): AsyncGenerator<Uint8Array> {
  try {
    const handle = await open(file, constants.O_RDONLY | (follow ? 0 : constants.O_NOFOLLOW))
    try {
      yield* pieces((buffer, position) => handle.read(buffer, 0, buffer.length, position))
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw readingError(file, error)
  }
}

/** Reads from a position to its end. */
export async function* pieces(
  read: (buffer: Uint8Array, position: number) => Promise<{ readonly bytesRead: number }>,
  start = 0,
  end = Infinity,
): AsyncGenerator<Uint8Array> {
  for (let position = start; position < end;) {
    // Not of the shared pool: who keeps a piece would keep others' bytes with it.
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkSize, end - position))
    const { bytesRead } = await read(buffer, position)
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

/** Says of a file that cannot be read what is the matter; errors of others come back as they were. */
export function readingError(file: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code
  if (code === 'ENOENT')
    return new NotFoundError(
      `There is no file '${file}'. Check the path; it starts at the working directory.`,
      { kind: 'file', id: file },
      error,
    )
  if (code === 'ELOOP')
    return new UsageError(
      `'${file}' is a symbolic link, which may lead anywhere. Store the file itself.`,
      { argument: file },
      error,
    )
  if (code === 'EISDIR')
    return new UsageError(
      `'${file}' is a folder, expected a file. Store folders with writeFolder.`,
      { argument: file },
      error,
    )
  return storageError(file, error)
}

/** What has flowed through a stream. */
export interface Measured {
  readonly hash: string
  readonly size: number
}

/** Passes a stream on and gives, at its end, what it was: SHA-256 of the bytes, in hexadecimal, and how many. */
export interface Meter {
  readonly stream: AsyncGenerator<Uint8Array>
  result(): Measured
}

export interface MeterOptions {
  /** More bytes than this are refused. */
  readonly limit: number
  /** Called after the last byte; what it throws ends the stream as an error, so that its receiver keeps nothing. */
  readonly check?: ((measured: Measured) => void) | undefined
}

/**
 * Hashes and counts what flows by.
 *
 * @throws {@link LimitError} (of the stream) as soon as it is longer than the limit
 */
export function meter(source: AsyncIterable<Uint8Array>, { limit, check }: MeterOptions): Meter {
  const digest = createHash('sha256')
  let size = 0
  let measured: Measured | undefined
  async function* flow(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      digest.update(chunk)
      yield chunk
    }
    measured = { hash: digest.digest('hex'), size }
    check?.(measured)
  }
  return { stream: flow(), result: () => measured! }
}

function tooLarge(limit: number): LimitError {
  return new LimitError(
    `An artifact is larger than ${limit} bytes, which is the most that is stored in one. Split it, or raise the limit (option 'maxBlobBytes').`,
    { limit, received: `more than ${limit}`, option: 'maxBlobBytes' },
  )
}
