// The directory of a zip archive, which stands at its end. Format: PKWARE's APPNOTE.TXT 6.3.10; zip64 in its section 4.3.14.
import { FormatError } from '../../../base/index.js'
import type { ByteSource } from './byte-source.js'

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string
  /** 0 stored, 8 deflated. */
  readonly method: number
  readonly crc: number
  /** Bytes in the archive. */
  readonly packed: number
  /** Bytes of the file. */
  readonly size: number
  /** The byte at which the file's own header begins. */
  readonly position: number
}

export const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
}

/** Fields of this value stand in the zip64 part instead. */
export const moved32 = 0xffffffff
export const moved16 = 0xffff
/** The id of the zip64 part of a header. */
export const zip64Id = 1

const endSize = 22
const locatorSize = 20
/** The end may be followed by a comment whose length has 16 bits. */
const longestEnd = endSize + 65_535

export const zipFault = (source: ByteSource, position: number, message: string): FormatError =>
  new FormatError(`${source.name}: ${message}`, { format: 'zip', position })

/** Reads the directory. @throws {@link FormatError} when it contradicts itself or the archive */
export async function readZipDirectory(source: ByteSource): Promise<ZipEntry[]> {
  const place = await findDirectory(source)
  const bytes = await source.read(place.position, place.length)
  const entries: ZipEntry[] = []
  const names = new Set<string>()
  let at = 0
  while (at < bytes.length) {
    const { entry, next } = directoryEntry(bytes, at, { source, begin: place.position })
    if (names.has(entry.name))
      throw zipFault(source, place.position + at, `'${entry.name}' is in the archive twice.`)
    names.add(entry.name)
    entries.push(entry)
    at = next
  }
  if (entries.length !== place.count) {
    const counts = `its directory has ${entries.length} entries, expected ${place.count}`
    throw zipFault(source, place.position, `${counts}. The archive is damaged.`)
  }
  checkDisjoint(source, entries, place.position)
  return entries
}

interface DirectoryPlace {
  readonly position: number
  readonly length: number
  readonly count: number
}

async function findDirectory(source: ByteSource): Promise<DirectoryPlace> {
  const tail = await source.read(Math.max(0, source.size - longestEnd), Math.min(longestEnd, source.size))
  const view = new DataView(tail.buffer)
  const begin = source.size - tail.length
  let at = tail.length - endSize
  // The end is where its comment, if any, reaches to the last byte.
  const isEnd = (i: number): boolean =>
    view.getUint32(i, true) === signatures.end && i + endSize + view.getUint16(i + 20, true) === tail.length
  while (at >= 0 && !isEnd(at)) at--
  if (at < 0)
    throw zipFault(
      source,
      source.size,
      'it has no directory at its end: it was cut, or is no .npz (zip) file.',
    )
  const place = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    position: view.getUint32(at + 16, true),
  }
  const moved = place.count === moved16 || place.length === moved32 || place.position === moved32
  const found = moved ? await zip64Directory(source, begin + at) : place
  const size = found.position + found.length
  if (size > begin + at)
    throw zipFault(source, begin + at, `its directory would end at byte ${size}, after its own end.`)
  return found
}

async function zip64Directory(source: ByteSource, end: number): Promise<DirectoryPlace> {
  const locatorAt = end - locatorSize
  const locator = new DataView((await source.read(locatorAt, locatorSize)).buffer)
  if (locator.getUint32(0, true) !== signatures.locator64)
    throw zipFault(source, locatorAt, 'its zip64 directory is missing. The archive is damaged.')
  const position = Number(locator.getBigUint64(8, true))
  const record = new DataView((await source.read(position, 56)).buffer)
  if (record.getUint32(0, true) !== signatures.end64)
    throw zipFault(source, position, 'its zip64 directory is not where it should be. The archive is damaged.')
  return {
    count: Number(record.getBigUint64(32, true)),
    length: Number(record.getBigUint64(40, true)),
    position: Number(record.getBigUint64(48, true)),
  }
}

interface DirectoryBytes {
  readonly source: ByteSource
  readonly begin: number
}

const fixedSize = 46

function directoryEntry(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  { source, begin }: DirectoryBytes,
): { entry: ZipEntry; next: number } {
  const view = new DataView(bytes.buffer)
  const damaged = (): FormatError =>
    zipFault(source, begin + at, `its directory is damaged at byte ${begin + at}.`)
  if (at + fixedSize > bytes.length || view.getUint32(at, true) !== signatures.central) throw damaged()
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
    view.getUint16(at + offset, true),
  ) as [number, number, number]
  const extraAt = at + fixedSize + nameLength
  const next = extraAt + extraLength + commentLength
  if (next > bytes.length) throw damaged()
  // NumPy writes names in UTF-8, with the flag that says so where they are not ASCII.
  const name = new TextDecoder().decode(bytes.subarray(at + fixedSize, extraAt))
  if ((view.getUint16(at + 8, true) & 1) !== 0)
    throw zipFault(source, begin + at, `'${name}' is encrypted. Save the archive without a password.`)
  const extra = bytes.slice(extraAt, extraAt + extraLength)
  const [size, packed, position] = movedFields(
    [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
    extra,
    damaged,
  )
  const entry = {
    name,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: packed!,
    size: size!,
    position: position!,
  }
  return { entry, next }
}

/** Size, packed size and position, from the zip64 part where they are too large; only these stand there, in this order. */
function movedFields(
  fields: readonly number[],
  extra: Uint8Array<ArrayBuffer>,
  damaged: () => FormatError,
): number[] {
  if (!fields.includes(moved32)) return [...fields]
  const view = new DataView(extra.buffer)
  let at = 0
  while (at + 4 <= extra.length && view.getUint16(at, true) !== zip64Id)
    at += 4 + view.getUint16(at + 2, true)
  let next = at + 4
  return fields.map((field) => {
    if (field !== moved32) return field
    if (next + 8 > extra.length) throw damaged()
    next += 8
    return Number(view.getBigUint64(next - 8, true))
  })
}

/** No two files share bytes: archives that do are made to unpack to far more than they hold. */
function checkDisjoint(source: ByteSource, entries: readonly ZipEntry[], end: number): void {
  const ordered = entries.toSorted((a, b) => a.position - b.position)
  ordered.forEach((entry, i) => {
    const next = ordered[i + 1]?.position ?? end
    if (entry.position + entry.packed > next)
      throw zipFault(
        source,
        entry.position,
        `'${entry.name}' would reach over byte ${next}, where another part begins.`,
      )
  })
}
