// Elements by their indices.
import { type Dim, isStatic, product, sameShape, type Shape } from '../../dims.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import { full } from '../../creation.js'
import { integers, scalar } from '../held.js'
import type { ImportedNode, OperatorRules } from '../node.js'

const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** Where whole slices of the leading axes stand, when these axes are one: a place for each last axis of the indices. */
function flatPlaces(node: ImportedNode, indices: Tensor, lengths: readonly number[]): Tensor {
  const depth = lengths.length
  const parts = t.split(indices, depth, -1)
  const negative = (part: Tensor, length: number): Tensor =>
    t.where(t.less(part, 0), t.add(part, length), part)
  const place = parts
    .map((part, i) =>
      t.mul(
        negative(part, lengths[i]!),
        scalar(
          lengths.slice(i + 1).reduce((a, b) => a * b, 1),
          'int32',
        ),
      ),
    )
    .reduce((a, b) => t.add(a, b))
  return t.squeeze(place, [-1])
}

/** The lengths of the axes that indices go through, which must be known. */
function indexedLengths(node: ImportedNode, shape: Shape, from: number, indices: Tensor): readonly number[] {
  const depth = indices.shape.at(-1)
  const lengths = typeof depth === 'number' ? shape.slice(from, from + depth) : undefined
  if (lengths !== undefined && isStatic(lengths)) return lengths
  throw node.fault(`indices go through axes of [${shape.join(', ')}] whose lengths are not known.`)
}

function gatherND(node: ImportedNode): Tensor {
  const [x, indices] = [node.tensor(0), node.tensor(1)]
  const batch = node.int('batch_dims', 0)
  const lengths = indexedLengths(node, x.shape, batch, indices)
  const count = Number(product(lengths))
  const rest = x.shape.slice(batch + lengths.length)
  const places = flatPlaces(node, indices, lengths)
  if (batch === 0) return t.gather(t.reshape(x, [count, ...rest]), places)
  // All examples one after the other: the places of each are moved by those before it.
  const examples = product(x.shape.slice(0, batch))
  const own = t.reshape(places, [examples, product(places.shape.slice(batch))])
  const starts = t.expandDims(t.mul(t.iota(own, 0), scalar(count, 'int32')), 1)
  const found = t.gather(t.reshape(x, [product([examples, count]), ...rest]), t.add(own, starts))
  return t.reshape(found, [...indices.shape.slice(0, -1), ...rest])
}

/** New elements in place of old ones, or added to them. Places that come twice have no defined order in ONNX. */
function scattered(
  node: ImportedNode,
  x: Tensor,
  spread: (updates: Tensor) => Tensor,
  updates: Tensor,
): Tensor {
  const reduction = node.text('reduction', 'none')
  if (reduction === 'add') return t.add(x, spread(updates))
  if (reduction !== 'none')
    throw node.fault(`the reduction '${reduction}' has no operation here; 'none' and 'add' have.`)
  const places = spread(onesLike(updates))
  return t.where(t.greater(places, 0), spread(updates), x)
}

function onesLike(x: Tensor): Tensor {
  if (isStatic(x.shape)) return full(x.shape, 1, x.dtype)
  return t.add(t.mul(t.stopGradient(x), 0), 1)
}

function scatterElements(node: ImportedNode): Tensor {
  const [x, indices, updates] = [node.tensor(0), node.tensor(1), node.tensor(2)]
  const axis = fromFront(node.int('axis', 0), x.shape.length)
  // Along other axes there may be fewer indices than elements: the rest gets zeros.
  const shape = indices.shape.map((dim, i): Dim => (i === axis ? x.shape[i]! : dim))
  const rest = shape.map((dim, i) => [0, dim === x.shape[i] ? 0 : Number(x.shape[i]) - Number(dim)] as const)
  const spread = (values: Tensor): Tensor => {
    const part = t.scatterAlong(indices, values, { axis, shape })
    return sameShape(shape, x.shape) ? part : t.pad(part, rest)
  }
  return scattered(node, x, spread, updates)
}

