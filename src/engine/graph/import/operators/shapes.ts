// Moving elements, and the sizes of things.
import { type NDArray, sizeOf } from '../../array.js'
import { broadcastShapes, type Dim, isStatic, product, type Shape } from '../../dims.js'
import * as t from '../../operations/index.js'
import { isValue, type Tensor } from '../../value.js'
import { type Held, integers, scalar, sizes } from '../held.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'

const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

function reshape(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const given = node.dims(1) ?? []
  // 0 stands for the size that was there, unless it is allowed to be a size itself.
  const keeps = node.int('allowzero', 0) === 0
  return t.reshape(
    x,
    given.map((dim, i) => (dim === 0 && keeps ? x.shape[i]! : dim)),
  )
}

function squeeze(node: ImportedNode): Tensor {
  const axes = node.integersAt('axes', 1)
  return t.squeeze(node.tensor(0), axes)
}

function unsqueeze(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const axes = node.integersAt('axes', 1) ?? []
  const rank = x.shape.length + axes.length
  const fresh = new Set(axes.map((axis) => fromFront(axis, rank)))
  const rest = [...x.shape]
  return t.reshape(
    x,
    Array.from({ length: rank }, (_, i): Dim => (fresh.has(i) ? 1 : rest.shift()!)),
  )
}

function flatten(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const axis = fromFront(node.int('axis', 1), x.shape.length)
  return t.reshape(x, [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))])
}

function shape(node: ImportedNode): Held {
  const dims = node.tensor(0).shape
  const end = node.int('end', dims.length)
  return sizes(dims.slice(node.int('start', 0), end))
}

function expand(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const to = node.dims(1) ?? []
  const full = broadcastShapes(x.shape, to)
  if (full === undefined)
    throw node.fault(`[${x.shape.join(', ')}] does not broadcast to [${to.join(', ')}].`)
  return filledOrBroadcast(node, x, full)
}

/** Numbers by themselves cannot be repeated at once as often as is known only later. */
function filledOrBroadcast(node: ImportedNode, x: Tensor, full: Shape): Tensor {
  return isValue(x) ? t.broadcastTo(x, full) : node.sizes.filled(x, full)
}

function tile(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const repeats = node.dims(1) ?? []
  return repeats.reduce((part: Tensor, times, axis) => {
    if (times === 1) return part
    if (part.shape[axis] === 1)
      return filledOrBroadcast(
        node,
        part,
        part.shape.map((dim, i) => (i === axis ? times : dim)),
      )
    const wide = t.expandDims(part, axis)
    const repeated = filledOrBroadcast(
      node,
      wide,
      wide.shape.map((dim, i) => (i === axis ? times : dim)),
    )
    return t.reshape(
      repeated,
      part.shape.map((dim, i) => (i === axis ? product([dim, times]) : dim)),
    )
  }, x)
}

function constant(node: ImportedNode): Held | undefined {
  const [integer, float, list, floats] = [
    node.int('value_int', Number.NaN),
    node.float('value_float', Number.NaN),
    node.ints('value_ints'),
    node.floats('value_floats'),
  ]
  const value = node.array('value')
  if (value !== undefined) return value
  if (floats !== undefined && floats.length > 0)
    return { dtype: 'float32', shape: [floats.length], data: Float32Array.from(floats) }
  if (list !== undefined && list.length > 0) return integers(list)
  if (!Number.isNaN(integer)) return integers([integer], [])
  return Number.isNaN(float) ? undefined : scalar(float, 'float32')
}

function constantOfShape(node: ImportedNode): Tensor {
  const value = node.array('value') ?? scalar(0, 'float32')
  return node.sizes.filled({ ...value, shape: [] } as NDArray, node.dims(0) ?? [])
}

/** Known ends, or as many as an input has along an axis. */
function range(node: ImportedNode): Tensor {
  const { dtype } = node.tensor(0)
  const [start, end, step] = [0, 1, 2].map((i) => node.dims(i)![0]!) as [Dim, Dim, Dim]
  if (typeof start === 'number' && typeof end === 'number' && typeof step === 'number') {
    const count = Math.max(0, Math.ceil((end - start) / step))
    const values = Array.from({ length: count }, (_, i) => start + i * step)
    return t.cast(integersOrFloats(values, dtype), dtype)
  }
  const indices = start === 0 && step === 1 ? node.sizes.indices(end) : undefined
  if (indices === undefined)
    throw node.fault(`a range from ${start} to ${end} by ${step} has no length that is known.`)
  return t.cast(indices, dtype)
}

