// The header of a safetensors file: JSON that tells of each tensor its type, its shape, and where its bytes stand. All of it
// is checked before a tensor is read. Format: https://huggingface.co/docs/safetensors
import { FormatError } from '../../../base/index.js'
import { formatShape, sizeOf } from '../array.js'
import type { ByteSource } from './byte-source.js'
import { storedBytes, type Stored } from './elements.js'
import { type JsonNode, readJson } from './json-reader.js'

/** Element types by the names of the format. */
export const safetensorsTypes = {
  BOOL: 'b1',
  U8: 'u1',
  I8: 'i1',
  U16: 'u2',
  I16: 'i2',
  U32: 'u4',
  I32: 'i4',
  U64: 'u8',
  I64: 'i8',
  F16: 'f2',
  BF16: 'bf2',
  F32: 'f4',
  F64: 'f8',
} as const satisfies Record<string, Stored>

/** How a safetensors file stores elements. */
export type SafetensorsType = keyof typeof safetensorsTypes

/** A tensor of a file, before it is read. */
export interface TensorInfo {
  readonly type: SafetensorsType
  readonly shape: readonly number[]
  /** The byte of the file at which its elements begin. */
  readonly position: number
  /** How many bytes they take. */
  readonly length: number
}

/** What a header holds. */
export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, TensorInfo>
  readonly metadata: Readonly<Record<string, string>>
}

export const metadataName = '__metadata__'
/** The length of the header, as a number of 64 bits. */
const lengthBytes = 8
/** The reference implementation reads no more either. */
const longestHeader = 100_000_000

type Fault = (position: number, message: string) => FormatError

/** Reads and checks the header. @throws {@link FormatError} with the byte that is wrong */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const fault: Fault = (position, message) =>
    new FormatError(`${source.name}, byte ${position}: ${message}.`, { format: 'safetensors', position })
  if (source.size < lengthBytes)
    throw fault(
      source.size,
      `it ends before the length of its header; a safetensors file has at least 10 bytes`,
    )
  const start = await source.read(0, lengthBytes)
  const length = Number(new DataView(start.buffer).getBigUint64(0, true))
  if (length > longestHeader)
    throw fault(
      0,
      `its header would have ${length} bytes, more than ${longestHeader}: it is no safetensors file`,
    )
  if (lengthBytes + length > source.size)
    throw fault(
      0,
      `its header would have ${length} bytes, but ${source.size - lengthBytes} follow. It was cut, or is no safetensors file`,
    )
  const text = await source.read(lengthBytes, length)
  const headerFault: Fault = (at, message) => fault(lengthBytes + at, `the header ${message}`)
  const root = readJson(text, headerFault)
  if (!(root.value instanceof Map))
    throw headerFault(root.position, 'is no object, expected one of tensors by name')
  return headerOf(root.value as Entries, {
    fault: headerFault,
    begin: lengthBytes + length,
    end: source.size,
  })
}

type Entries = ReadonlyMap<string, JsonNode>

interface Extent {
  readonly fault: Fault
  /** Where the bytes of tensors begin, and end. */
  readonly begin: number
  readonly end: number
}

function headerOf(entries: Entries, extent: Extent): SafetensorsHeader {
  const tensors = new Map<string, TensorInfo>()
  const places: Place[] = []
  let metadata: Record<string, string> = {}
  for (const [name, node] of entries) {
    if (name === metadataName) {
      metadata = metadataOf(node, extent.fault)
      continue
    }
    const info = tensorInfo(name, node, extent)
    tensors.set(name, info)
    places.push({ name, info, at: node.position })
  }
  checkPlaces(places, extent)
  return { tensors, metadata }
}

function metadataOf({ value, position }: JsonNode, fault: Fault): Record<string, string> {
  if (!(value instanceof Map)) throw fault(position, `has a '${metadataName}' that is no object of texts`)
  return Object.fromEntries(
    [...(value as Entries)].map(([name, node]) => {
      if (typeof node.value === 'string') return [name, node.value]
      throw fault(node.position, `has metadata '${name}' that is no text`)
    }),
  )
}

function tensorInfo(name: string, node: JsonNode, { fault, begin }: Extent): TensorInfo {
  if (!(node.value instanceof Map)) throw fault(node.position, `tells of '${name}' by no object`)
  const fields = node.value as Entries
  const field = (key: string): JsonNode => {
    const found = fields.get(key)
    if (found === undefined) throw fault(node.position, `tells no '${key}' of '${name}'`)
    return found
  }
  const type = field('dtype')
  if (typeof type.value !== 'string' || !Object.hasOwn(safetensorsTypes, type.value))
    throw fault(
      type.position,
      `has '${name}' of type ${JSON.stringify(type.value)}, expected one of ${Object.keys(safetensorsTypes).join(', ')}`,
    )
  const stored = type.value as SafetensorsType
  const shape = wholeNumbers(field('shape'), fault, `the shape of '${name}'`)
  const offsets = wholeNumbers(field('data_offsets'), fault, `the data_offsets of '${name}'`)
  const [from, to] = offsets
  if (offsets.length !== 2 || from! > to!)
    throw fault(field('data_offsets').position, `has data_offsets of '${name}' that are no [begin, end]`)
  const length = sizeOf(shape) * storedBytes(safetensorsTypes[stored])
  if (to! - from! !== length)
    throw fault(
      field('data_offsets').position,
      `gives '${name}' ${to! - from!} bytes, expected ${length} for ${stored}${formatShape(shape)}`,
    )
  return { type: stored, shape, position: begin + from!, length }
}

function wholeNumbers({ value, position }: JsonNode, fault: Fault, what: string): number[] {
  const numbers = Array.isArray(value) ? (value as readonly JsonNode[]).map((node) => node.value) : [NaN]
  if (numbers.every((number): number is number => Number.isSafeInteger(number) && (number as number) >= 0))
    return numbers
  throw fault(position, `has ${what} as no list of whole numbers`)
}

interface Place {
  readonly name: string
  readonly info: TensorInfo
  readonly at: number
}

/** Tensors follow each other without overlap or gap, and fill the file: so the format demands, and so nothing can hide in it. */
function checkPlaces(places: readonly Place[], { fault, begin, end }: Extent): void {
  const ordered = places.toSorted(
    (a, b) => a.info.position - b.info.position || a.info.length - b.info.length,
  )
  let reached = begin
  for (const { name, info, at } of ordered) {
    const from = info.position - begin
    if (info.position < reached)
      throw fault(
        at,
        `lets '${name}' begin at offset ${from}, inside of another tensor, which ends at ${reached - begin}`,
      )
    if (info.position > reached)
      throw fault(
        at,
        `leaves the bytes from offset ${reached - begin} to ${from}, before '${name}', to no tensor`,
      )
    reached += info.length
    if (reached > end)
      throw fault(
        at,
        `lets '${name}' end at offset ${reached - begin}, but ${end - begin} bytes follow the header. It was cut`,
      )
  }
  if (reached < end)
    throw fault(0, `tells of ${reached - begin} bytes of tensors, but ${end - begin} follow it`)
}