function gatherElements(node: ImportedNode): Tensor {
  const [x, indices] = [node.tensor(0), node.tensor(1)]
  const axis = fromFront(node.int('axis', 0), x.shape.length)
  // Along other axes there may be fewer indices than elements: the rest is not read.
  const ranges = x.shape.map((dim, i): [number, number] | null =>
    i === axis || dim === indices.shape[i] ? null : [0, Number(indices.shape[i])],
  )
  const part = ranges.every((range) => range === null) ? x : t.slice(x, ranges)
  return t.takeAlong(part, indices, axis)
}

function scatterND(node: ImportedNode): Tensor {
  const [x, indices, updates] = [node.tensor(0), node.tensor(1), node.tensor(2)]
  const lengths = indexedLengths(node, x.shape, 0, indices)
  const rest = x.shape.slice(lengths.length)
  const places = t.reshape(flatPlaces(node, indices, lengths), [-1])
  const rows: Shape = [Number(product(lengths)), ...rest]
  const flat = t.reshape(updates, [places.shape[0]!, ...rest])
  const result = scattered(
    node,
    t.reshape(x, rows),
    (values) => t.scatterAdd(places, values, { shape: rows }),
    flat,
  )
  return t.reshape(result, x.shape)
}

function oneHot(node: ImportedNode): Tensor {
  const indices = t.cast(node.tensor(0), 'int32')
  const depth = Number(node.dims(1)![0])
  const [off, on] = t.split(node.tensor(2), 2, 0) as [Tensor, Tensor]
  const axis = fromFront(node.int('axis', -1), indices.shape.length + 1)
  const wide = t.expandDims(t.where(t.less(indices, 0), t.add(indices, depth), indices), axis)
  const line = wide.shape.map((_, i): Dim => (i === axis ? depth : 1))
  const classes = t.reshape(integers(Array.from({ length: depth }, (_, i) => i)), line)
  return t.where(t.equal(wide, classes), t.reshape(on, []), t.reshape(off, []))
}

/** The part of each row that a condition names, which must be known: it decides the length. */
function compress(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const kept = Array.from(node.known(1)!.data).flatMap((value, i) => (value === 0 ? [] : [i]))
  const axis = node.int('axis', Number.NaN)
  return Number.isNaN(axis) ? t.gather(t.reshape(x, [-1]), integers(kept)) : t.gather(x, integers(kept), axis)
}

/** Each sequence from its end, as long as it is; the rest stays. */
function reverseSequence(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const [batchAxis, timeAxis] = [node.int('batch_axis', 1), node.int('time_axis', 0)]
  const rows = t.transpose(x, [batchAxis, timeAxis, ...x.shape.map((_, i) => i).filter((i) => i > 1)])
  const lengths = t.expandDims(node.tensor(1), 1)
  const places = t.expandDims(t.iota(rows, 1), 0)
  const turned = t.where(t.less(places, lengths), t.sub(t.sub(lengths, 1), places), places)
  const shape = rows.shape.map((dim, i): Dim => (i < 2 ? dim : 1))
  // One index for each element: the same for all that follow the two axes.
  const all = t.add(t.reshape(turned, shape), t.mul(t.cast(t.stopGradient(rows), 'int32'), 0))
  const found = t.takeAlong(rows, all, 1)
  return batchAxis === 0
    ? found
    : t.transpose(found, [1, 0, ...x.shape.map((_, i) => i).filter((i) => i > 1)])
}

export const indexOperators: OperatorRules = {
  Gather: (node) => t.gather(node.tensor(0), node.tensor(1), node.int('axis', 0)),
  GatherElements: gatherElements,
  GatherND: gatherND,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  OneHot: oneHot,
  Compress: compress,
  ReverseSequence: reverseSequence,
}
