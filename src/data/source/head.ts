// The first bytes of a file: enough to see its encoding, its dialect and its column names before anything is scanned.
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { DataError, FormatError, NotFoundError, storageError } from '../../base/index.js'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be'

export interface Head {
  /** Decompressed, without a UTF-8 byte order mark. */
  readonly bytes: Buffer
  /** Nothing follows `bytes`. */
  readonly whole: boolean
  readonly compressed: boolean
  readonly encoding: Encoding
  /** Size of the file on disk. */
  readonly size: number
}

// One MiB holds the names of 5,000 columns many times over, and hundreds of rows of most files.
const headBytes = 1 << 20
// Up to this size a gzip file is checked whole: DuckDB takes one that was cut off at the end of a line for complete.
// At 150 MB/s of compressed input this takes half a second at most; text unpacks to five times its size, zeros to a
// thousand times, and are looked at no further than the second limit.
const checkedGzipBytes = 64 << 20
const checkedBytes = 512 << 20

export async function readHead(file: string, subject: string): Promise<Head> {
  const { size } = await stat(file).catch((error: unknown) => {
    throw new NotFoundError(
      `${subject}: it cannot be opened: ${String(error)}. Check the name and your permission.`,
      {
        kind: 'source',
        id: file,
      },
    )
  })
  const raw = await firstBytes(file)
  const compressed = raw[0] === 0x1f && raw[1] === 0x8b
  const bytes = compressed ? await inflateHead(file, { subject, size }) : raw
  const whole = compressed ? bytes.length < headBytes : size <= raw.length
  const encoding = encodingOf(bytes)
  const mark = bytes.subarray(0, 3).toString('latin1') === '\u00ef\u00bb\u00bf' ? 3 : 0
  return { bytes: bytes.subarray(mark), whole, compressed, encoding, size }
}

async function firstBytes(file: string): Promise<Buffer> {
  const handle = await open(file).catch((error: unknown) => {
    throw storageError(file, error)
  })
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function inflateHead(
  file: string,
  { subject, size }: { subject: string; size: number },
): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  const checkAll = size <= checkedGzipBytes
  const packed = createReadStream(file)
  const unpacked = createGunzip()
  packed.on('error', (error) => unpacked.destroy(error)).pipe(unpacked)
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      if (length < headBytes) parts.push(chunk)
      length += chunk.length
      if (length >= (checkAll ? checkedBytes : headBytes)) break
    }
  } catch (error) {
    throw new FormatError(
      `${subject}: the compressed file is damaged or cut off. Copy or compress it again.`,
      { format: 'gzip' },
      error,
    )
  } finally {
    packed.destroy()
  }
  return Buffer.concat(parts).subarray(0, headBytes)
}

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}

/**
 * The head as text.
 *
 * @throws {@link DataError} when it is not UTF-8, or binary
 */
export function headText(head: Head, subject: string): string {
  // A character may be cut at the end of the head.
  for (let cut = 0; cut < (head.whole ? 1 : 4); cut++) {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(head.bytes.subarray(0, head.bytes.length - cut))
    } catch {
      continue
    }
  }
  throw new DataError(
    `${subject}: the text is not UTF-8. If the file is Latin-1 (older Windows and Excel exports), pass { encoding: 'latin-1' } (--encoding latin-1) or convert it: iconv -f latin1 -t utf-8.`,
    { source: subject },
  )
}
