// How contents get under their hash, which is known only when all of them have flowed by.
import { randomUUID } from 'node:crypto'
import { FormatError } from '../../base/index.js'
import { checkHash, keyOf } from './blob-keys.js'
import { bytesOf, type Contents, isLocalFile, type Measured, type Meter, meter } from './contents.js'
import type { Home } from './home.js'

/** A blob: SHA-256 of its bytes in hexadecimal, and how many there are. */
export type StoredBlob = Measured

export interface PutOptions {
  readonly signal?: AbortSignal | undefined
  /** The hash that the contents must have. */
  readonly hash?: string | undefined
  /** Called when the hash is known and before the blob has its name; it may wait, and refuse by throwing. */
  readonly claim?: ((hash: string) => Promise<void>) | undefined
}

/** Contents up to this size are read before anything is written: most artifacts are smaller, and then need no temporary name. */
const smallBytes = 8 * 2 ** 20

/** Puts contents into a home by the shortest way there is; the errors are those of `Blobs.put`. */
export async function putBlob(
  home: Home,
  limit: number,
  contents: Contents,
  options: PutOptions,
): Promise<StoredBlob> {
  options.signal?.throwIfAborted()
  let expected = options.hash === undefined ? undefined : checkHash(options.hash)
  const check = ({ hash }: Measured): void => checkSame(expected, hash)
  const metered = meter(bytesOf(contents, options.signal), { limit, check })
  const head = await headOf(metered.stream, smallBytes)
  try {
    let known = head.whole ? metered.result() : undefined
    if (known === undefined && home.remote && isLocalFile(contents)) {
      // A file is there to be read twice: what S3 has already is not sent, and what is new goes straight to its name.
      known = await measure(contents, limit, options.signal)
      check(known)
    }
    expected ??= known?.hash
    if (expected === undefined) return await putUnknown(home, head.rest, metered, options)
    await options.claim?.(expected)
    if (known !== undefined && (await isThere(home, known))) return known
    await home.write(keyOf(expected), head.rest)
    return metered.result()
  } finally {
    await head.close()
  }
}

/** Writes under a temporary name, then under the hash that has come out. */
async function putUnknown(
  home: Home,
  stream: AsyncIterable<Uint8Array>,
  { result }: Meter,
  { claim }: PutOptions,
): Promise<StoredBlob> {
  const temporary = `temporary/${randomUUID()}`
  await home.write(temporary, stream)
  try {
    await claim?.(result().hash)
    if (await isThere(home, result())) await home.remove(temporary)
    else await home.move(temporary, keyOf(result().hash))
  } catch (error) {
    await home.remove(temporary).catch(() => undefined)
    throw error
  }
  return result()
}

/** Whether writing can be spared. A disk is written again: it costs little, and mends a damaged blob. */
const isThere = async (home: Home, { hash, size }: StoredBlob): Promise<boolean> =>
  home.remote && (await home.find(keyOf(hash)))?.size === size

async function measure(contents: Contents, limit: number, signal?: AbortSignal): Promise<Measured> {
  const { stream, result } = meter(bytesOf(contents, signal), { limit })
  for await (const _ of stream);
  return result()
}

function checkSame(expected: string | undefined, hash: string): void {
  if (expected === undefined || expected === hash) return
  throw new FormatError(
    `The contents have the hash ${hash}, expected ${expected}: they changed on their way, or while they were read. Send them again.`,
    { format: 'artifact', expected, received: hash },
  )
}

interface Head {
  /** Whether the stream has ended within the first bytes. */
  readonly whole: boolean
  /** All of the stream, the first bytes too. */
  readonly rest: AsyncIterable<Uint8Array>
  /** Ends the source, where it has not been read to its end. */
  close(): Promise<void>
}

/** Reads a stream until it is longer than so many bytes. */
async function headOf(stream: AsyncGenerator<Uint8Array>, bytes: number): Promise<Head> {
  const chunks: Uint8Array[] = []
  let whole = false
  for (let size = 0; size <= bytes && !whole;) {
    const { value, done = false } = await stream.next()
    whole = done
    if (!done) chunks.push(value)
    size += value?.length ?? 0
  }
  async function* rest(): AsyncGenerator<Uint8Array> {
    for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk
    yield* stream
  }
  return { whole, rest: rest(), close: async () => void (await stream.return(undefined)) }
}