const integersOrFloats = (values: readonly number[], dtype: Tensor['dtype']): NDArray =>
  dtype.startsWith('float')
    ? { dtype: 'float64', shape: [values.length], data: Float64Array.from(values) }
    : integers(values)

/** Where numbers that are known are not 0, an axis a row. */
function nonZero(node: ImportedNode): NDArray {
  const { shape: lengths, data } = node.known(0)!
  const found: number[] = []
  data.forEach((value, i) => {
    if (value !== 0) found.push(i)
  })
  const rows = lengths.map((length, axis) => {
    const stride = sizeOf(lengths.slice(axis + 1))
    return found.map((i) => Math.floor(i / stride) % length)
  })
  return integers(rows.flat(), [lengths.length, found.length])
}

function split(node: ImportedNode): Results {
  const x = node.tensor(0)
  const axis = fromFront(node.int('axis', 0), x.shape.length)
  const given = node.integersAt('split', 1)
  if (given !== undefined) return t.split(x, given, axis)
  const length = x.shape[axis]
  if (typeof length !== 'number') throw node.fault(`axis ${axis} has no known length to split.`)
  const parts = node.int('num_outputs', node.outputCount)
  const most = Math.ceil(length / parts)
  return t.split(
    x,
    Array.from({ length: parts }, (_, i) => Math.min(most, length - i * most)),
    axis,
  )
}

/** r × r blocks of channels become blocks of space. */
function depthToSpace(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const [batch, channels, height, width] = x.shape as [Dim, number, Dim, Dim]
  const block = node.int('blocksize', 1)
  const rest = channels / block ** 2
  const byColumns = node.text('mode', 'DCR') === 'CRD'
  const parts = byColumns
    ? t.reshape(x, [batch, rest, block, block, height, width])
    : t.reshape(x, [batch, block, block, rest, height, width])
  const moved = t.transpose(parts, byColumns ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2])
  return t.reshape(moved, [batch, rest, product([height, block]), product([width, block])])
}

function spaceToDepth(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const [batch, channels, height, width] = x.shape as [Dim, Dim, number, number]
  const block = node.int('blocksize', 1)
  const [rows, columns] = [height / block, width / block]
  const parts = t.reshape(x, [batch, channels, rows, block, columns, block])
  return t.reshape(t.transpose(parts, [0, 3, 5, 1, 2, 4]), [
    batch,
    product([channels, block ** 2]),
    rows,
    columns,
  ])
}

/** The triangle of each matrix, zeros elsewhere. */
function triangle(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const offset = node.known(1)?.data[0] ?? 0
  const rows = t.expandDims(t.iota(x, -2), 1)
  const columns = t.iota(x, -1)
  const diagonal = t.add(rows, scalar(offset, 'int32'))
  const kept = node.int('upper', 1) === 1 ? t.lessEqual(diagonal, columns) : t.lessEqual(columns, diagonal)
  return t.where(kept, x, scalar(0, x.dtype))
}

/** The matrix of ones on a diagonal, of the size of x. */
function eyeLike(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const rows = t.expandDims(t.iota(x, 0), 1)
  const on = t.equal(t.add(rows, scalar(node.int('k', 0), 'int32')), t.iota(x, 1))
  const types = { 1: 'float32', 6: 'int32', 7: 'int32', 9: 'bool', 11: 'float64' } as const
  return t.cast(on, types[node.int('dtype', 0) as 1] ?? x.dtype)
}

export const shapeOperators: OperatorRules = {
  Reshape: reshape,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Flatten: flatten,
  Transpose: (node) => t.transpose(node.tensor(0), node.ints('perm')),
  Shape: shape,
  Size: (node) => sizes([product(node.tensor(0).shape)], true),
  Expand: expand,
  Tile: tile,
  Concat: (node) =>
    t.concat(
      node.inputs.map((_, i) => node.tensor(i)).filter(({ shape: own }) => !isEmpty(own)),
      node.int('axis', 1),
    ),
  Split: split,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  NonZero: nonZero,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Trilu: triangle,
  EyeLike: eyeLike,
}

/** Lists without elements join nothing; exporters write them for empty sizes. */
const isEmpty = (own: Shape): boolean => isStatic(own) && own.length === 1 && own[0] === 0
