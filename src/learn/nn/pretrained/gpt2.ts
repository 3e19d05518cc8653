// GPT-2. @see Radford et al. 2019, Language models are unsupervised multitask learners
import { t, type Tensor } from '../../../engine/graph/index.js'
import { call } from '../layers/compose.js'
import { dense, embedding, geluTanh } from '../layers/index.js'
import type { Layer } from '../scope.js'
import {
  drop,
  initial,
  normOf,
  positionVectors,
  transformerBlocks,
  type TransformerSizes,
  withoutUndefined,
} from './blocks.js'

/** The sizes of a GPT-2. Its activation is gelu by tanh, its epsilon 1e-5 unless others are given. */
export interface Gpt2Config extends TransformerSizes {
  /** How many tokens there are. */
  readonly vocabulary: number
  /** The longest text, in tokens. @default 1024 */
  readonly positions?: number | undefined
  /** What it gives: hidden states [batch, time, width], or scores of the next word [batch, time, vocabulary]. @default 'hidden' */
  readonly head?: 'hidden' | 'language' | undefined
  /** Whether the head `language` reads words by their embeddings. @default true */
  readonly tied?: boolean | undefined
}

/**
 * A GPT-2: tokens (int32 [batch, time]) to hidden states, or to scores of the next word, each of what came before only.
 *
 * @throws {@link ShapeError} when a text is longer than there are positions
 * @see Radford et al. 2019, Language models are unsupervised multitask learners
 * @example
 * ```ts
 * const layer = gpt2({ vocabulary: 100, width: 32, blocks: 2, heads: 4, head: 'language' })
 * const { output } = network(layer, { dtype: 'int32', shape: ['batch', 'time'] })
 * output.shape // => ['batch', 'time', 100]
 * ```
 */
export const gpt2 = (given: Gpt2Config): Layer => {
  const config = { epsilon: 1e-5, activation: geluTanh, ...withoutUndefined(given) }
  const { vocabulary, width, positions = 1024, dropout: share } = config
  return (tokens, scope) => {
    const inner = scope.child('embeddings')
    const words = call(embedding(vocabulary, width, { weightInitializer: initial }), tokens, inner, 'word')
    const places = positionVectors(tokens, inner.child('position'), { count: positions, width })
    const embedded = drop(share, t.add(words, places), scope)
    const h = transformerBlocks(embedded, scope, { sizes: config, norm: 'before', mask: upTo(tokens) })
    const normed = call(normOf(config), h, scope, 'norm')
    if (config.head !== 'language') return normed
    if (config.tied === false)
      return call(dense(vocabulary, { bias: false, weightInitializer: initial }), normed, scope, 'language')
    const table = inner.child('word').parameter('weight', [vocabulary, width], initial)
    return t.matmul(normed, table, { transposeB: true })
  }
}

/** [1, 1, time, time], true where the second place is not after the first; also where time is known only later. */
function upTo(tokens: Tensor): Tensor {
  const place = t.iota(tokens, 1)
  const earlier = t.lessEqual(t.expandDims(place, 0), t.expandDims(place, 1))
  return t.expandDims(t.expandDims(earlier, 0), 0)
}
