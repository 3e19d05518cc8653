// What BERT, GPT-2 and ViT share: blocks of one width, and vectors for each place.
import { formatShape, t, type Tensor } from '../../../engine/graph/index.js'
import { ShapeError } from '../../../base/index.js'
import { normal } from '../initializers.js'
import { call } from '../layers/compose.js'
import {
  dropout as dropoutLayer,
  layerNorm,
  transformerBlock,
  type TransformerOptions,
} from '../layers/index.js'
import { type Layer, ofKind, type Scope } from '../scope.js'

/** The sizes of a transformer. */
export interface TransformerSizes {
  /** Numbers for each token. */
  readonly width: number
  readonly blocks: number
  readonly heads: number
  /** Width of the middle of the feed-forward parts. @default 4 · width */
  readonly feedForward?: number | undefined
  /** @default that of the architecture */
  readonly activation?: Layer | undefined
  /** Added to variances by the norms. @default that of the architecture */
  readonly epsilon?: number | undefined
  /** In training, of embeddings and of what each part gives. @default none */
  readonly dropout?: number | undefined
  /** In training, of the weights of attention. @default none */
  readonly attentionDropout?: number | undefined
}

/** Weights of these architectures begin with this deviation. */
export const initial = normal(0.02)

/** All blocks, one after the other; their parameters are called `blocks.i.…`. */
export function transformerBlocks(
  x: Tensor,
  scope: Scope,
  {
    sizes,
    norm,
    mask,
  }: {
    readonly sizes: TransformerSizes
    readonly norm: 'before' | 'after'
    readonly mask?: Tensor | undefined
  },
): Tensor {
  const block = transformerBlock(blockOptions(sizes, norm))
  const context = mask === undefined ? {} : { mask }
  const inner = scope.child('blocks')
  let h = x
  for (let i = 0; i < sizes.blocks; i++)
    h = call(
      ofKind(block.name, (given, own) => block(given, own, context)),
      h,
      inner,
      String(i),
    )
  return h
}

function blockOptions(sizes: TransformerSizes, norm: 'before' | 'after'): TransformerOptions {
  const { heads, feedForward, activation, epsilon, attentionDropout, dropout = 0 } = sizes
  return {
    heads,
    norm,
    partDropout: dropout,
    ...(feedForward === undefined ? {} : { feedForward }),
    ...(activation === undefined ? {} : { activation }),
    ...(epsilon === undefined ? {} : { epsilon }),
    ...(attentionDropout === undefined ? {} : { dropout: attentionDropout }),
  }
}

/** A learned vector for each place along axis 1 of tokens: [time, width]; also where their number is known only later. */
export function positionVectors(
  tokens: Tensor,
  scope: Scope,
  { count, width }: { readonly count: number; readonly width: number },
): Tensor {
  const time = tokens.shape[1]
  if (tokens.shape.length !== 2 || (typeof time === 'number' && time > count))
    throw new ShapeError(
      `Tokens ${formatShape(tokens.shape)} do not fit: expected [texts, time] of at most ${count} tokens each.`,
      { expected: ['batch', count], received: tokens.shape, where: 'positions' },
    )
  return t.gather(scope.parameter('weight', [count, width], initial), t.iota(tokens, 1))
}

/** The norm of an architecture. */
export const normOf = ({ epsilon }: TransformerSizes): Layer =>
  layerNorm(epsilon === undefined ? {} : { epsilon })

/** Dropout where it is wanted. */
export const drop = (share: number | undefined, x: Tensor, scope: Scope): Tensor =>
  share === undefined ? x : dropoutLayer(share)(x, scope)

/** Options that are undefined are not given. */
export const withoutUndefined = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
