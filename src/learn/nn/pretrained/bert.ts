// BERT. @see Devlin et al. 2019, arXiv:1810.04805
import { named, t, type Tensor } from '../../../engine/graph/index.js'
import { constant } from '../initializers.js'
import { call } from '../layers/compose.js'
import { dense, embedding, gelu, namedLayers, tanh } from '../layers/index.js'
import type { Layer, Scope } from '../scope.js'
import {
  drop,
  initial,
  normOf,
  positionVectors,
  transformerBlocks,
  type TransformerSizes,
  withoutUndefined,
} from './blocks.js'

/** The sizes of a BERT. Its activation is gelu, its epsilon 1e-12 unless others are given. */
export interface BertConfig extends TransformerSizes {
  /** How many tokens there are. */
  readonly vocabulary: number
  /** The longest text, in tokens. @default 512 */
  readonly positions?: number | undefined
  /** Kinds of segments. @default 2 */
  readonly types?: number | undefined
  /** The token that fills texts up; nothing looks at it. @default none */
  readonly padding?: number | undefined
  /**
   * What it gives: hidden states [batch, time, width]; a vector of the first token [batch, width]; scores of classes for the
   * text, or for each token; scores of words for each token. @default 'hidden'
   */
  readonly head?: BertHead | undefined
  /** For the heads `classifier` and `tokens`. @default 2 */
  readonly classes?: number | undefined
  /** Whether the head `language` reads words by their embeddings. @default true */
  readonly tied?: boolean | undefined
}

export type BertHead = 'hidden' | 'pooled' | 'classifier' | 'tokens' | 'language'

/** What a BERT may be given beside its tokens, each [batch, time]. */
export interface BertContext {
  /** The kind of segment of each token, int32. @default 0 */
  readonly types?: Tensor
  /** True where a token may be looked at. @default where it is not padding */
  readonly mask?: Tensor
}

/** A layer of tokens (int32 [batch, time]) that may be told of segments and of what to look at. */
export type BertLayer = (tokens: Tensor, scope: Scope, context?: BertContext) => Tensor

/**
 * A BERT: tokens (int32 [batch, time]) to hidden states, or to what its head makes of them.
 *
 * @throws {@link ShapeError} when a text is longer than there are positions
 * @see Devlin et al. 2019, arXiv:1810.04805
 * @example
 * ```ts
 * const layer = bert({ vocabulary: 100, width: 32, blocks: 2, heads: 4, head: 'classifier' })
 * const { output } = network(layer, { dtype: 'int32', shape: ['batch', 'time'] })
 * output.shape // => ['batch', 2]
 * ```
 */
export const bert = (given: BertConfig): BertLayer => {
  const config = { epsilon: 1e-12, activation: gelu, ...withoutUndefined(given) }
  return (tokens, scope, context = {}) => {
    const { padding } = config
    const mask = context.mask ?? (padding === undefined ? undefined : t.not(t.equal(tokens, padding)))
    const embedded = named('embeddings', tokens, () =>
      embeddings(tokens, scope.child('embeddings'), { config, types: context.types }),
    )
    const h = transformerBlocks(embedded, scope, { sizes: config, norm: 'after', mask })
    return heads[config.head ?? 'hidden'](h, scope, config)
  }
}

interface Embedded {
  readonly config: BertConfig
  readonly types: Tensor | undefined
}

function embeddings(tokens: Tensor, scope: Scope, { config, types }: Embedded): Tensor {
  const { vocabulary, width, positions = 512, types: kinds = 2 } = config
  const words = call(embedding(vocabulary, width, { weightInitializer: initial }), tokens, scope, 'word')
  const places = positionVectors(tokens, scope.child('position'), { count: positions, width })
  const kindVectors = scope.child('type').parameter('weight', [kinds, width], initial)
  const kind = types === undefined ? t.at(kindVectors, 0) : t.gather(kindVectors, types)
  const summed = t.add(t.add(words, kind), places)
  return drop(config.dropout, call(normOf(config), summed, scope, 'norm'), scope)
}

type HeadLayer = (h: Tensor, scope: Scope, config: BertConfig) => Tensor

/** Of the first token, which stands for the text. */
const pooled: HeadLayer = (h, scope, { width }) =>
  tanh(call(dense(width, { weightInitializer: initial }), t.gather(h, 0, 1), scope, 'pooler'), scope)

const classified: HeadLayer = (h, scope, { classes = 2, dropout: share }) =>
  call(dense(classes, { weightInitializer: initial }), drop(share, h, scope), scope, 'classifier')

function words(h: Tensor, scope: Scope, config: BertConfig): Tensor {
  const { width, vocabulary, activation = gelu, tied = true } = config
  const layers: Record<string, Layer> = {
    dense: dense(width, { weightInitializer: initial }),
    activation,
    norm: normOf(config),
  }
  const transformed = call(namedLayers(layers), h, scope, 'language')
  const owner = tied ? scope.child('embeddings').child('word') : scope.child('language').child('decoder')
  const scores = t.matmul(transformed, owner.parameter('weight', [vocabulary, width], initial), {
    transposeB: true,
  })
  return t.add(scores, scope.child('language').parameter('bias', [vocabulary], constant(0)))
}

const heads: { readonly [H in BertHead]: HeadLayer } = {
  hidden: (h) => h,
  pooled,
  classifier: (h, scope, config) => classified(pooled(h, scope, config), scope, config),
  tokens: classified,
  language: words,
}
