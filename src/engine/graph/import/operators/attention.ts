// Attention, and positions as angles, which are operators of their own from version 23 on.
import * as t from '../../operations/index.js'
import type { Dim } from '../../dims.js'
import { isFloat, type Tensor } from '../../value.js'
import { scalar } from '../held.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'

/** [batch, length, heads · width] as [batch, heads, length, width]; that of four axes as it is. */
function withHeads(node: ImportedNode, x: Tensor, heads: number): Tensor {
  if (x.shape.length === 4) return x
  const [batch, length, width] = x.shape as [Dim, Dim, Dim]
  if (heads < 1 || typeof width !== 'number' || width % heads !== 0)
    throw node.fault(`${width} numbers cannot be divided into ${heads} heads.`)
  return t.transpose(t.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3])
}

const withoutHeads = (x: Tensor): Tensor => {
  const [batch, heads, length, width] = x.shape as [Dim, Dim, Dim, Dim]
  return t.reshape(t.transpose(x, [0, 2, 1, 3]), [batch, length, Number(heads) * Number(width)])
}

/** softmax(scale · Q Kᵀ + mask) V. @see Vaswani et al. 2017, arXiv:1706.03762 */
function attention(node: ImportedNode): Results {
  if (node.inputs[6] !== undefined)
    throw node.fault('lengths of padded keys (its input 6) are not carried. Give a mask in their place.')
  const given = node.tensor(0)
  const q = withHeads(node, given, node.int('q_num_heads', 0))
  const keys = withPast(node, 1, 4)
  const values = withPast(node, 2, 5)
  const [k, v] = [keys, values].map((x) => sharedHeads(node, x, Number(q.shape[1]))) as [Tensor, Tensor]
  const scale = node.float('scale', 1 / Math.sqrt(Number(q.shape[3])))
  const products = t.mul(t.matmul(q, k, { transposeB: true }), scale)
  const steps = scores(node, products, Number(keys.shape[2]) - Number(node.tensor(1).shape.at(-2)))
  const mixed = t.matmul(steps.weights, v)
  const result = given.shape.length === 3 ? withoutHeads(mixed) : mixed
  if (node.outputCount === 1) return result
  return [result, keys, values, askedScores(node, products, steps)]
}

/** Keys or values, those of before in front of them. */
function withPast(node: ImportedNode, i: number, past: number): Tensor {
  const own = withHeads(node, node.tensor(i), node.int('kv_num_heads', 0))
  const before = node.optional(past)
  return before === undefined ? own : t.concat([before, own], 2)
}

/** Heads of queries that share one of keys stand side by side. @see Ainslie et al. 2023, arXiv:2305.13245 */
function sharedHeads(node: ImportedNode, x: Tensor, heads: number): Tensor {
  const own = Number(x.shape[1])
  if (heads % own !== 0) throw node.fault(`${heads} heads of queries cannot share ${own} of keys.`)
  return own === heads ? x : t.repeat(x, heads / own, 1)
}

interface Scores {
  /** Limited, then masked. */
  readonly capped: Tensor
  readonly masked: Tensor
  readonly weights: Tensor
}

function scores(node: ImportedNode, products: Tensor, past: number): Scores {
  const cap = node.float('softcap', 0)
  const limited = (x: Tensor): Tensor => (cap === 0 ? x : t.mul(t.tanh(t.div(x, cap)), cap))
  const hidden = (x: Tensor): Tensor => {
    const mask = node.optional(3)
    const open = mask === undefined ? x : withMask(x, mask)
    return node.int('is_causal', 0) === 1 ? causal(node, open, past) : open
  }
  const capped = limited(products)
  const masked = hidden(capped)
  return { masked, capped, weights: t.softmax(masked) }
}

const withMask = (x: Tensor, mask: Tensor): Tensor =>
  isFloat(mask) ? t.add(x, mask) : t.where(mask, x, scalar(-Infinity, x.dtype))

/** No query sees keys that stand after it. */
function causal(node: ImportedNode, x: Tensor, past: number): Tensor {
  if (Number.isNaN(past))
    throw node.fault('how many keys came before is not known. Fix the sizes with the option shapes.')
  const later = t.less(t.add(t.expandDims(t.iota(x, 2), 1), past), t.expandDims(t.iota(x, 3), 0))
  return t.where(later, scalar(-Infinity, x.dtype), x)
}

/** What of the way to the weights the last output shows. */
function askedScores(
  node: ImportedNode,
  products: Tensor,
  { masked, capped, weights }: Scores,
): Tensor | undefined {
  if (!node.asksFor(3)) return undefined
  const shown = [products, capped, masked, weights][node.int('qk_matmul_output_mode', 0)]
  if (shown === undefined) throw node.fault('the mode of its output of products is none that is known.')
  return shown
}

/** Pairs of numbers turned by an angle for each position. @see Su et al. 2021, arXiv:2104.09864 */
function rotaryEmbedding(node: ImportedNode): Tensor {
  const given = node.tensor(0)
  const x = withHeads(node, given, node.int('num_heads', 0))
  const width = Number(x.shape[3])
  const turned = node.int('rotary_embedding_dim', 0) || width
  const angle = (i: number): Tensor => {
    const cache = node.tensor(i)
    const positions = node.optional(3)
    const rows = positions === undefined ? cache : t.gather(cache, positions, 0)
    // [batch, length, pairs] beside [batch, heads, length, pairs]
    return t.expandDims(t.slice(rows, [null, null, [0, turned / 2]]), 1)
  }
  const [cos, sin] = [angle(1), angle(2)]
  const [moving, rest] = turned === width ? [x] : t.split(x, [turned, width - turned], 3)
  const interleaved = node.int('interleaved', 0) === 1
  const [a, b] = interleaved ? neighbors(moving!) : (t.split(moving!, 2, 3) as [Tensor, Tensor])
  const real = t.sub(t.mul(a, cos), t.mul(b, sin))
  const imaginary = t.add(t.mul(a, sin), t.mul(b, cos))
  const joined = interleaved
    ? t.reshape(t.stack([real, imaginary], 4), moving!.shape)
    : t.concat([real, imaginary], 3)
  const whole = rest === undefined ? joined : t.concat([joined, rest], 3)
  return given.shape.length === 3 ? withoutHeads(whole) : whole
}

/** Elements at even and at odd places. */
function neighbors(x: Tensor): [Tensor, Tensor] {
  const whole = [null, null, null]
  return [t.slice(x, [...whole, [0, null, 2]]), t.slice(x, [...whole, [1, null, 2]])]
}

export const attentionOperators: OperatorRules = { Attention: attention, RotaryEmbedding: rotaryEmbedding }
