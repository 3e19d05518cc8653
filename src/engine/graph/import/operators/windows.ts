// What passes a window over spatial axes.
import type { NDArray } from '../../array.js'
import { full } from '../../creation.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'
import { padded } from './slices.js'

type Sides = readonly (readonly [number, number])[]

interface Windows {
  readonly window: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: Sides
}

/** Spatial sizes, which must be known. */
function spatialOf(node: ImportedNode, x: Tensor): readonly number[] {
  const lengths = x.shape.slice(2)
  if (lengths.every((length) => typeof length === 'number')) return lengths
  throw node.fault(
    `the spatial sizes of [${x.shape.join(', ')}] must be known. Fix them with the option shapes.`,
  )
}

const sidesOf = (pads: readonly number[]): Sides => {
  const rank = pads.length / 2
  return Array.from({ length: rank }, (_, i) => [pads[i]!, pads[i + rank]!] as const)
}

/** What is missing goes half to each side; SAME_LOWER puts the odd one first. */
const shared = (total: number, lower: boolean): readonly [number, number] => {
  const low = Math.trunc((total + (lower ? 1 : 0)) / 2)
  return [low, total - low]
}

function windowsOf(node: ImportedNode, x: Tensor, window: readonly number[]): Windows {
  const lengths = spatialOf(node, x)
  const strides = node.ints('strides') ?? window.map(() => 1)
  const dilations = node.ints('dilations') ?? window.map(() => 1)
  const auto = node.text('auto_pad', 'NOTSET')
  const padding = auto.startsWith('SAME')
    ? lengths.map((length, i) => {
        const count = Math.ceil(length / strides[i]!)
        const missing = (span: number): number => (count - 1) * strides[i]! + span - length
        // The runtime pads pools by less than nothing, and leaves the steps inside of windows out: so do its results.
        const total =
          node.operator === 'Conv'
            ? Math.max(0, missing((window[i]! - 1) * dilations[i]! + 1))
            : missing(window[i]!)
        return shared(total, auto === 'SAME_LOWER')
      })
    : sidesOf((auto === 'VALID' ? undefined : node.ints('pads')) ?? window.flatMap(() => [0, 0]))
  return { window, strides, dilations, padding }
}

const kernelOf = (w: Tensor): number[] => w.shape.slice(2).map(Number)

const withBias = (y: Tensor, bias: Tensor | undefined): Tensor =>
  bias === undefined
    ? y
    : t.add(y, t.reshape(bias, [Number(bias.shape[0]), ...y.shape.slice(2).map(() => 1)]))

function conv(node: ImportedNode): Tensor {
  const [x, w] = [node.tensor(0), node.tensor(1)]
  const { strides, dilations, padding } = windowsOf(node, x, kernelOf(w))
  const groups = node.int('group', 1)
  return withBias(t.conv(x, w, { strides, dilations, padding, groups }), node.optional(2))
}

function convTranspose(node: ImportedNode): Tensor {
  const [x, w] = [node.tensor(0), node.tensor(1)]
  const kernel = kernelOf(w)
  const strides = node.ints('strides') ?? kernel.map(() => 1)
  const dilations = node.ints('dilations') ?? kernel.map(() => 1)
  const around = transposedSides(node, spatialOf(node, x), { window: kernel, strides, dilations })
  const y = t.convTranspose(x, w, { strides, dilations, groups: node.int('group', 1), ...around })
  return withBias(y, node.optional(2))
}

/** Padding that is cut from the result and room that is added to it; where the size of the result is given, what it takes. */
function transposedSides(
  node: ImportedNode,
  lengths: readonly number[],
  { window, strides, dilations }: Omit<Windows, 'padding'>,
): { readonly padding: Sides; readonly outputPadding: readonly number[] } {
  const outputPadding = node.ints('output_padding') ?? window.map(() => 0)
  const auto = node.text('auto_pad', 'NOTSET')
  const same = auto.startsWith('SAME') ? lengths.map((length, i) => length * strides[i]!) : undefined
  const shape = node.ints('output_shape')?.slice(-window.length)
  const wanted = shape ?? same
  if (wanted === undefined) {
    const pads = auto === 'VALID' ? undefined : node.ints('pads')
    return { padding: sidesOf(pads ?? window.flatMap(() => [0, 0])), outputPadding }
  }
  const spare = wanted.map((size, i) => {
    const span = (window[i]! - 1) * dilations[i]! + 1
    return (lengths[i]! - 1) * strides[i]! + outputPadding[i]! + span - size
  })
  const open = spare.findIndex((total, i) => -total >= strides[i]!)
  if (shape !== undefined && open >= 0)
    throw node.fault(`no windows give an axis of ${shape[open]} from one of ${lengths[open]}.`)
  return {
    padding: spare.map((total) => shared(Math.max(0, total), auto !== 'SAME_UPPER')),
    outputPadding:
      shape === undefined ? outputPadding : outputPadding.map((extra, i) => extra + Math.max(0, -spare[i]!)),
  }
}

