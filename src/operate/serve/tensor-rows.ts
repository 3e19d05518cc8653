// Requests joined along the first axis, and results cut apart again.
import { elementCount, type NumericTensor, type Tensor } from '../../engine/onnx/index.js'

/** Tensors by name of input or output. */
export type Tensors = Readonly<Record<string, Tensor>>

/** Tensors whose numbers lie in one piece of memory of their own, so that they go to another thread at once. */
export interface Joined {
  readonly tensors: Tensors
  readonly memory: ArrayBuffer
}

/** Every typed array may start where a number of eight bytes may. */
const aligned = (bytes: number): number => (bytes + 7) & ~7

/** Tensors of several requests one below the other; of one request, a copy. Sizes beyond the first must be equal. */
export function joined(parts: readonly Tensors[], names: readonly string[]): Joined {
  let bytes = 0
  for (const name of names) for (const part of parts) bytes = aligned(bytes) + byteLength(part[name]!)
  // What stands between two tensors of one request is at most seven bytes.
  const memory = new ArrayBuffer(aligned(bytes))
  // Without a prototype: an input may be named `__proto__`.
  const tensors = Object.create(null) as Record<string, Tensor>
  let at = 0
  for (const name of names) {
    at = aligned(at)
    const first = parts[0]![name]!
    const dims = parts.length === 1 ? first.dims : [rowsOf(parts, name), ...first.dims.slice(1)]
    if (first.type === 'string') {
      const data = parts.length === 1 ? first.data : parts.flatMap((part) => part[name]!.data as string[])
      tensors[name] = { type: 'string', dims, data }
    } else {
      const data = joinedNumbers(parts, name, { memory, at })
      tensors[name] = { type: first.type, dims, data } as NumericTensor
      at += data.byteLength
    }
  }
  return { tensors, memory }
}

const byteLength = ({ type, data }: Tensor): number =>
  type === 'string' ? 0 : (data as NumericTensor['data']).byteLength

function rowsOf(parts: readonly Tensors[], name: string): number {
  let rows = 0
  for (const part of parts) rows += part[name]!.dims[0]!
  return rows
}

function joinedNumbers(
  parts: readonly Tensors[],
  name: string,
  { memory, at }: { readonly memory: ArrayBuffer; readonly at: number },
): NumericTensor['data'] {
  let length = 0
  for (const part of parts) length += part[name]!.data.length
  const Class = (parts[0]![name]!.data as Float64Array).constructor as Float64ArrayConstructor
  const data = new Class(memory, at, length)
  let filled = 0
  for (const part of parts) {
    const own = part[name]!.data as Float64Array
    data.set(own, filled)
    filled += own.length
  }
  return data
}

/** Rows `start` to `end` (excluded) of each tensor, as copies: nobody's memory is part of another's. */
export function cutRows(tensors: Tensors, start: number, end: number): Tensors {
  const cut = Object.create(null) as Record<string, Tensor>
  for (const name in tensors) {
    const { type, dims, data } = tensors[name]!
    const rest = dims.slice(1)
    const width = elementCount(rest)
    cut[name] = { type, dims: [end - start, ...rest], data: data.slice(start * width, end * width) } as Tensor
  }
  return cut
}

/** Whether each tensor has a first axis of this size. */
export function haveRows(tensors: Tensors, rows: number): boolean {
  for (const name in tensors) if (tensors[name]!.dims[0] !== rows) return false
  return true
}

/** Sizes beyond the first of each tensor: requests that agree in them can be joined. */
export function rowShape(tensors: Tensors, names: readonly string[]): string {
  let shape = ''
  for (const name of names) {
    const { dims } = tensors[name]!
    for (let axis = 1; axis < dims.length; axis++) shape += `${dims[axis]!},`
    shape += ';'
  }
  return shape
}
