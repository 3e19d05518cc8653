// Convolutions, pooling and resizing over one or two spatial axes: [batch, channels, …spatial].
import { sizeOf, t, type Tensor } from '../../../engine/graph/index.js'
import { byInputs, type Initializer } from '../initializers.js'
import { type Layer, ofKind } from '../scope.js'

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

function convolution(rank: number) {
  return (filters: number, kernel: number | readonly number[], options: ConvLayerOptions = {}): Layer =>
    ofKind(`conv${rank}d`, (x, scope) => {
      const sizes = each(kernel, rank)
      const dilations = each(options.dilation ?? 1, rank)
      const groups = options.groups ?? 1
      const shape = [filters, Number(x.shape[1]) / groups, ...sizes]
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
  return (
    filters: number,
    kernel: number | readonly number[],
    options: ConvTransposeLayerOptions = {},
  ): Layer =>
    ofKind(`convTranspose${rank}d`, (x, scope) => {
      const groups = options.groups ?? 1
      const shape = [Number(x.shape[1]), filters / groups, ...each(kernel, rank)]
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

const poolOptions = ({ stride, padding = 0 }: PoolLayerOptions) => ({
  ...(stride === undefined ? {} : { strides: stride }),
  padding,
})

/** The largest of each window. */
export const maxPool = (window: number | readonly number[], options: PoolLayerOptions = {}): Layer =>
  ofKind('maxPool', (x) => t.maxPool(x, window, poolOptions(options)))

/** The mean of each window, padding included. */
export const averagePool = (window: number | readonly number[], options: PoolLayerOptions = {}): Layer =>
  ofKind('averagePool', (x) => t.averagePool(x, window, poolOptions(options)))

const spatialAxes = (x: Tensor): number[] => x.shape.slice(2).map((_, i) => i + 2)

/** The mean over all spatial axes: [batch, channels]. */
export const globalAveragePool: Layer = ofKind('globalAveragePool', (x) =>
  t.mean(x, { axes: spatialAxes(x) }),
)
/** The largest over all spatial axes: [batch, channels]. */
export const globalMaxPool: Layer = ofKind('globalMaxPool', (x) => t.max(x, { axes: spatialAxes(x) }))

type Reduce = (x: Tensor, options: { readonly axes: number; readonly keepDims: boolean }) => Tensor

const adaptivePool =
  (kind: string, reduce: Reduce) =>
  (lengths: number | readonly number[]): Layer =>
    ofKind(kind, (x) => {
      const targets = each(lengths, x.shape.length - 2)
      return targets.reduce((h, target, i) => adaptAxis(h, { axis: i + 2, target, reduce }), x)
    })

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
export const upsample = (factor: number): Layer =>
  ofKind('upsample', (x) => {
    const [batch, channels, ...spatial] = x.shape
    const apart = t.reshape(x, [batch!, channels!, ...spatial.flatMap((dim) => [dim, 1])])
    const wide = t.broadcastTo(apart, [batch!, channels!, ...spatial.flatMap((dim) => [dim, factor])])
    return t.reshape(wide, [batch!, channels!, ...spatial.map((dim) => Number(dim) * factor)])
  })
