// Random numbers by explicit keys: no state anywhere. Equal keys give equal numbers, on every number of threads, at once
// or inside of a graph, today and when training resumes.
import { isStatic, sameShape, type Shape } from './dims.js'
import { UsageError } from '../../base/index.js'
import {
  add,
  bitXor,
  broadcastTo,
  cast,
  cos,
  greaterEqual,
  iota,
  less,
  log,
  max,
  mul,
  reshape,
  shiftRight,
  slice,
  sqrt,
  sub,
} from './operations/index.js'
import { array, type NDArray, sizeOf } from './array.js'
import type { Result } from './operations/operand.js'
import { checkOpenSizes } from './checked.js'
import { isSpec } from './trace.js'
import { userLine } from './user-line.js'
import { formatSpec, type Tensor } from './value.js'

/** A key: two words. An array, or a traced value. */
export type Key = Tensor

/** The key of a seed. */
export const key = (seed: number): NDArray<'uint32'> =>
  array([Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0], { dtype: 'uint32' })

const word = (k: Key, i: number): Tensor => reshape(slice(k, [[i, i + 1]]), [])
const constant = (value: number): NDArray => array(value, { dtype: 'uint32' })

/** A finalizer of 32 bits whose every input bit changes every output bit half of the time (bias 0.17 · 2⁻¹⁰). @see Wellons 2018, nullprogram.com/blog/2018/07/31 */
function mixed(x: Tensor): Tensor {
  let h = bitXor(x, shiftRight(x, constant(16)))
  h = mul(h, constant(0x7feb352d))
  h = bitXor(h, shiftRight(h, constant(15)))
  h = mul(h, constant(0x846ca68b))
  return bitXor(h, shiftRight(h, constant(16)))
}

/** The hash of a counter under a key: each word of the key goes in before a finalizer. */
const hashed = (k: Key, counter: Tensor): Tensor => {
  checkKey(k)
  // The golden ratio in 32 bits keeps neighboring counters apart.
  const first = mixed(add(mul(counter, constant(0x9e3779b9)), word(k, 0)))
  return mixed(bitXor(add(first, word(k, 1)), counter))
}

/** So many new keys that have nothing in common with each other, with this one, or with those of {@link foldIn}. */
export function splitKey<K extends Key, N extends number = 2>(k: K, count: N = 2 as N): ListOf<Result<K>, N> {
  // From the other end: nobody folds in so large a number.
  return Array.from({ length: count }, (_, i) => foldIn(k, 2 ** 32 - 1 - i)) as ListOf<Result<K>, N>
}

/** A list of a length that the compiler knows, where it does. */
type ListOf<T, N extends number, List extends T[] = []> = number extends N
  ? T[]
  : List['length'] extends N
    ? List
    : ListOf<T, N, [...List, T]>

/** A new key from a key and a number: of a step, a layer, an example. */
export function foldIn<K extends Key, D extends number | Tensor>(k: K, data: D): Result<K, D> {
  const counter = typeof data === 'number' ? constant(data >>> 0) : cast(data, 'uint32')
  // Finalized once more, each word in its own way: keys are no bits that the same key could give.
  const hash = hashed(k, counter)
  const low = mixed(bitXor(hash, constant(0x5bd1e995)))
  const high = mixed(bitXor(hash, constant(0xa5a5a5a5)))
  return reshapePair(high, low) as Result<K, D>
}

const reshapePair = (a: Tensor, b: Tensor): Tensor => {
  const lanes = array([1, 0], { dtype: 'uint32' })
  const others = array([0, 1], { dtype: 'uint32' })
  return add(mul(reshape(a, [1]), lanes), mul(reshape(b, [1]), others))
}

/** What shape the numbers have: one, or that of a tensor, whose sizes may be known only later. */
export type Like = Shape | { readonly like: Tensor }

/** Numbers are traced where the key is, or what they are to be like. */
type LikeOf<L> = L extends { readonly like: infer T } ? T : number

