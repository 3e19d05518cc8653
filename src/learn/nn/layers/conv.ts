// Convolutions, pooling and resizing over one or two spatial axes: [batch, channels, …spatial].
import { custom, flag, integer, InvalidOptionError, UsageError } from '../../../base/index.js'
import { sizeOf, t, type Tensor } from '../../../engine/graph/index.js'
import { byInputs, type Initializer } from '../initializers.js'
import { type Layer, ofKind } from '../scope.js'
import { aFunction, checkLayer, count, counts, lengthOf, requireAxes } from './arguments.js'

/** Options of convolutions. */
export interface ConvLayerOptions {
  /** @default 1 */
  readonly stride?: number | readonly number[]
  /** @default 1 */
  readonly dilation?: number | readonly number[]
  /** Zeros on each side; 'same' keeps lengths at steps of 1. @default 0 */
  readonly padding?: number | 'same'
  /** @default 1 */
  readonly groups?: number
  /** @default true */
  readonly bias?: boolean
  /** @default U(± 1/√inputs) */
  readonly weightInitializer?: Initializer
}

const each = (value: number | readonly number[], rank: number): number[] =>
  typeof value === 'number' ? Array.from({ length: rank }, () => value) : [...value]

const perChannel = (bias: Tensor, rank: number): Tensor => t.reshape(bias, [-1, ...each(1, rank)])

/** For even spans the odd zero goes to the end, as in PyTorch. */
function sides(
  padding: number | 'same',
  kernel: readonly number[],
  dilation: readonly number[],
): (readonly [number, number])[] {
  return kernel.map((size, i) => {
    if (padding !== 'same') return [padding, padding]
    const total = (size - 1) * dilation[i]!
    return [Math.floor(total / 2), total - Math.floor(total / 2)]
  })
}

const padding = custom<number | 'same'>({
  default: 0,
  expected: "a whole number of at least 0, or 'same'",
  accepts: (value) => value === 'same' || (Number.isInteger(value) && (value as number) >= 0),
})
const zeros = integer({ min: 0, default: 0 })
const shared = {
  stride: counts,
  dilation: counts,
  groups: count,
  bias: flag({ default: true }),
  weightInitializer: aFunction,
}

const axesOf = (rank: number): string[] => ['batch', 'channels', ...['height', 'width'].slice(2 - rank)]

/** Channels and filters are divided among the groups. */
function channelsOf(
  who: string,
  x: Tensor,
  {
    rank,
    kernel,
    filters,
    groups,
  }: {
    readonly rank: number
    readonly kernel: number | readonly number[]
    readonly filters: number
    readonly groups: number
  },
): number {
  requireAxes(who, x, axesOf(rank))
  const channels = lengthOf(who, x, 1, 'number of channels')
  if (typeof kernel !== 'number' && kernel.length !== rank)
    throw new UsageError(
      `${who}: the kernel has ${kernel.length} sizes, expected ${rank}, one for each spatial axis.`,
      { argument: 'kernel' },
    )
  if (channels % groups === 0 && filters % groups === 0) return channels
  throw new UsageError(
    `${who}: ${channels} channels and ${filters} filters cannot be divided into ${groups} groups, expected multiples of ${groups}.`,
    { argument: 'groups' },
  )
}

function convolution(rank: number) {
  const who = `conv${rank}d`
  return (filters: number, kernel: number | readonly number[], options: ConvLayerOptions = {}): Layer => {
    checkLayer(who, { filters: [filters, count], kernel: [kernel, counts] }, options, { ...shared, padding })
    return ofKind(who, (x, scope) => {
      const sizes = each(kernel, rank)
      const dilations = each(options.dilation ?? 1, rank)
      const groups = options.groups ?? 1
      const channels = channelsOf(who, x, { rank, kernel, filters, groups })
      const shape = [filters, channels / groups, ...sizes]
      const inputs = sizeOf(shape.slice(1))
      const weight = scope.parameter('weight', shape, options.weightInitializer ?? byInputs(inputs))
      const y = t.conv(x, weight, {
        strides: options.stride ?? 1,
        dilations,
        padding: sides(options.padding ?? 0, sizes, dilations),
        groups,
      })
      if (options.bias === false) return y
      return t.add(y, perChannel(scope.parameter('bias', [filters], byInputs(inputs)), rank))
    })
  }
}

/**
 * A convolution over one axis: [batch, channels, length] become [batch, filters, new length]; weights are [filters,
 * channels / groups, kernel].
 */
export const conv1d = convolution(1)
/**
 * A convolution over two axes: [batch, channels, height, width] become [batch, filters, …]; weights are [filters,
 * channels / groups, height, width]. A length n becomes ⌊(n + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.
 *
 * @example
 * ```ts
 * const layer = conv2d(16, 3, { stride: 2, padding: 1 })
 * network(layer, spec('float32', ['batch', 3, 32, 32])).output.shape // => ['batch', 16, 16, 16]
 * ```
 */
export const conv2d = convolution(2)

/** Options of transposed convolutions. */
export interface ConvTransposeLayerOptions extends Omit<ConvLayerOptions, 'padding'> {
  /** @default 0 */
  readonly padding?: number
  /** Added to the length of the output at the end. @default 0 */
  readonly outputPadding?: number
}

