// Convolutions and pooling: everything that passes a window over spatial axes.
import { type NDArray, sizeOf } from '../array.js'
import type { ConvParams, PoolParams, PrimitiveParams, WindowParams } from '../primitives.js'
import type { Rules } from './rule.js'
import { blank, stridesOf } from './strides.js'

interface Pass {
  /** Spatial sizes of what the window passes over, of the window, and of what it leaves. */
  readonly over: readonly number[]
  readonly window: readonly number[]
  readonly out: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly padding: readonly (readonly [number, number])[]
}

/** Calls back for each place of the window and each element in it that is not padding. */
function eachContact(pass: Pass, visit: (out: number, over: number, window: number) => void): void {
  const strides = stridesOf(pass.over)
  const indices = (shape: readonly number[]): number[][] => {
    const own = stridesOf(shape)
    return Array.from({ length: sizeOf(shape) }, (_, i) =>
      shape.map((length, axis) => Math.floor(i / own[axis]!) % length),
    )
  }
  const windows = indices(pass.window)
  indices(pass.out).forEach((place, out) =>
    windows.forEach((offset, window) => {
      let at = 0
      for (let axis = 0; axis < place.length; axis++) {
        const i =
          place[axis]! * pass.strides[axis]! - pass.padding[axis]![0] + offset[axis]! * pass.dilations[axis]!
        if (i < 0 || i >= pass.over[axis]!) return
        at += i * strides[axis]!
      }
      visit(out, at, window)
    }),
  )
}

interface ConvShapes {
  readonly x: readonly number[]
  readonly w: readonly number[]
  readonly y: readonly number[]
}

/** Calls back for each product of a convolution: where its factors and its sum stand. */
function eachProduct(
  { x, w, y }: ConvShapes,
  params: ConvParams,
  visit: (x: number, w: number, y: number) => void,
): void {
  const pass: Pass = { ...params, over: x.slice(2), window: w.slice(2), out: y.slice(2) }
  const [over, window, out] = [pass.over, pass.window, pass.out].map(sizeOf) as [number, number, number]
  const contacts: [number, number, number][] = []
  eachContact(pass, (...contact) => contacts.push(contact))
  const [batch, channels] = x as [number, number]
  const [filters, perGroup] = w as [number, number]
  const filtersPerGroup = filters / params.groups
  for (let n = 0; n < batch; n++)
    for (let f = 0; f < filters; f++)
      for (let c = 0; c < perGroup; c++) {
        const channel = Math.floor(f / filtersPerGroup) * perGroup + c
        for (const [o, i, k] of contacts)
          visit(
            (n * channels + channel) * over + i,
            (f * perGroup + c) * window + k,
            (n * filters + f) * out + o,
          )
      }
}

/** Sums in float64, whatever the type of the arrays. */
function summed(
  dtype: NDArray['dtype'],
  shape: readonly number[],
  fill: (sums: Float64Array) => void,
): NDArray {
  const sums = new Float64Array(sizeOf(shape))
  fill(sums)
  const result = blank(dtype, shape)
  result.data.set(sums)
  return result
}

function outSizes(
  shape: readonly number[],
  params: PoolParams & { readonly dilations?: readonly number[] },
): number[] {
  return shape.slice(2).map((length, i) => {
    const span = (params.window[i]! - 1) * (params.dilations?.[i] ?? 1) + 1
    return (
      Math.floor((length + params.padding[i]![0] + params.padding[i]![1] - span) / params.strides[i]!) + 1
    )
  })
}

interface Pool {
  readonly shape: readonly number[]
  /** Calls back for each contact of all channels. */
  each(visit: (out: number, over: number) => void): void
}

function pooling(shape: readonly number[], params: PoolParams): Pool {
  const out = outSizes(shape, params)
  const pass: Pass = { ...params, over: shape.slice(2), out, dilations: out.map(() => 1) }
  const [over, outSize] = [sizeOf(pass.over), sizeOf(out)]
  return {
    shape: [shape[0]!, shape[1]!, ...out],
    each(visit) {
      for (let channel = 0; channel < shape[0]! * shape[1]!; channel++)
        eachContact(pass, (o, i) => visit(channel * outSize + o, channel * over + i))
    },
  }
}

/** For each window, where its largest element stands: the first of equal ones. */
function largest(
  x: NDArray,
  params: PoolParams,
): { readonly shape: readonly number[]; readonly where: Int32Array } {
  const pool = pooling(x.shape, params)
  const where = new Int32Array(sizeOf(pool.shape)).fill(-1)
  pool.each((out, over) => {
    if (where[out] === -1 || x.data[over]! > x.data[where[out]!]!) where[out] = over
  })
  return { shape: pool.shape, where }
}

function gathered(x: NDArray, z: NDArray, params: PoolParams): NDArray {
  const { shape, where } = largest(x, params)
  const result = blank(z.dtype, shape)
  for (let i = 0; i < where.length; i++) result.data[i] = z.data[where[i]!]!
  return result
}

const windowSize = ({ window }: PoolParams): number => sizeOf(window)

export const windowRules: Rules<keyof WindowParams> = {
  conv([x, w], params) {
    const shape = [
      x!.shape[0]!,
      w!.shape[0]!,
      ...outSizes(x!.shape, { ...params, window: w!.shape.slice(2) }),
    ]
    return [
      summed(x!.dtype, shape, (y) =>
        eachProduct(
          { x: x!.shape, w: w!.shape, y: shape },
          params,
          (i, k, o) => (y[o]! += x!.data[i]! * w!.data[k]!),
        ),
      ),
    ]
  },
  convTranspose([y, w], params: PrimitiveParams['convTranspose']) {
    const shape = [y!.shape[0]!, w!.shape[1]! * params.groups, ...params.spatial]
    return [
      summed(y!.dtype, shape, (x) =>
        eachProduct(
          { x: shape, w: w!.shape, y: y!.shape },
          params,
          (i, k, o) => (x[i]! += y!.data[o]! * w!.data[k]!),
        ),
      ),
    ]
  },
  convFilter([x, y], params) {
    const shape = [y!.shape[1]!, x!.shape[1]! / params.groups, ...params.kernel]
    return [
      summed(x!.dtype, shape, (w) =>
        eachProduct(
          { x: x!.shape, w: shape, y: y!.shape },
          params,
          (i, k, o) => (w[k]! += x!.data[i]! * y!.data[o]!),
        ),
      ),
    ]
  },
  maxPool: ([x], params) => [gathered(x!, x!, params)],
  maxPoolGather: ([x, z], params) => [gathered(x!, z!, params)],
  maxPoolScatter([x, y], params) {
    const { where } = largest(x!, params)
    return [summed(x!.dtype, x!.shape, (sums) => where.forEach((at, out) => (sums[at]! += y!.data[out]!)))]
  },
  averagePool([x], params) {
    const pool = pooling(x!.shape, params)
    const share = 1 / windowSize(params)
    return [
      summed(x!.dtype, pool.shape, (sums) =>
        pool.each((out, over) => (sums[out]! += x!.data[over]! * share)),
      ),
    ]
  },
  averagePoolTranspose([y], params) {
    const shape = [y!.shape[0]!, y!.shape[1]!, ...params.spatial]
    const pool = pooling(shape, params)
    const share = 1 / windowSize(params)
    return [
      summed(y!.dtype, shape, (sums) => pool.each((out, over) => (sums[over]! += y!.data[out]! * share))),
    ]
  },
}
