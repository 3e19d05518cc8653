// Constants of files as arrays, read once: the same array is the same constant of a graph.
import { fromTensorProto, type TensorProto } from '../../onnx/proto/index.js'
import type { NDArray } from '../array.js'
import { fromFile } from './held.js'

const known = new WeakMap<TensorProto, { readonly value: NDArray | undefined }>()

/** The array of a tensor of a file; undefined for text. */
export function constantOf(proto: TensorProto): NDArray | undefined {
  const found = known.get(proto)
  if (found !== undefined) return found.value
  const value = fromFile(fromTensorProto(proto))
  known.set(proto, { value })
  return value
}