function transposed(rank: number) {
  const who = `convTranspose${rank}d`
  return (
    filters: number,
    kernel: number | readonly number[],
    options: ConvTransposeLayerOptions = {},
  ): Layer => {
    const checks = { ...shared, padding: zeros, outputPadding: zeros }
    checkLayer(who, { filters: [filters, count], kernel: [kernel, counts] }, options, checks)
    return ofKind(who, (x, scope) => {
      const groups = options.groups ?? 1
      const channels = channelsOf(who, x, { rank, kernel, filters, groups })
      const shape = [channels, filters / groups, ...each(kernel, rank)]
      const inputs = sizeOf(shape.slice(1))
      const weight = scope.parameter('weight', shape, options.weightInitializer ?? byInputs(inputs))
      const y = t.convTranspose(x, weight, {
        strides: options.stride ?? 1,
        dilations: options.dilation ?? 1,
        padding: options.padding ?? 0,
        groups,
        outputPadding: options.outputPadding ?? 0,
      })
      if (options.bias === false) return y
      return t.add(y, perChannel(scope.parameter('bias', [filters], byInputs(inputs)), rank))
    })
  }
}

/** The transpose of a convolution over one axis; weights [channels, filters / groups, kernel]. */
export const convTranspose1d = transposed(1)
/**
 * The transpose of a convolution over two axes; weights [channels, filters / groups, height, width]. A length n becomes
 * (n − 1) · stride − 2 · padding + dilation · (kernel − 1) + outputPadding + 1.
 *
 * @see Zeiler et al. 2010, doi:10.1109/CVPR.2010.5539957
 */
export const convTranspose2d = transposed(2)

/** Options of pooling. */
export interface PoolLayerOptions {
  /** @default the window */
  readonly stride?: number | readonly number[]
  /** @default 0 */
  readonly padding?: number
}

type Pool = (
  x: Tensor,
  window: number | readonly number[],
  options: { readonly strides?: number | readonly number[]; readonly padding: number },
) => Tensor

const pooling =
  (who: string, pool: Pool) =>
  (window: number | readonly number[], options: PoolLayerOptions = {}): Layer => {
    checkLayer(who, { window: [window, counts] }, options, { stride: counts, padding: zeros })
    const { stride, padding: sidesOf = 0 } = options
    // More would make windows of nothing but padding.
    if (sidesOf > Math.min(...each(window, 1)) / 2)
      throw new InvalidOptionError(
        `${who}: option 'padding' must be at most half of the window; received ${sidesOf} for a window of ${each(window, 1).join(' × ')}.`,
        { option: 'padding', expected: 'at most half of the window', received: sidesOf },
      )
    const strides = stride === undefined ? {} : { strides: stride }
    return ofKind(who, (x) => {
      requireAxes(who, x, ['batch', 'channels', 'length', '…'])
      return pool(x, window, { ...strides, padding: sidesOf })
    })
  }

/** The largest of each window. */
export const maxPool = pooling('maxPool', t.maxPool)

/** The mean of each window, padding included. */
export const averagePool = pooling('averagePool', t.averagePool)

const spatialAxes = (x: Tensor): number[] => {
  requireAxes('global pooling', x, ['batch', 'channels', 'length', '…'])
  return x.shape.slice(2).map((_, i) => i + 2)
}

/** The mean over all spatial axes: [batch, channels]. */
export const globalAveragePool: Layer = ofKind('globalAveragePool', (x) =>
  t.mean(x, { axes: spatialAxes(x) }),
)
/** The largest over all spatial axes: [batch, channels]. */
export const globalMaxPool: Layer = ofKind('globalMaxPool', (x) => t.max(x, { axes: spatialAxes(x) }))

type Reduce = (x: Tensor, options: { readonly axes: number; readonly keepDims: boolean }) => Tensor

const adaptivePool =
  (kind: string, reduce: Reduce) =>
  (lengths: number | readonly number[]): Layer => {
    checkLayer(kind, { lengths: [lengths, counts] }, {}, {})
    return ofKind(kind, (x) => {
      const axes = typeof lengths === 'number' ? ['length', '…'] : lengths.map((_, i) => `length ${i + 1}`)
      requireAxes(kind, x, ['batch', 'channels', ...axes])
      const targets = each(lengths, x.shape.length - 2)
      targets.forEach((_, i) => lengthOf(kind, x, i + 2, 'length'))
      return targets.reduce((h, target, i) => adaptAxis(h, { axis: i + 2, target, reduce }), x)
    })
  }

/** The mean of windows so chosen that lengths become these; windows overlap where lengths are no multiples. */
export const adaptiveAveragePool = adaptivePool('adaptiveAveragePool', t.mean)
/** The largest of such windows. */
export const adaptiveMaxPool = adaptivePool('adaptiveMaxPool', t.max)

function adaptAxis(
  x: Tensor,
  { axis, target, reduce }: { readonly axis: number; readonly target: number; readonly reduce: Reduce },
): Tensor {
  const length = Number(x.shape[axis])
  if (length === target) return x
  const parts = Array.from({ length: target }, (_, i) => {
    const [start, end] = [Math.floor((i * length) / target), Math.ceil(((i + 1) * length) / target)]
    const ranges = x.shape.map((_dim, k) => (k === axis ? ([start, end] as const) : null))
    return reduce(t.slice(x, ranges), { axes: axis, keepDims: true })
  })
  return t.concat(parts, axis)
}

/** Each element repeated along every spatial axis: nearest neighbors. @param factor - a whole number from 1 */
export const upsample = (factor: number): Layer => {
  checkLayer('upsample', { factor: [factor, count] }, {}, {})
  return ofKind('upsample', (x) => {
    requireAxes('upsample', x, ['batch', 'channels', 'length', '…'])
    x.shape.slice(2).forEach((_, i) => lengthOf('upsample', x, i + 2, 'length'))
    const [batch, channels, ...spatial] = x.shape
    const apart = t.reshape(x, [batch!, channels!, ...spatial.flatMap((dim) => [dim, 1])])
    const wide = t.broadcastTo(apart, [batch!, channels!, ...spatial.flatMap((dim) => [dim, factor])])
    return t.reshape(wide, [batch!, channels!, ...spatial.map((dim) => Number(dim) * factor)])
  })
}
