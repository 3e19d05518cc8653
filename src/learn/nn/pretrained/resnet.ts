// Residual networks. @see He et al. 2016, arXiv:1512.03385
import { t, type Tensor } from '../../../engine/graph/index.js'
import { kaimingNormal } from '../initializers.js'
import { call } from '../layers/compose.js'
import { batchNorm, conv2d, dense, globalAveragePool, maxPool, relu } from '../layers/index.js'
import type { Layer, Scope } from '../scope.js'

/** The sizes of a residual network. */
export interface ResnetConfig {
  /** Channels of the first convolution. @default 64 */
  readonly stem?: number | undefined
  /** Channels that each stage gives. */
  readonly channels: readonly number[]
  /** Blocks of each stage. */
  readonly depths: readonly number[]
  /** Two convolutions of 3 × 3, or one between two of 1 × 1 that narrow and widen. @default 'bottleneck' */
  readonly block?: 'basic' | 'bottleneck' | undefined
  /** Halves images in the first stage too. @default false */
  readonly halveFirst?: boolean | undefined
  /** Halves images in the first convolution of a bottleneck, not in the second. @default false */
  readonly halveInNarrow?: boolean | undefined
  /** @default relu */
  readonly activation?: Layer | undefined
  /** What it gives: maps [batch, channels, height, width]; their means [batch, channels]; scores of classes. @default 'hidden' */
  readonly head?: 'hidden' | 'pooled' | 'classifier' | undefined
  /** For the head `classifier`. @default 2 */
  readonly classes?: number | undefined
}

/**
 * A residual network: images (float32 [batch, channels, height, width], scaled as it was trained with) to maps, or to what its
 * head makes of them. Running means and variances are states.
 *
 * @see He et al. 2016, arXiv:1512.03385
 * @example
 * ```ts
 * const layer = resnet({ channels: [8, 16], depths: [1, 1], block: 'basic', head: 'classifier' })
 * const { output } = network(layer, { dtype: 'float32', shape: ['batch', 3, 32, 32] })
 * output.shape // => ['batch', 2]
 * ```
 */
export const resnet = (config: ResnetConfig): Layer => {
  const { stem = 64, channels, depths, activation = relu } = config
  return (x, scope) => {
    const first = call(unit({ filters: stem, kernel: 7, stride: 2, activation }), x, scope, 'stem')
    let h = maxPool(3, { stride: 2, padding: 1 })(first, scope)
    const stages = scope.child('stages')
    channels.forEach((filters, stage) => {
      const stride = stage === 0 && config.halveFirst !== true ? 1 : 2
      const inner = stages.child(String(stage))
      for (let i = 0; i < depths[stage]!; i++)
        h = call(block(filters, i === 0 ? stride : 1, config), h, inner, String(i))
    })
    if (config.head === undefined || config.head === 'hidden') return h
    const means = globalAveragePool(h, scope)
    return config.head === 'pooled' ? means : call(dense(config.classes ?? 2), means, scope, 'classifier')
  }
}

interface Unit {
  readonly filters: number
  readonly kernel: number
  readonly stride?: number
  readonly activation?: Layer
}

/** A convolution, its norm, and an activation. */
const unit =
  ({ filters, kernel, stride = 1, activation }: Unit): Layer =>
  (x, scope) => {
    const padding = Math.floor(kernel / 2)
    const conv = conv2d(filters, kernel, { stride, padding, bias: false, weightInitializer: kaimingNormal })
    const normed = call(batchNorm(), call(conv, x, scope, 'conv'), scope, 'norm')
    return activation === undefined ? normed : activation(normed, scope)
  }

/** The sum of what goes in and of what some units make of it. */
const block =
  (filters: number, stride: number, config: ResnetConfig): Layer =>
  (x, scope) => {
    const { activation = relu } = config
    const parts = scope.child('parts')
    const made = units(filters, stride, config).reduce((h, one, i) => call(one, h, parts, String(i)), x)
    return activation(t.add(made, shortcut(x, scope, { filters, stride })), scope)
  }

function units(filters: number, stride: number, config: ResnetConfig): Layer[] {
  const { activation = relu } = config
  if (config.block === 'basic')
    return [unit({ filters, kernel: 3, stride, activation }), unit({ filters, kernel: 3 })]
  // Bottlenecks are a quarter as wide.
  const narrow = Math.floor(filters / 4)
  const [early, late] = config.halveInNarrow === true ? [stride, 1] : [1, stride]
  return [
    unit({ filters: narrow, kernel: 1, stride: early!, activation }),
    unit({ filters: narrow, kernel: 3, stride: late!, activation }),
    unit({ filters, kernel: 1 }),
  ]
}

/** What goes in, in the size of what comes out. */
function shortcut(x: Tensor, scope: Scope, { filters, stride }: { filters: number; stride: number }): Tensor {
  if (x.shape[1] === filters && stride === 1) return x
  return call(unit({ filters, kernel: 1, stride }), x, scope, 'shortcut')
}