/** Room after the axis, so that a window that is only begun counts too, unless it begins in the room itself. */
function ceilRoom({ window, strides, dilations, padding }: Windows, lengths: readonly number[]): number[] {
  return lengths.map((length, i) => {
    const span = (window[i]! - 1) * dilations[i]! + 1
    const [low, high] = padding[i]!
    let count = Math.ceil((length + low + high - span) / strides[i]!) + 1
    if ((count - 1) * strides[i]! >= length + low) count--
    return Math.max(0, (count - 1) * strides[i]! + span - length - low - high)
  })
}

const widened = (padding: Sides, room: readonly number[]): Sides =>
  padding.map(([low, high], i) => [low, high + room[i]!] as const)

interface Pool extends Windows {
  readonly x: Tensor
  readonly room: readonly number[]
}

/** What is padded by less than nothing is cut first. */
function trimmed(x: Tensor, padding: Sides): { readonly x: Tensor; readonly padding: Sides } {
  if (padding.every(([low, high]) => low >= 0 && high >= 0)) return { x, padding }
  const cuts = padding.map(([low, high]) => [Math.min(0, low), Math.min(0, high)] as const)
  return {
    x: t.pad(x, [[0, 0], [0, 0], ...cuts]),
    padding: padding.map(([low, high]) => [Math.max(0, low), Math.max(0, high)] as const),
  }
}

function poolOf(node: ImportedNode): Pool {
  const windows = windowsOf(node, node.tensor(0), node.ints('kernel_shape') ?? [])
  const { x, padding } = trimmed(node.tensor(0), windows.padding)
  const pool = { ...windows, padding }
  const ceil = node.int('ceil_mode', 0) === 1 && node.text('auto_pad', 'NOTSET') === 'NOTSET'
  const room = ceil ? ceilRoom(pool, spatialOf(node, x)) : windows.window.map(() => 0)
  return { ...pool, x, room }
}

function maxPool(node: ImportedNode): Results {
  if (node.asksFor(1)) throw node.fault('the places of the largest elements (output 1) are not carried.')
  const pool = poolOf(node)
  const padding = widened(pool.padding, pool.room)
  if (pool.dilations.every((step) => step === 1))
    return t.maxPool(pool.x, pool.window, { strides: pool.strides, padding })
  const wide = padded(pool.x, [[0, 0], [0, 0], ...padding], -3.4028234663852886e38)
  return elementsOf(node, wide, pool).reduce((a, b) => t.maximum(a, b))
}

/** For each place in the window, the elements that stand there. */
function elementsOf(node: ImportedNode, x: Tensor, { window, strides, dilations }: Windows): Tensor[] {
  const places = window.reduce<number[][]>(
    (lists, size) => lists.flatMap((list) => Array.from({ length: size }, (_, i) => [...list, i])),
    [[]],
  )
  return places.map((place) => {
    const ranges = place.map((offset, i): [number, number, number] => {
      const span = (window[i]! - 1) * dilations[i]! + 1
      const count = Math.floor((Number(x.shape[i + 2]) - span) / strides[i]!) + 1
      if (count < 1)
        throw node.fault(`the window of ${span} is larger than the padded axis of ${x.shape[i + 2]}.`)
      const start = offset * dilations[i]!
      return [start, start + (count - 1) * strides[i]! + 1, strides[i]!]
    })
    return t.slice(x, [null, null, ...ranges])
  })
}

/** Means of all places of the window, then corrected by how many of them count. */
function averagePool(node: ImportedNode): Tensor {
  const pool = poolOf(node)
  const padding = widened(pool.padding, pool.room)
  const plain = meansOf(node, pool, padding)
  if (padding.every(([low, high]) => low === 0 && high === 0)) return plain
  const share = countedShare(node, pool) as NDArray
  const all = share.data.every((value) => Math.abs(value - 1) < 1e-9)
  return all ? plain : t.div(plain, t.cast(share, plain.dtype))
}

function meansOf(node: ImportedNode, { x, ...pool }: Pool, padding: Sides): Tensor {
  const { window, strides, dilations } = pool
  if (dilations.every((step) => step === 1)) return t.averagePool(x, window, { strides, padding })
  const elements = elementsOf(node, t.pad(x, [[0, 0], [0, 0], ...padding]), pool)
  return t.mul(
    elements.reduce((a, b) => t.add(a, b)),
    1 / elements.length,
  )
}

/** The share of each window that counts: padding does when the node says so, the room of unfinished windows never. */
function countedShare(node: ImportedNode, pool: Pool): Tensor {
  const lengths = spatialOf(node, pool.x)
  const ones = (sizes: readonly number[]): NDArray => full([1, 1, ...sizes], 1, 'float64')
  if (node.int('count_include_pad', 0) === 0)
    return meansOf(node, { ...pool, x: ones(lengths) }, widened(pool.padding, pool.room))
  const grown = lengths.map((length, i) => length + pool.padding[i]![0] + pool.padding[i]![1])
  const room = pool.room.map((size) => [0, size] as const)
  return meansOf(node, { ...pool, x: ones(grown) }, room)
}

const overSpace = (x: Tensor): { axes: number[]; keepDims: true } => ({
  axes: x.shape.map((_, i) => i).filter((i) => i >= 2),
  keepDims: true,
})

export const windowOperators: OperatorRules = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (node) => t.mean(node.tensor(0), overSpace(node.tensor(0))),
  GlobalMaxPool: (node) => t.max(node.tensor(0), overSpace(node.tensor(0))),
}
