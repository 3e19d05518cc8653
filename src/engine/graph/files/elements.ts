// Elements as files store them, and as arrays hold them. Narrow types widen without loss; 64-bit integers become 32-bit ones
// where all of them fit.
import { floatsOfHalves, FormatError } from '../../../base/index.js'
import { type DataByType, dataClass, type DType } from '../array.js'

/** How a file stores an element: kind and bytes, as NumPy writes them; 'bf2' is bfloat16. */
export type Stored = 'b1' | 'i1' | 'i2' | 'i4' | 'i8' | 'u1' | 'u2' | 'u4' | 'u8' | 'f2' | 'bf2' | 'f4' | 'f8'

type Data = DataByType[DType]
/** The bytes of elements in the order of this machine; a buffer of their own. */
type Bytes = Uint8Array<ArrayBuffer>

/** The element type of the array that each becomes. Small integers, signed or not, fit into int32. */
export const arrayType: { readonly [S in Stored]: DType } = {
  b1: 'bool',
  i1: 'int32',
  i2: 'int32',
  i4: 'int32',
  i8: 'int32',
  u1: 'int32',
  u2: 'int32',
  u4: 'uint32',
  u8: 'uint32',
  f2: 'float32',
  bf2: 'float32',
  f4: 'float32',
  f8: 'float64',
}

/** How each element type of arrays is stored. */
export const storedType: { readonly [T in DType]: Stored } = {
  bool: 'b1',
  int32: 'i4',
  uint32: 'u4',
  float32: 'f4',
  float64: 'f8',
}

/** Bytes of an element. */
export const storedBytes = (stored: Stored): number => Number(stored.at(-1))

/** Whether the low byte of a number comes first on this machine. */
const littleMachine = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Where elements stand, for messages. */
export interface ElementPlace {
  /** The file and the array in it. */
  readonly what: string
  /** The byte at which the elements begin. */
  readonly position: number
}

/** How elements are to be decoded. */
export interface DecodeOptions extends ElementPlace {
  readonly stored: Stored
  readonly bigEndian: boolean
  /** Converts to float32 whatever is stored. */
  readonly toFloat32?: boolean
}

/**
 * Reads elements. Takes the bytes over: they may become the array, and change.
 *
 * @throws {@link FormatError} when a 64-bit integer does not fit into 32 bits
 */
export function decodeElements(bytes: Bytes, options: DecodeOptions): { dtype: DType; data: Data } {
  const { stored, bigEndian, toFloat32 = false } = options
  if (bigEndian === littleMachine) swapBytes(bytes, storedBytes(stored))
  const dtype = toFloat32 ? 'float32' : arrayType[stored]
  if (toFloat32 && (stored === 'i8' || stored === 'u8'))
    return { dtype, data: Float32Array.from(bigIntegers(bytes.buffer, stored === 'i8'), Number) }
  const data = decoders[stored](bytes, options)
  return { dtype, data: toFloat32 && !(data instanceof Float32Array) ? new Float32Array(data) : data }
}

const bigIntegers = (buffer: ArrayBuffer, signed: boolean): BigInt64Array | BigUint64Array =>
  signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer)

const decoders: { readonly [S in Stored]: (bytes: Bytes, place: ElementPlace) => Data } = {
  // Any other byte than 0 is true in NumPy too; arrays hold 0 and 1.
  b1: (bytes) => bytes.map((byte) => (byte === 0 ? 0 : 1)),
  i1: ({ buffer }) => new Int32Array(new Int8Array(buffer)),
  i2: ({ buffer }) => new Int32Array(new Int16Array(buffer)),
  i4: ({ buffer }) => new Int32Array(buffer),
  i8: ({ buffer }, place) => narrowed(buffer, place, true),
  u1: (bytes) => new Int32Array(bytes),
  u2: ({ buffer }) => new Int32Array(new Uint16Array(buffer)),
  u4: ({ buffer }) => new Uint32Array(buffer),
  u8: ({ buffer }, place) => narrowed(buffer, place, false),
  f2: ({ buffer }) => floatsOfHalves(new Uint16Array(buffer)),
  bf2: ({ buffer }) => fromBfloat16(new Uint16Array(buffer)),
  f4: ({ buffer }) => new Float32Array(buffer),
  f8: ({ buffer }) => new Float64Array(buffer),
}

function narrowed(buffer: ArrayBuffer, place: ElementPlace, signed: boolean): Data {
  const words = new Int32Array(buffer)
  const low = littleMachine ? 0 : 1
  const data = new dataClass[signed ? 'int32' : 'uint32'](words.length / 2)
  for (let i = 0; i < data.length; i++) {
    const word = words[2 * i + low]!
    // The high word of a number that fits repeats the sign of the low one.
    if (words[2 * i + 1 - low] !== (signed ? word >> 31 : 0)) throw doesNotFit(buffer, i, { place, signed })
    data[i] = word
  }
  return data
}

function doesNotFit(
  buffer: ArrayBuffer,
  i: number,
  { place, signed }: { readonly place: ElementPlace; readonly signed: boolean },
): FormatError {
  const value = bigIntegers(buffer, signed)[i]!
  const [from, to] = signed ? ['int64', 'int32'] : ['uint64', 'uint32']
  return new FormatError(
    `${place.what}: element ${i} is ${value}, an ${from} that does not fit into ${to}, the integers of arrays here. Store it as float64, or smaller numbers.`,
    { position: place.position + 8 * i, element: i, received: String(value) },
  )
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(upper: Uint16Array): Float32Array {
  const bits = new Uint32Array(upper.length)
  for (let i = 0; i < bits.length; i++) bits[i] = upper[i]! << 16
  return new Float32Array(bits.buffer)
}

function swapBytes(bytes: Bytes, width: number): void {
  const buffer = Buffer.from(bytes.buffer)
  if (width === 2) buffer.swap16()
  if (width === 4) buffer.swap32()
  if (width === 8) buffer.swap64()
}

/** The bytes of elements, low byte first; on most machines a view of the array. */
export function encodeElements(data: Data): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (littleMachine || data.BYTES_PER_ELEMENT === 1) return bytes
  const copy = new Uint8Array(bytes)
  swapBytes(copy, data.BYTES_PER_ELEMENT)
  return copy
}
