// Triton's extension of Open Inference: tensors as bytes behind the JSON, little-endian and row-major. Numbers are views of the body,
// not copies. @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
import { isUtf8 } from 'node:buffer'
import { quote, UsageError } from '../../../../base/index.js'
import {
  elementCount,
  tensorBytes,
  tensorFromBytes,
  type Tensor,
  type TensorType,
} from '../../../../engine/onnx/index.js'
import { elementSize } from '../tensors/datatypes.js'

/** A tensor as its head says it is. */
export interface TensorHead {
  readonly name: string
  readonly type: TensorType
  readonly dims: readonly number[]
}

/** @throws {@link UsageError} when the bytes are not as many as the sizes say, or no text */
export function tensorOfBytes({ name, type, dims }: TensorHead, bytes: Uint8Array): Tensor {
  const count = elementCount(dims)
  if (type === 'string') return { type, dims, data: textsOfBytes(bytes, { name, count }) }
  const expected = count * elementSize(type)
  if (bytes.length !== expected) {
    throw new UsageError(
      `Input ${quote(name)}: its shape [${dims.join(', ')}] needs ${expected} bytes, 'binary_data_size' says ${bytes.length}.`,
      { argument: name },
    )
  }
  if (type === 'bool') requireBits(bytes, name)
  return tensorFromBytes(type, dims, bytes) as Tensor
}

/** A loop, as a call for each of 64 million bytes would take half a second (measured). */
function requireBits(bytes: Uint8Array, name: string): void {
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at]! > 1)
      throw new UsageError(`Input ${quote(name)}: a byte of BOOL must be 0 or 1.`, { argument: name })
  }
}

interface Texts {
  readonly name: string
  readonly count: number
}

/** Each text has its length in bytes before it, in 32 bits. */
function textsOfBytes(bytes: Uint8Array, { name, count }: Texts): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const texts: string[] = []
  let at = 0
  while (at < buffer.length && texts.length < count) {
    const start = at + 4
    const end = start <= buffer.length ? start + buffer.readUInt32LE(at) : Infinity
    if (end > buffer.length) throw wrongTexts(name, 'the length of a text passes the end')
    if (end > start && !isUtf8(buffer.subarray(start, end))) throw wrongTexts(name, 'a text is no UTF-8')
    texts.push(end > start ? buffer.toString('utf8', start, end) : '')
    at = end
  }
  if (texts.length !== count || at !== buffer.length) {
    throw wrongTexts(name, `expected ${count} texts that fill ${buffer.length} bytes`)
  }
  return texts
}

const wrongTexts = (name: string, reason: string): UsageError =>
  new UsageError(`Input ${quote(name)}: its bytes are no list of BYTES: ${reason}.`, { argument: name })

/** The bytes of a tensor: of numbers, those of the tensor itself. */
export function bytesOfTensor(value: Tensor): Uint8Array {
  if (value.type !== 'string') return tensorBytes(value)
  const parts: Buffer[] = []
  for (const text of value.data) {
    const bytes = Buffer.from(text, 'utf8')
    const length = Buffer.allocUnsafe(4)
    length.writeUInt32LE(bytes.length)
    parts.push(length, bytes)
  }
  return Buffer.concat(parts)
}
