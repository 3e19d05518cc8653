// From bytes to the message, where damaged bytes become an error that says where.
import { FormatError } from '../../base/index.js'
import { modelCodec, type ModelProto } from './proto/messages.js'

/**
 * Decodes a model file.
 *
 * @throws {@link FormatError} with `position`, the byte up to which the file could be read
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: ModelProto
  try {
    model = modelCodec().decode(bytes)
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error), bytes, error)
  }
  // Any bytes can be a message without a single known field: a model has at least a graph and an operator set.
  if (!model.graph || (model.opsetImport ?? []).length === 0)
    throw unreadable('there is no graph in it', bytes, undefined)
  return model
}

function unreadable(reason: string, bytes: Uint8Array, cause: unknown): FormatError {
  const position = intactLength(bytes)
  return new FormatError(
    `ONNX model: the bytes cannot be read as a model (${reason}); intact up to byte ${position} of ${bytes.length}. Check that the file is whole and an ONNX file.`,
    { format: 'onnx', position, length: bytes.length },
    cause,
  )
}

/** How far the fields of the outermost message are whole. */
function intactLength(bytes: Uint8Array): number {
  let at = 0
  while (at < bytes.length) {
    const next = fieldEnd(bytes, at)
    if (next === undefined || next > bytes.length) return at
    at = next
  }
  return at
}

/** Where the field that starts at `start` ends; undefined when it is not a field. */
function fieldEnd(bytes: Uint8Array, start: number): number | undefined {
  const tag = readVarint(bytes, start)
  if (tag === undefined || tag.value >>> 3 === 0) return undefined
  const wireType = tag.value & 7
  if (wireType === 0) return readVarint(bytes, tag.end)?.end
  if (wireType === 1) return tag.end + 8
  if (wireType === 5) return tag.end + 4
  if (wireType !== 2) return undefined
  const length = readVarint(bytes, tag.end)
  return length === undefined ? undefined : length.end + length.value
}

function readVarint(
  bytes: Uint8Array,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  // Seven bits a byte, ten bytes for 64 bits.
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return { value, end: start + i + 1 }
  }
  return undefined
}
