// Vision transformers. @see Dosovitskiy et al. 2021, arXiv:2010.11929
import { t, type Tensor } from '../../../engine/graph/index.js'
import { UsageError } from '../../../base/index.js'
import { call } from '../layers/compose.js'
import { conv2d, dense, gelu, tanh } from '../layers/index.js'
import type { Layer, Scope } from '../scope.js'
import {
  drop,
  initial,
  normOf,
  transformerBlocks,
  type TransformerSizes,
  withoutUndefined,
} from './blocks.js'

/** The sizes of a vision transformer. Its activation is gelu, its epsilon 1e-12 unless others are given. */
export interface VitConfig extends TransformerSizes {
  /** Height and width of images, a multiple of the patch. */
  readonly imageSize: number
  /** Height and width of a patch, which is one token. */
  readonly patchSize: number
  /** What it gives: hidden states [batch, 1 + patches, width]; a vector [batch, width]; scores of classes. @default 'hidden' */
  readonly head?: 'hidden' | 'pooled' | 'classifier' | undefined
  /** For the head `classifier`. @default 2 */
  readonly classes?: number | undefined
}

/**
 * A vision transformer: images (float32 [batch, channels, size, size], scaled as it was trained with) to hidden states, or to what
 * its head makes of them.
 *
 * @throws {@link UsageError} when images are of another size, or no multiple of the patch
 * @see Dosovitskiy et al. 2021, arXiv:2010.11929
 * @example
 * ```ts
 * const layer = vit({ imageSize: 32, patchSize: 8, width: 32, blocks: 2, heads: 4, head: 'classifier', classes: 10 })
 * const { output } = network(layer, { dtype: 'float32', shape: ['batch', 3, 32, 32] })
 * output.shape // => ['batch', 10]
 * ```
 */
export const vit = (given: VitConfig): Layer => {
  const config = { epsilon: 1e-12, activation: gelu, ...withoutUndefined(given) }
  return (x, scope) => {
    const embedded = embeddings(x, scope.child('embeddings'), config)
    const h = transformerBlocks(embedded, scope, { sizes: config, norm: 'before' })
    const normed = call(normOf(config), h, scope, 'norm')
    if (config.head === undefined || config.head === 'hidden') return normed
    const first = t.at(normed, 0, 1)
    if (config.head === 'pooled')
      return tanh(call(dense(config.width, { weightInitializer: initial }), first, scope, 'pooler'), scope)
    return call(dense(config.classes ?? 2, { weightInitializer: initial }), first, scope, 'classifier')
  }
}

const none = [0, 0] as const

/** A token for each patch after one for the whole, each with its place. */
function embeddings(x: Tensor, scope: Scope, config: VitConfig): Tensor {
  const { imageSize, patchSize, width } = config
  const [batch, , height, across] = x.shape
  if (height !== imageSize || across !== imageSize || imageSize % patchSize !== 0)
    throw new UsageError(
      `vit: images of ${imageSize} × ${imageSize} in patches of ${patchSize} were expected, received ${height} × ${across}. Resize the images, or choose sizes that divide.`,
      { argument: 'imageSize' },
    )
  const cut = conv2d(width, patchSize, { stride: patchSize, weightInitializer: initial })
  const patches = t.transpose(t.reshape(call(cut, x, scope, 'patches'), [batch!, width, -1]), [0, 2, 1])
  const count = (imageSize / patchSize) ** 2 + 1
  const whole = scope.parameter('whole', [1, 1, width], initial)
  const places = scope.parameter('positions', [1, count, width], initial)
  // The token for the whole is the same for each image: what is added to the patches holds it.
  const added = t.add(places, t.pad(whole, [none, [0, count - 1], none]))
  return drop(config.dropout, t.add(t.pad(patches, [none, [1, 0], none]), added), scope)
}