/** 32 random bits for each element. */
export function bits<K extends Key, L extends Like>(k: K, shape: L): Result<K, LikeOf<L>> {
  return hashed(k, counters(k, shape)) as Result<K, LikeOf<L>>
}

function checkKey(k: Key): void {
  if (isSpec(k) && k.dtype === 'uint32' && sameShape(k.shape, [2])) return
  const received = isSpec(k) ? formatSpec(k) : String(k)
  throw new UsageError(
    `random${userLine()}: the key is ${received}, expected uint32[2]. Make one of a seed with random.key(0).`,
    { argument: 'key', expected: 'uint32[2]', received },
  )
}

function counters(k: Key, shape: Like): Tensor {
  if (typeof shape === 'object' && 'like' in shape) return counted(shape.like)
  checkOpenSizes('random', shape)
  if (!isStatic(shape))
    throw new UsageError(
      `random: shape [${shape.join(', ')}] has sizes that are known only later. Give { like: x } with a tensor of that shape.`,
    )
  const flat = array(
    Uint32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape },
  )
  // An array under a traced key joins its graph by the operation that follows.
  return flat
}

/** A length that is known when the graph runs: one more than its last index. */
const lengthOf = (x: Tensor, axis: number): Tensor => add(cast(max(iota(x, axis)), 'uint32'), constant(1))

/** Row-major numbers of the elements of a tensor. */
function counted(x: Tensor): Tensor {
  let total: Tensor | undefined
  for (let axis = 0; axis < x.shape.length; axis++) {
    const ones = x.shape.map((_, i) => (i === axis ? -1 : 1))
    const own = reshape(iota(x, axis, 'uint32'), ones)
    const length = x.shape[axis]!
    total =
      total === undefined
        ? own
        : add(mul(total, typeof length === 'number' ? constant(length) : lengthOf(x, axis)), own)
  }
  return broadcastTo(total ?? constant(0), x.shape)
}

/** Floats in [low, high), evenly spread: 24 random bits each. */
export function uniform<K extends Key, L extends Like>(
  k: K,
  shape: L,
  { low = 0, high = 1 }: { readonly low?: number; readonly high?: number } = {},
): Result<K, LikeOf<L>> {
  const raw: Tensor = bits(k, shape)
  const unit = mul(cast(cast(shiftRight(raw, constant(8)), 'int32'), 'float32'), 2 ** -24)
  return (low === 0 && high === 1 ? unit : add(mul(unit, high - low), low)) as Result<K, LikeOf<L>>
}

/** Floats of the standard normal distribution, by Box and Muller. */
export function normal<K extends Key, L extends Like>(k: K, shape: L): Result<K, LikeOf<L>> {
  const [a, b]: [Tensor, Tensor] = splitKey<Tensor>(k)
  // 1 − u keeps the logarithm finite.
  const radius = sqrt(mul(log(sub(1, uniform(a, shape))), -2))
  return mul(radius, cos(mul(uniform(b, shape), 2 * Math.PI))) as Result<K, LikeOf<L>>
}

/** True with a probability. */
export const bernoulli = <K extends Key, L extends Like>(
  k: K,
  probability: number,
  shape: L,
): Result<K, LikeOf<L>> => less(uniform(k, shape) as Tensor, probability) as Result<K, LikeOf<L>>

/** Zero with a probability, else divided by 1 − probability, so that the mean stays. @see Srivastava et al. 2014, jmlr.org/papers/v15/srivastava14a */
export function dropout<K extends Key, X extends Tensor>(k: K, x: X, probability: number): Result<K, X> {
  if (probability === 0) return x as Tensor as Result<K, X>
  const kept = cast(greaterEqual(uniform(k as Key, { like: x as Tensor }), probability), x.dtype)
  return mul(mul(x as Tensor, kept), 1 / (1 - probability)) as Result<K, X>
}
