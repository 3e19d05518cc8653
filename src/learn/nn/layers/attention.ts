// Attention over [batch, time, width].
import { array, t, type Tensor } from '../../../engine/graph/index.js'
import { custom, flag, type OptionChecks, UsageError } from '../../../base/index.js'
import { ofKind, type Scope } from '../scope.js'
import { checkLayer, count, lengthOf, requireAxes } from './arguments.js'
import { call } from './compose.js'
import { dense, dropout, widthOf } from './dense.js'

/** Options of {@link multiHeadAttention}. */
export interface AttentionOptions {
  readonly heads: number
  /** Heads of keys and values, each shared by several of the queries. @default heads */
  readonly keyValueHeads?: number
  /** Looks at what came before only. @default false */
  readonly causal?: boolean
  /** Turns queries and keys by their place in time. @default false */
  readonly rotary?: boolean
  /** Of the weights. @default 0 */
  readonly dropout?: number
  /** Of the projections. @default true */
  readonly bias?: boolean
}

/** What each option of attention must be. */
export const attentionChecks: OptionChecks<AttentionOptions> = {
  heads: count,
  keyValueHeads: count,
  causal: flag({ default: false }),
  rotary: flag({ default: false }),
  dropout: custom<number>({
    default: 0,
    expected: 'a number from 0 to 1, 1 excluded',
    accepts: (value) => typeof value === 'number' && value >= 0 && value < 1,
  }),
  bias: flag({ default: true }),
}

/** What attention may be given beside its input. */
export interface AttentionContext {
  /** Keys and values come from here instead: [batch, other time, other width]. */
  readonly memory?: Tensor
  /** True where it may look: [batch, other time], or a shape that broadcasts to [batch, heads, time, other time]. */
  readonly mask?: Tensor
}

/** A layer that may be given a memory and a mask. */
export type AttentionLayer = (x: Tensor, scope: Scope, context?: AttentionContext) => Tensor

// Small enough that its exponential is 0, large enough that differences are no NaN.
const hidden = -1e30

/**
 * Several attentions side by side: softmax(Q Kᵀ / √d) V, then a projection; [batch, time, width] become the same.
 *
 * Queries come from x, keys and values from x or from `memory` (cross-attention). Heads of keys and values may be fewer (grouped
 * queries). Called with a context it sees a mask, and may look ahead or not (`causal`).
 *
 * @param options - see {@link AttentionOptions}
 * @throws {@link InvalidOptionError} for an unknown option or a value out of range
 * @throws {@link UsageError} when the width is no multiple of the heads, or these of the heads of keys and values
 * @see Vaswani et al. 2017, arXiv:1706.03762; Ainslie et al. 2023, arXiv:2305.13245 for shared keys and values
 * @example
 * ```ts
 * const attention = multiHeadAttention({ heads: 4, keyValueHeads: 2, causal: true, rotary: true })
 * const net = network(attention, spec('float32', ['batch', 10, 32]))
 * net.parameters.map(({ path }) => path) // => ['qkv.weight', 'qkv.bias', 'output.weight', 'output.bias']
 * ```
 */
export const multiHeadAttention = (options: AttentionOptions): AttentionLayer => {
  checkLayer('multiHeadAttention', {}, options, attentionChecks)
  checkLayer('multiHeadAttention', { heads: [options.heads, count] }, {}, {})
  return ofKind('multiHeadAttention', (x, scope, { memory, mask } = {}) => {
    requireAxes('multiHeadAttention', x, ['batch', 'time', 'width'])
    const width = widthOf(x, 'multiHeadAttention')
    const { heads, keyValueHeads = heads, causal = false, rotary = false, bias = true } = options
    if (width % heads !== 0 || heads % keyValueHeads !== 0) {
      throw new UsageError(
        `multiHeadAttention: width ${width} must be a multiple of ${heads} heads, and these of ${keyValueHeads} heads of keys and values.`,
      )
    }
    const size = width / heads
    if (rotary && size % 2 !== 0)
      throw new UsageError(
        `multiHeadAttention: rotary turns pairs of numbers, but each of the ${heads} heads has ${size}. Take a width that is a multiple of ${2 * heads}.`,
        { argument: 'rotary' },
      )
    const [q, k, v] = projections(x, memory, {
      scope,
      bias,
      sizes: [width, keyValueHeads * size, keyValueHeads * size],
    })
    const turned = (part: Tensor, count: number): Tensor => {
      const split = apart(part, count, size)
      return rotary ? rotated(split) : split
    }
    const keys = repeated(turned(k, keyValueHeads), heads / keyValueHeads)
    const values = repeated(apart(v, keyValueHeads, size), heads / keyValueHeads)
    const scores = t.mul(t.matmul(turned(q, heads), keys, { transposeB: true }), 1 / Math.sqrt(size))
    const weights = t.softmax(masked(scores, { causal, mask }))
    const kept =
      options.dropout === undefined ? weights : call(dropout(options.dropout), weights, scope, 'dropout')
    const mixed = t.transpose(t.matmul(kept, values), [0, 2, 1, 3])
    return call(dense(width, { bias }), t.reshape(mixed, [...x.shape.slice(0, 2), width]), scope, 'output')
  })
}

