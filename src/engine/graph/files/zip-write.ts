// A zip archive, piece by piece in the order of the file. Beyond 4 GB it is a zip64 one.
import { crc32, createDeflateRaw } from 'node:zlib'
import { moved16, moved32, signatures, zip64Id } from './zip-directory.js'

/** A file for an archive, in pieces. */
export interface ZipFile {
  readonly name: string
  readonly pieces: readonly Uint8Array[]
}

/** How an archive is written. */
export interface ZipWriteOptions {
  /** @default false */
  readonly compress?: boolean
  /** Sizes and positions from here on are written as zip64. @default 2³² − 1, which plain fields cannot hold */
  readonly zip64From?: number
}

interface Written {
  readonly name: Uint8Array
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly size: number
  readonly position: number
}

/** The first version of the format that can do it. */
const versions = { deflate: 20, zip64: 45 }
/** Names are UTF-8. */
const utf8Flag = 0x0800
/** 1 January 1980, the earliest that the format knows: equal arrays give equal bytes. */
const date = 0x0021

/** The bytes of an archive. */
export async function* zipArchive(
  files: readonly ZipFile[],
  { compress = false, zip64From = moved32 }: ZipWriteOptions = {},
): AsyncGenerator<Uint8Array> {
  const written: Written[] = []
  let position = 0
  for (const { name, pieces } of files) {
    const packed = compress ? await deflated(pieces) : pieces
    const entry: Written = {
      name: new TextEncoder().encode(name),
      method: compress ? 8 : 0,
      // Node's crc32 of no bytes is 0, whatever came before.
      crc: pieces.filter(({ length }) => length > 0).reduce((crc, piece) => crc32(piece, crc), 0),
      packed: sizeOfAll(packed),
      size: sizeOfAll(pieces),
      position,
    }
    const header = localHeader(entry, zip64From)
    yield header
    yield* packed
    position += header.length + entry.packed
    written.push(entry)
  }
  const directory = written.map((entry) => directoryHeader(entry, zip64From))
  yield* directory
  yield ending(written.length, { position, length: sizeOfAll(directory) }, zip64From)
}

const sizeOfAll = (pieces: readonly Uint8Array[]): number =>
  pieces.reduce((sum, piece) => sum + piece.length, 0)

async function deflated(pieces: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const stream = createDeflateRaw()
  const feed = async (): Promise<void> => {
    for (const piece of pieces)
      if (!stream.write(piece)) await new Promise((resolve) => stream.once('drain', resolve))
    stream.end()
  }
  const fed = feed()
  const packed: Uint8Array[] = []
  for await (const piece of stream as AsyncIterable<Uint8Array>) packed.push(piece)
  await fed
  return packed
}

/** Little-endian fields, each with its bytes. */
function fields(...values: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.reduce((sum, [bytes]) => sum + bytes, 0)))
  let at = 0
  for (const [bytes, value] of values) {
    if (bytes === 2) view.setUint16(at, value, true)
    else if (bytes === 4) view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += bytes
  }
  return new Uint8Array(view.buffer)
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

/** The fields that are too large, for the zip64 part. */
function zip64Part(values: readonly number[]): Uint8Array {
  if (values.length === 0) return new Uint8Array()
  return fields([2, zip64Id], [2, 8 * values.length], ...values.map((value) => [8, value] as const))
}

function localHeader({ name, method, crc, packed, size }: Written, zip64From: number): Uint8Array {
  // Before the content both sizes move, or none.
  const large = Math.max(packed, size) >= zip64From
  const extra = zip64Part(large ? [size, packed] : [])
  const head = fields(
    [4, signatures.local],
    [2, large ? versions.zip64 : versions.deflate],
    [2, utf8Flag],
    [2, method],
    [2, 0],
    [2, date],
    [4, crc],
    [4, large ? moved32 : packed],
    [4, large ? moved32 : size],
    [2, name.length],
    [2, extra.length],
  )
  return joined(head, name, extra)
}

function directoryHeader(
  { name, method, crc, packed, size, position }: Written,
  zip64From: number,
): Uint8Array {
  const extra = zip64Part([size, packed, position].filter((value) => value >= zip64From))
  const version = extra.length > 0 ? versions.zip64 : versions.deflate
  const plain = (value: number): number => (value >= zip64From ? moved32 : value)
  const head = fields(
    [4, signatures.central],
    [2, version],
    [2, version],
    [2, utf8Flag],
    [2, method],
    [2, 0],
    [2, date],
    [4, crc],
    [4, plain(packed)],
    [4, plain(size)],
    [2, name.length],
    [2, extra.length],
    // No comment, one disk, no attributes.
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, plain(position)],
  )
  return joined(head, name, extra)
}

function ending(
  count: number,
  { position, length }: { readonly position: number; readonly length: number },
  zip64From: number,
): Uint8Array {
  const large = Math.max(position, length) >= zip64From || count >= Math.min(moved16, zip64From)
  const end = fields(
    [4, signatures.end],
    [2, 0],
    [2, 0],
    [2, large ? moved16 : count],
    [2, large ? moved16 : count],
    [4, large ? moved32 : length],
    [4, large ? moved32 : position],
    [2, 0],
  )
  if (!large) return end
  const record = fields(
    [4, signatures.end64],
    // What follows this field.
    [8, 44],
    [2, versions.zip64],
    [2, versions.zip64],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, length],
    [8, position],
  )
  const locator = fields([4, signatures.locator64], [4, 0], [8, position + length], [4, 1])
  return joined(record, locator, end)
}
