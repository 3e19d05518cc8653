// Normalization.
import { t, type Tensor } from '../../../engine/graph/index.js'
import { flag, type OptionChecks, real, UsageError } from '../../../base/index.js'
import { constant } from '../initializers.js'
import { type Layer, ofKind, type Scope } from '../scope.js'
import { checkLayer, count, lengthOf, requireAxes } from './arguments.js'
import { widthOf } from './dense.js'

/** Options of all norms. */
export interface NormOptions {
  /** Added to the variance. @default 1e-5 */
  readonly epsilon?: number
  /** Learns a scale and a shift. @default true */
  readonly affine?: boolean
}

const epsilon = real({ min: 0, default: 1e-5 })
const normChecks: OptionChecks<NormOptions> = { epsilon, affine: flag({ default: true }) }

/** Over the last axis. @see Ba et al. 2016, arXiv:1607.06450 */
export const layerNorm = (options: Pick<NormOptions, 'epsilon'> = {}): Layer => {
  checkLayer('layerNorm', {}, options, { epsilon })
  const { epsilon: added = 1e-5 } = options
  return ofKind('layerNorm', (x, scope) => {
    const width = widthOf(x, 'layerNorm')
    return t.layerNorm(x, {
      scale: scope.parameter('weight', [width], constant(1)),
      bias: scope.parameter('bias', [width], constant(0)),
      epsilon: added,
    })
  })
}

/** x / √mean(x²) · scale over the last axis. @see Zhang & Sennrich 2019, arXiv:1910.07467 */
export const rmsNorm = (options: Pick<NormOptions, 'epsilon'> = {}): Layer => {
  checkLayer('rmsNorm', {}, options, { epsilon })
  const { epsilon: added = 1e-6 } = options
  return ofKind('rmsNorm', (x, scope) => {
    const size = t.sqrt(t.add(t.mean(t.square(x), { axes: -1, keepDims: true }), added))
    return t.mul(t.div(x, size), scope.parameter('weight', [widthOf(x, 'rmsNorm')], constant(1)))
  })
}

const channelShape = (x: Tensor): number[] => [Number(x.shape[1]), ...x.shape.slice(2).map(() => 1)]

function affine(x: Tensor, scope: Scope, wanted: boolean): Tensor {
  if (!wanted) return x
  const channels = Number(x.shape[1])
  const scale = scope.parameter('weight', [channels], constant(1))
  const shift = scope.parameter('bias', [channels], constant(0))
  return t.add(t.mul(x, t.reshape(scale, channelShape(x))), t.reshape(shift, channelShape(x)))
}

const standardized = (x: Tensor, mean: Tensor, variance: Tensor, added: number): Tensor =>
  t.div(t.sub(x, mean), t.sqrt(t.add(variance, added)))

/** Options of {@link batchNorm}. */
export interface BatchNormOptions extends NormOptions {
  /** Share of the batch in the running statistics. @default 0.1 */
  readonly momentum?: number
}

/**
 * Over batch and spatial axes, for each channel: by the statistics of the batch in training, by their running means
 * otherwise. Training refuses a batch of one row where there are no spatial axes: one number has no variance.
 *
 * @throws {@link InvalidOptionError} for an unknown option or a value out of range
 * @see Ioffe & Szegedy 2015, arXiv:1502.03167
 */
export const batchNorm = (options: BatchNormOptions = {}): Layer => {
  const share = real({ min: 0, max: 1, default: 0.1 })
  checkLayer('batchNorm', {}, options, { ...normChecks, momentum: share })
  const { epsilon: added = 1e-5, momentum = 0.1, affine: wanted = true } = options
  return ofKind('batchNorm', (x, scope) => {
    requireAxes('batchNorm', x, ['batch', 'channels', '…'])
    const channels = lengthOf('batchNorm', x, 1, 'number of channels')
    const runningMean = scope.state('running_mean', [channels], constant(0))
    const runningVariance = scope.state('running_var', [channels], constant(1))
    const wide = (statistic: Tensor): Tensor => t.reshape(statistic, channelShape(x))
    if (!scope.training)
      return affine(standardized(x, wide(runningMean), wide(runningVariance), added), scope, wanted)
    const axes = x.shape.map((_, i) => i).filter((i) => i !== 1)
    const mean = t.mean(x, { axes, keepDims: true })
    const variance = t.mean(t.square(t.sub(x, mean)), { axes, keepDims: true })
    const mixed = (before: Tensor, now: Tensor): Tensor =>
      t.add(t.mul(before, 1 - momentum), t.mul(t.reshape(t.stopGradient(now), [channels]), momentum))
    scope.update('running_mean', mixed(runningMean, mean))
    scope.update('running_var', mixed(runningVariance, unbiased(x, axes, variance)))
    return affine(standardized(x, mean, variance, added), scope, wanted)
  })
}

/** The running variance is that of a sample, as in PyTorch: n / (n − 1) of the batch's. */
function unbiased(x: Tensor, axes: readonly number[], variance: Tensor): Tensor {
  const count = t.countOf(x, axes)
  return t.mul(variance, t.div(count, t.maximum(t.sub(count, 1), 1)))
}

/** Over groups of channels, for each example. @see Wu & He 2018, arXiv:1803.08494 */
export const groupNorm = (groups: number, options: NormOptions = {}): Layer => {
  checkLayer('groupNorm', { groups: [groups, count] }, options, normChecks)
  const { epsilon: added = 1e-5, affine: wanted = true } = options
  return ofKind('groupNorm', (x, scope) => {
    requireAxes('groupNorm', x, ['batch', 'channels', '…'])
    const [batch, channels, ...spatial] = x.shape
    if (Number(channels) % groups !== 0)
      throw new UsageError(`groupNorm: ${channels} channels cannot be divided into ${groups} groups.`)
    const rows = t.reshape(x, [batch!, groups, -1])
    const mean = t.mean(rows, { axes: 2, keepDims: true })
    const variance = t.mean(t.square(t.sub(rows, mean)), { axes: 2, keepDims: true })
    const plain = t.reshape(standardized(rows, mean, variance, added), [batch!, channels!, ...spatial])
    return affine(plain, scope, wanted)
  })
}

/** Over the spatial axes, for each example and channel. @see Ulyanov et al. 2016, arXiv:1607.08022 */
export const instanceNorm = (options: NormOptions = {}): Layer => {
  checkLayer('instanceNorm', {}, options, normChecks)
  return ofKind('instanceNorm', (x, scope) => {
    requireAxes('instanceNorm', x, ['batch', 'channels', 'length', '…'])
    const channels = lengthOf('instanceNorm', x, 1, 'number of channels')
    return groupNorm(channels, { affine: false, ...options })(x, scope)
  })
}