/** One product for queries, keys and values where all come from the same input. */
function projections(
  x: Tensor,
  memory: Tensor | undefined,
  {
    scope,
    bias,
    sizes,
  }: { readonly scope: Scope; readonly bias: boolean; readonly sizes: readonly [number, number, number] },
): [Tensor, Tensor, Tensor] {
  const [queries, keys, values] = sizes
  if (memory === undefined) {
    const all = call(dense(queries + keys + values, { bias }), x, scope, 'qkv')
    return t.split(all, sizes, 2) as [Tensor, Tensor, Tensor]
  }
  const pair = call(dense(keys + values, { bias }), memory, scope, 'keyValue')
  return [
    call(dense(queries, { bias }), x, scope, 'query'),
    ...(t.split(pair, [keys, values], 2) as [Tensor, Tensor]),
  ]
}

/** [batch, time, heads · size] to [batch, heads, time, size]. */
function apart(x: Tensor, heads: number, size: number): Tensor {
  return t.transpose(t.reshape(x, [...x.shape.slice(0, 2), heads, size]), [0, 2, 1, 3])
}

function repeated(x: Tensor, times: number): Tensor {
  if (times === 1) return x
  const [batch, heads, time, size] = x.shape
  const wide = t.broadcastTo(t.expandDims(x, 2), [batch!, heads!, times, time!, size!])
  return t.reshape(wide, [batch!, Number(heads) * times, time!, size!])
}

/** Pairs of numbers turned by an angle that grows with time. @see Su et al. 2021, arXiv:2104.09864 */
function rotated(x: Tensor): Tensor {
  const time = lengthOf('multiHeadAttention with rotary', x, 2, 'time')
  const size = Number(x.shape[3])
  const half = size / 2
  const angles = Float32Array.from(
    { length: time * half },
    (_, i) => Math.floor(i / half) / 10_000 ** ((i % half) / half),
  )
  const [cos, sin] = [Math.cos, Math.sin].map((f) =>
    array(
      angles.map((angle) => f(angle)),
      { shape: [time, half] },
    ),
  ) as [Tensor, Tensor]
  const [a, b] = t.split(x, 2, 3) as [Tensor, Tensor]
  return t.concat([t.sub(t.mul(a, cos), t.mul(b, sin)), t.add(t.mul(b, cos), t.mul(a, sin))], 3)
}

function masked(
  scores: Tensor,
  { causal, mask }: { readonly causal: boolean; readonly mask: Tensor | undefined },
): Tensor {
  let result = scores
  if (causal) {
    const who = 'multiHeadAttention with causal'
    const time = lengthOf(who, scores, 2, 'time')
    const other = lengthOf(who, scores, 3, 'time')
    const ahead = Float32Array.from({ length: time * other }, (_, i) =>
      i % other > Math.floor(i / other) + other - time ? hidden : 0,
    )
    result = t.add(result, array(ahead, { shape: [time, other] }))
  }
  if (mask === undefined) return result
  const wide = mask.shape.length === 2 ? t.expandDims(t.expandDims(mask, 1), 1) : mask
  return t.where(wide, result, hidden)
}
