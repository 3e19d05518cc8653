// Tensors to and from the messages of the file format.
import { FormatError } from '../../base/index.js'
import { dataTypeCode, typeOfCode, arrayClass, type NumericType, type TensorType } from './data-types.js'
import { toBigInt, toNumber } from './int64.js'
import type { TensorProto } from './proto/messages.js'
import { elementCount, tensor, tensorBytes, tensorFromBytes, type Tensor } from './tensor.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The message of a tensor; numeric elements go in as raw bytes. */
export function toTensorProto(value: Tensor, name = ''): TensorProto {
  const proto: TensorProto = { name, dims: [...value.dims], dataType: dataTypeCode[value.type] }
  if (value.type === 'string') return { ...proto, stringData: value.data.map((text) => encoder.encode(text)) }
  return { ...proto, rawData: tensorBytes(value) }
}

/**
 * The tensor of a message.
 *
 * @param raw - the element bytes when they stand in another file
 * @throws {@link FormatError} when type, sizes and elements do not fit together
 */
export function fromTensorProto(proto: TensorProto, raw: Uint8Array | undefined = proto.rawData): Tensor {
  const type = tensorTypeOf(proto)
  const dims = (proto.dims ?? []).map(toNumber)
  if (type === 'string') {
    const texts = (proto.stringData ?? []).map((bytes) => decoder.decode(bytes))
    checkCount(proto, dims, texts.length)
    return tensor('string', texts, dims)
  }
  if (raw !== undefined && raw.length > 0) {
    checkCount(proto, dims, raw.length / arrayClass[type].BYTES_PER_ELEMENT)
    return tensorFromBytes(type, dims, raw) as Tensor
  }
  const elements = listedElements(proto, type)
  checkCount(proto, dims, elements.length)
  return tensor(type, elements as never, dims) as Tensor
}

function tensorTypeOf(proto: TensorProto): TensorType {
  const type = typeOfCode(proto.dataType ?? 0)
  if (type !== undefined) return type
  throw new FormatError(
    `ONNX tensor '${proto.name ?? ''}': element type number ${proto.dataType ?? 0} is not one that Modelwright reads. Convert the model to float32, float64 or an integer type.`,
    { format: 'onnx', tensor: proto.name },
  )
}

function checkCount(proto: TensorProto, dims: readonly number[], received: number): void {
  const expected = elementCount(dims)
  if (expected === received && dims.every((size) => size >= 0)) return
  throw new FormatError(
    `ONNX tensor '${proto.name ?? ''}': sizes [${dims.join(', ')}] need ${expected} elements, received ${received}. The file is damaged; write it again.`,
    { format: 'onnx', tensor: proto.name, expected, received },
  )
}

/** Elements that were written one by one into the list field of their type, as other tools do. */
function listedElements(proto: TensorProto, type: NumericType): readonly (number | bigint)[] {
  if (type === 'float32') return proto.floatData ?? []
  if (type === 'float64') return proto.doubleData ?? []
  if (type === 'int64') return (proto.int64Data ?? []).map(toBigInt)
  if (type === 'uint64') return (proto.uint64Data ?? []).map(toBigInt)
  if (type === 'uint32') return (proto.uint64Data ?? []).map(toNumber)
  return proto.int32Data ?? []
}
