// Files of a zip archive, unpacked.
import { Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { MemoryError } from '../../../base/index.js'
import type { ByteSource } from './byte-source.js'
import { signatures, type ZipEntry, zipFault } from './zip-directory.js'

/** Read at once; deflate streams are small or read in many pieces. */
const pieceSize = 2 ** 20
/** Deflate never packs more than 1,032 bytes into one (two bits for 258 bytes). */
const strongestRatio = 1032
const localSize = 30

/**
 * The content of a file in the archive.
 *
 * @throws {@link FormatError} when it is damaged: headers that differ, a broken stream, another checksum
 */
export async function readZipEntry(source: ByteSource, entry: ZipEntry): Promise<Uint8Array<ArrayBuffer>> {
  const begin = await contentPosition(source, entry)
  const content = await unpacked(source, entry, begin)
  if (crc32(content) === entry.crc) return content
  throw zipFault(
    source,
    begin,
    `'${entry.name}' does not have the checksum that it was written with: it is damaged.`,
  )
}

/** The header before a file repeats its name; its own lengths say where the content begins. */
async function contentPosition(source: ByteSource, entry: ZipEntry): Promise<number> {
  const view = new DataView((await source.read(entry.position, localSize)).buffer)
  const nameLength = view.getUint16(26, true)
  const name = await source.read(entry.position + localSize, nameLength)
  const same = view.getUint32(0, true) === signatures.local && new TextDecoder().decode(name) === entry.name
  if (same) return entry.position + localSize + nameLength + view.getUint16(28, true)
  throw zipFault(
    source,
    entry.position,
    `the header of '${entry.name}' is not at byte ${entry.position}: it is damaged.`,
  )
}

function unpacked(source: ByteSource, entry: ZipEntry, begin: number): Promise<Uint8Array<ArrayBuffer>> {
  const { name, method, packed, size } = entry
  if (method === 0 && packed === size) return source.read(begin, size)
  if (method === 8 && size <= packed * strongestRatio) return inflated(source, entry, begin)
  const message =
    method === 0 || method === 8
      ? `'${name}' cannot have ${size} bytes, as it has ${packed} in the archive: it is damaged.`
      : `'${name}' is packed by method ${method}, expected 0 (stored) or 8 (deflated), as numpy.savez writes.`
  throw zipFault(source, entry.position, message)
}

/** A small archive may unpack to a thousand times its size, or say so. */
function room(source: ByteSource, name: string, size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size)
  } catch (error) {
    const message = `${source.name}: '${name}' unpacks to ${size} bytes, for which there is no memory. Save it as several smaller arrays.`
    throw new MemoryError(message, { bytes: size }, error)
  }
}

async function inflated(
  source: ByteSource,
  { name, packed, size }: ZipEntry,
  begin: number,
): Promise<Uint8Array<ArrayBuffer>> {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < packed; at += pieceSize)
      yield await source.read(begin + at, Math.min(pieceSize, packed - at))
  }
  const content = room(source, name, size)
  const input = Readable.from(pieces())
  const output = createInflateRaw()
  input.on('error', (error) => output.destroy(error)).pipe(output)
  let at = 0
  try {
    for await (const piece of output as AsyncIterable<Uint8Array>) {
      if (at + piece.length > size)
        throw zipFault(source, begin, `'${name}' unpacks to more than its ${size} bytes: it is damaged.`)
      content.set(piece, at)
      at += piece.length
    }
  } catch (error) {
    if (!(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error
    throw zipFault(
      source,
      begin,
      `'${name}' cannot be unpacked (${(error as Error).message}): it is damaged.`,
    )
  } finally {
    input.destroy()
  }
  if (at === size) return content
  throw zipFault(source, begin, `'${name}' unpacks to ${at} bytes, expected ${size}: it is damaged.`)
}
