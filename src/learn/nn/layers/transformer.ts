// Blocks of transformers.
import { oneOf, type OptionChecks, real, ShapeError } from '../../../base/index.js'
import { formatShape, t, type Tensor } from '../../../engine/graph/index.js'
import { normal } from '../initializers.js'
import { type Layer, ofKind } from '../scope.js'
import { gelu } from './activations.js'
import { aFunction, checkLayer, count, lengthOf, requireAxes } from './arguments.js'
import {
  attentionChecks,
  type AttentionLayer,
  type AttentionOptions,
  multiHeadAttention,
} from './attention.js'
import { call, sequential } from './compose.js'
import { dense, dropout, widthOf } from './dense.js'
import { layerNorm } from './norm.js'

/** Options of transformer blocks. */
export interface TransformerOptions extends AttentionOptions {
  /** Width of the middle of the feed-forward part. @default 4 · width */
  readonly feedForward?: number
  /** @default gelu */
  readonly activation?: Layer
  /** Norms before each part (trained more easily) or after. @default 'before' */
  readonly norm?: 'before' | 'after'
  /** Added to variances by the norms. @default 1e-5 */
  readonly epsilon?: number
  /** Dropout of what each part gives, before it is added. @default `dropout`, of the feed-forward part alone */
  readonly partDropout?: number
}

function feedForward(
  width: number,
  { feedForward: middle = 4 * width, activation = gelu, dropout: share, partDropout }: TransformerOptions,
): Layer {
  const drop = share === undefined || partDropout !== undefined ? [] : [dropout(share)]
  return sequential(dense(middle), activation, dense(width), ...drop)
}

/**
 * Attention and a feed-forward part, each with a norm and added to its input; with a memory, attention to it in between: an encoder's
 * block without `causal`, a GPT's with it, a decoder's with it and a memory. [batch, time, width] become the same.
 *
 * @param options - see {@link TransformerOptions}
 * @see Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745 for norms before
 * @example
 * ```ts
 * import type { Layer } from 'modelwright/nn'
 * const encoder = sequential(transformerBlock({ heads: 2 }), transformerBlock({ heads: 2 }), layerNorm())
 * const decoder: Layer = (x, scope) =>
 *   transformerBlock({ heads: 2, causal: true })(x, scope, { memory: encoder(x, scope.child('encoder')) })
 * network(decoder, spec('float32', ['batch', 5, 8])).output.shape // => ['batch', 5, 8]
 * ```
 */
export const transformerBlock = (options: TransformerOptions): AttentionLayer => {
  checkLayer('transformerBlock', {}, options, blockChecks)
  checkLayer('transformerBlock', { heads: [options.heads, count] }, {}, {})
  return ofKind('transformerBlock', (x, scope, context = {}) => {
    requireAxes('transformerBlock', x, ['batch', 'time', 'width'])
    const width = widthOf(x, 'transformerBlock')
    const { memory, mask } = context
    const before = (options.norm ?? 'before') === 'before'
    const norm = layerNorm(options.epsilon === undefined ? {} : { epsilon: options.epsilon })
    const { partDropout = 0 } = options
    const dropped: Layer = partDropout === 0 ? (given) => given : dropout(partDropout)
    const part = (h: Tensor, number: number, f: (given: Tensor) => Tensor): Tensor => {
      const normed = (given: Tensor): Tensor => call(norm, given, scope, `norm${number}`)
      return before ? t.add(h, dropped(f(normed(h)), scope)) : normed(t.add(h, dropped(f(h), scope)))
    }
    const own = multiHeadAttention(attentionOf(options))
    const cross = multiHeadAttention({ ...attentionOf(options), causal: false, rotary: false })
    const ownMask = memory === undefined && mask !== undefined ? { mask } : {}
    let h = part(x, 1, (given) =>
      call(
        ofKind(own.name, (y, inner) => own(y, inner, ownMask)),
        given,
        scope,
        'attention',
      ),
    )
    if (memory !== undefined) {
      const toMemory = { memory, ...(mask === undefined ? {} : { mask }) }
      h = part(h, 3, (given) =>
        call(
          ofKind(cross.name, (y, inner) => cross(y, inner, toMemory)),
          given,
          scope,
          'crossAttention',
        ),
      )
    }
    return part(h, 2, (given) => call(feedForward(width, options), given, scope, 'feedForward'))
  })
}

const blockChecks: OptionChecks<TransformerOptions> = {
  ...attentionChecks,
  feedForward: count,
  activation: aFunction,
  norm: oneOf(['before', 'after'], { default: 'before' }),
  epsilon: real({ min: 0, default: 1e-5 }),
  partDropout: attentionChecks.dropout,
}

const attentionOf = ({
  feedForward: _middle,
  activation: _activation,
  norm: _norm,
  epsilon: _epsilon,
  partDropout: _partDropout,
  ...attention
}: TransformerOptions): AttentionOptions => attention

/**
 * Adds a learned vector for each place in time.
 *
 * @throws {@link ShapeError} when the input is longer than the places there are
 */
export const learnedPositions = (length: number): Layer => {
  checkLayer('learnedPositions', { length: [length, count] }, {}, {})
  return ofKind('learnedPositions', (x, scope) => {
    requireAxes('learnedPositions', x, ['batch', 'time', 'width'])
    const weight = scope.parameter('weight', [length, widthOf(x, 'learnedPositions')], normal(0.02))
    const time = lengthOf('learnedPositions', x, 1, 'time')
    if (time > length)
      throw new ShapeError(
        `learnedPositions: its input ${formatShape(x.shape)} is ${time} long, expected at most ${length}. Make more places: learnedPositions(${time}).`,
        { expected: length, received: time, where: 'learnedPositions' },
      )
    return t.add(x, time === length ? weight : t.slice(weight, [[0, time]]))
  })
}

/** Adds sines and cosines of the place in time, of wavelengths from 2π to 20,000π. */
export const sinusoidalPositions: Layer = ofKind('sinusoidalPositions', (x) => {
  requireAxes('sinusoidalPositions', x, ['batch', 'time', 'width'])
  const time = lengthOf('sinusoidalPositions', x, 1, 'time')
  const width = widthOf(x, 'sinusoidalPositions')
  const waves = Float32Array.from({ length: time * width }, (_, i) => {
    const [place, channel] = [Math.floor(i / width), i % width]
    const angle = place / 10_000 ** ((channel - (channel % 2)) / width)
    return channel % 2 === 0 ? Math.sin(angle) : Math.cos(angle)
  })
  return t.add(x, { dtype: 'float32', shape: [time, width], data: waves })
})
