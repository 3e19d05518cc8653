// Constants of files as arrays, read once: the same array is the same constant of a graph.
import { FormatError } from '../../../base/index.js'
import type { Tensor } from '../../onnx/index.js'
import { fromTensorProto, type TensorProto } from '../../onnx/proto/index.js'
import type { NDArray } from '../array.js'
import { fromFile } from './held.js'

const known = new WeakMap<TensorProto, { readonly value: NDArray | undefined }>()

/** The array of a tensor of a file; undefined for text. */
export function constantOf(proto: TensorProto): NDArray | undefined {
  const found = known.get(proto)
  if (found !== undefined) return found.value
  const tensor = fromTensorProto(proto)
  checkIntegers(tensor, proto.name ?? '')
  const value = fromFile(tensor)
  known.set(proto, { value })
  return value
}

// Files write "to the end of the axis" as a number that no axis reaches: 2⁶³ − 1, or the largest exact integer of JavaScript.
const endless = 2n ** 53n - 1n

/** Integers are 32 bits wide here; larger ones that are not the end of an axis would become others. */
function checkIntegers({ type, data }: Tensor, name: string): void {
  if (type !== 'int64' && type !== 'uint64') return
  const most = type === 'int64' ? 2n ** 31n : 2n ** 32n
  const size = (value: bigint): bigint => (value < 0n ? -value : value)
  const at = (data as BigInt64Array).findIndex((value) => size(value) >= most && size(value) < endless)
  if (at < 0) return
  throw new FormatError(
    `ONNX tensor '${name}': element ${at} is ${data[at]}, an ${type} that does not fit into 32 bits, the integers of graphs here. Store it as float64, or smaller numbers.`,
    { format: 'onnx', tensor: name, element: at, received: String(data[at]) },
  )
}
