// .npy: one array, as numpy.save writes it. Format: numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { FormatError, writeFileAtomic } from '../../../base/index.js'
import { formatShape, type NDArray, sizeOf } from '../array.js'
import { checkArray } from '../checked-array.js'
import { type ByteSource, openBytes } from './byte-source.js'
import { decodeElements, encodeElements, storedBytes, storedType } from './elements.js'
import { rowMajor } from './fortran-order.js'
import { formatNpyHeader, type NpyHeader, parseNpyHeader } from './npy-header.js'

const magic = '\u0093NUMPY'
/** Version 1 has room for so many bytes of header; numbers of any shape need far less. */
const longestHeader = 65_535
/** Headers end where this many bytes go in, so that elements can be mapped into memory. */
const alignment = 64

/**
 * Reads a .npy file of versions 1 to 3: booleans, integers and floats of 16 to 64 bits, in either byte order, row- or
 * column-major. Float16 becomes float32, small integers become int32, int64 becomes int32 and uint64 uint32.
 *
 * @param source - the path of a file, or its bytes
 * @throws {@link FormatError} for a damaged file, with the byte; for Python objects, text, dates and complex numbers; and when a
 * 64-bit integer does not fit into 32 bits
 * @throws {@link NotFoundError} when there is no such file
 * @example
 * ```ts
 * const bytes = encodeNpy({ dtype: 'float32', shape: [2, 1], data: Float32Array.of(0.5, 2) })
 * const { shape, data } = await readNpy(bytes)
 * shape // => [2, 1]
 * data // => Float32Array [0.5, 2]
 * ```
 */
export async function readNpy(source: string | Uint8Array): Promise<NDArray> {
  await using bytes = await openBytes(source)
  return await readNpyFrom(bytes, bytes.name)
}

/** Reads the array that the bytes are. @param what - how messages call it */
export async function readNpyFrom(source: ByteSource, what: string): Promise<NDArray> {
  const { header, position } = await readHeader(source, what)
  const { stored, bigEndian, fortranOrder, shape } = header
  const length = sizeOf(shape) * storedBytes(stored)
  if (position + length !== source.size) throw wrongLength(source, { what, position, header })
  const bytes = await source.read(position, length)
  const { dtype, data } = decodeElements(bytes, { stored, bigEndian, what, position })
  return { dtype, shape, data: fortranOrder ? rowMajor({ dtype, shape, data }) : data }
}

async function readHeader(
  source: ByteSource,
  what: string,
): Promise<{ header: NpyHeader; position: number }> {
  const fault = (position: number, message: string): FormatError =>
    new FormatError(`${what}: ${message}`, { format: 'npy', position })
  // Magic, version, and the length of the header in two or four bytes.
  const start = await source.read(0, Math.min(12, source.size))
  if (!magicBytes.every((byte, i) => start[i] === byte))
    throw fault(0, 'it does not begin as a .npy file. Write it with numpy.save(path, array).')
  const version = start[6]
  if (version === undefined || version < 1 || version > 3)
    throw fault(6, `version ${version} of the .npy format is not known, expected 1, 2 or 3.`)
  const view = new DataView(start.buffer)
  const begin = version === 1 ? 10 : 12
  if (start.length < begin) throw fault(start.length, `it ends after ${start.length} bytes, in its header.`)
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader)
    throw fault(
      8,
      `its header has ${length} bytes; none of an array of numbers has more than ${longestHeader}.`,
    )
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(await source.read(begin, length))
  return { header: parseNpyHeader(text, { what, position: begin }), position: begin + length }
}

const magicBytes = Uint8Array.from(magic, (letter) => letter.charCodeAt(0))

function wrongLength(
  { size }: ByteSource,
  {
    what,
    position,
    header,
  }: { readonly what: string; readonly position: number; readonly header: NpyHeader },
): FormatError {
  const expected = sizeOf(header.shape) * storedBytes(header.stored)
  const advice =
    size < position + expected
      ? 'It was cut; take it again from where it came.'
      : 'Of several arrays in one file make a .npz, with numpy.savez.'
  return new FormatError(
    `${what}: ${size - position} bytes follow the header, expected ${expected} for ${header.stored}${formatShape(header.shape)}. ${advice}`,
    { format: 'npy', position, expected, received: size - position },
  )
}

/**
 * The bytes of a .npy file of version 1, in row-major order, as numpy.load reads them.
 *
 * @example
 * ```ts
 * encodeNpy({ dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) }).length // => 136
 * ```
 */
export function encodeNpy(array: NDArray): Uint8Array {
  const [head, elements] = npyParts(array)
  const bytes = new Uint8Array(head.length + elements.length)
  bytes.set(head)
  bytes.set(elements, head.length)
  return bytes
}

/** Header and elements, without copying the elements. */
export function npyParts(array: NDArray): readonly [Uint8Array, Uint8Array] {
  checkArray('writeNpy', array)
  const { dtype, shape, data } = array
  const text = formatNpyHeader(storedType[dtype], shape)
  const start = magicBytes.length + 4
  // A line break ends the header, after blanks up to the alignment.
  const length = Math.ceil((start + text.length + 1) / alignment) * alignment - start
  const head = new Uint8Array(start + length).fill(0x20)
  head.set(magicBytes)
  head.set([1, 0, length & 255, length >> 8], magicBytes.length)
  head.set(new TextEncoder().encode(text), start)
  head[head.length - 1] = 0x0a
  return [head, encodeElements(data)]
}

/**
 * Writes a .npy file, whole or not at all, as numpy.load reads it.
 *
 * @throws {@link StorageError} when the disk is full or the folder cannot be written
 * @example
 * ```ts no-run
 * await writeNpy('weights.npy', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) })
 * ```
 */
export async function writeNpy(path: string, array: NDArray): Promise<void> {
  await writeFileAtomic(path, npyParts(array))
}
