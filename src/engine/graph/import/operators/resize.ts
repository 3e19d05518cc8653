// Images in another size: each element of the result is a weighted sum of a few of the original, axis by axis.
import { type Dim, product } from '../../dims.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import { array } from '../../array.js'
import { integers } from '../held.js'
import type { ImportedNode, OperatorRules } from '../node.js'

/** How one axis changes. */
interface Axis {
  readonly axis: number
  readonly from: number
  readonly to: number
  readonly scale: number
}

/** For each element of the result: which one it takes, and how much of it; undefined: all. */
interface Tap {
  readonly indices: readonly number[]
  readonly weights?: readonly number[]
}

function resize(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const axes = changedAxes(node, x)
  return axes.reduce((part: Tensor, one) => resizeAxis(node, part, one), x)
}

/** Scales come first in version 10, after a region of interest from 11 on, with sizes in their place or behind them. */
function changedAxes(node: ImportedNode, x: Tensor): Axis[] {
  const modern = node.opset >= 11
  const scales = node.floats('scales') ?? numbers(node, modern ? 2 : 1)
  const axes = node.ints('axes') ?? x.shape.map((_, i) => i)
  const lengths = axes.map((axis) => x.shape.at(axis)!)
  const { sizes, common }: AskedSizes = modern ? askedSizes(node, lengths) : {}
  if (node.int('antialias', 0) === 1)
    throw node.fault('smaller images with antialias are not carried. Export the model without it.')
  return axes.flatMap((given, i): Axis[] => {
    const axis = given < 0 ? given + x.shape.length : given
    const from = x.shape[axis]!
    const size = sizes !== undefined && sizes.length > 0 ? sizes[i]! : undefined
    if (size === from || scales?.[i] === 1) return []
    if (typeof from !== 'number' || typeof size === 'string')
      throw node.fault(
        `axis ${axis} of [${x.shape.join(', ')}] has no known length. Fix it with the option shapes.`,
      )
    const to = size ?? Math.floor(from * scales![i]!)
    return [{ axis, from, to, scale: size === undefined ? scales![i]! : (common ?? to / from) }]
  })
}

interface AskedSizes {
  readonly sizes?: readonly Dim[] | undefined
  /** One scale for all axes. */
  readonly common?: number
}

/** Sizes that are asked for; from version 18 on they may be limits that keep the proportions. */
function askedSizes(node: ImportedNode, from: readonly Dim[]): AskedSizes {
  const sizes = node.dims(3)
  const policy = node.text('keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch' || sizes === undefined || sizes.length === 0) return { sizes }
  const scales = sizes.map((size, i) => Number(size) / Number(from[i]))
  const common = policy === 'not_larger' ? Math.min(...scales) : Math.max(...scales)
  return { sizes: from.map((size) => Math.round(common * Number(size))), common }
}

const numbers = (node: ImportedNode, i: number): readonly number[] | undefined => {
  const data = node.inputs[i] === undefined ? undefined : node.known(i)?.data
  return data === undefined || data.length === 0 ? undefined : Array.from(data)
}

function resizeAxis(node: ImportedNode, x: Tensor, change: Axis): Tensor {
  const { axis, from, to } = change
  const mode = node.text('mode', 'nearest')
  const taps = tapsOf(node, mode, change)
  const times = to / from
  const repeats = taps[0]!.indices.every((index, i) => index === Math.floor(i / times))
  if (taps.length === 1 && Number.isInteger(times) && repeats) return repeated(x, axis, times)
  const parts = taps.map(({ indices, weights }): Tensor => {
    const found = t.gather(x, integers(indices), axis)
    if (weights === undefined) return found
    const shape = x.shape.map((_, i) => (i === axis ? to : 1))
    return t.mul(found, t.cast(array(weights, { shape }), x.dtype))
  })
  return parts.reduce((a, b) => t.add(a, b))
}

/** Each element so many times: cheaper than by indices, and its gradient is a plain sum. */
function repeated(x: Tensor, axis: number, times: number): Tensor {
  const wide = t.expandDims(x, axis + 1)
  const shape = wide.shape.map((dim, i): Dim => (i === axis + 1 ? times : dim))
  return t.reshape(
    t.broadcastTo(wide, shape),
    x.shape.map((dim, i) => (i === axis ? product([dim, times]) : dim)),
  )
}

function tapsOf(node: ImportedNode, mode: string, change: Axis): Tap[] {
  const places = Array.from({ length: change.to }, (_, i) => placeOf(node, i, change))
  const inside = (i: number): number => Math.min(change.from - 1, Math.max(0, i))
  if (mode === 'nearest') {
    const rounding = node.opset >= 11 ? node.text('nearest_mode', 'round_prefer_floor') : 'floor'
    return [{ indices: places.map((place) => inside(roundings[rounding]!(place))) }]
  }
  const low = places.map(Math.floor)
  const rest = places.map((place, i) => place - low[i]!)
  if (mode === 'linear')
    return [
      { indices: low.map(inside), weights: rest.map((part) => 1 - part) },
      { indices: low.map((i) => inside(i + 1)), weights: rest },
    ]
  if (mode !== 'cubic') throw node.fault(`the mode '${mode}' is not one that can be imported.`)
  const a = node.float('cubic_coeff_a', -0.75)
  return [-1, 0, 1, 2].map((offset) => ({
    indices: low.map((i) => inside(i + offset)),
    weights: rest.map((part) => cubic(Math.abs(offset - part), a)),
  }))
}

/** @see Keys 1981, doi:10.1109/TASSP.1981.1163711 */
function cubic(x: number, a: number): number {
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1
  return x < 2 ? ((x - 5) * x + 8) * x * a - 4 * a : 0
}

/** Where an element of the result stands on the original axis. */
function placeOf(node: ImportedNode, i: number, { from, to, scale }: Axis): number {
  const otherwise = node.opset >= 11 ? 'half_pixel' : 'asymmetric'
  const mode = node.text('coordinate_transformation_mode', otherwise)
  // Where a place is nearly whole, its rounding depends on the width of the numbers: the runtime has float32.
  const middle = f(f(i + 0.5) / f(scale))
  const half = f(middle - 0.5)
  if (mode === 'asymmetric') return f(i / f(scale))
  if (mode === 'align_corners') return to === 1 ? 0 : f(f(i * (from - 1)) / (to - 1))
  if (mode === 'pytorch_half_pixel') return to > 1 ? half : 0
  if (mode === 'half_pixel') return half
  if (mode !== 'half_pixel_symmetric') throw node.fault(`places by '${mode}' cannot be imported.`)
  // The result is cut to whole elements: what is cut is taken from both ends alike.
  const adjustment = f(to / f(f(scale) * from))
  const offset = f(f(from / 2) * f(1 - adjustment))
  return f(f(offset + middle) - 0.5)
}

const f = Math.fround

const roundings: Readonly<Record<string, (place: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
}

export const resizeOperators: OperatorRules = { Resize: resize, Upsample: resize }
