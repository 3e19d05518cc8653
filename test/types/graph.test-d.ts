// Arrays in, arrays out: what is computed at once is typed as such, what is traced as a value.
import {
  array,
  grad,
  type NDArray,
  random,
  t,
  type Tensor,
  type Value,
  valueAndGrad,
} from '../../src/graph.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(equal: Equal<A, B>): void

const key = random.key(1)
const [first, second, third] = random.splitKey(key, 3)
same<typeof third, NDArray>(true)
const numbers = random.normal(first, [2, 3])
same<typeof numbers, NDArray>(true)
random.uniform(second, [4]).data.at(0)
declare const traced: Value
const inside = random.bernoulli(traced, 0.5, [2])
same<typeof inside, Value>(true)
const masked = random.dropout(key, traced, 0.1)
same<typeof masked, Value>(true)

type Params<T = Tensor> = Readonly<Record<'w' | 'b', T>>
const loss = ({ w, b }: Params, x: Tensor): Tensor => t.sum(t.add(t.mul(w, x), b))
const params = { w: array([1, 2]), b: array([0, 0]) }
const { value, gradient } = valueAndGrad(loss)(params, array([3, 4]))
same<typeof value, NDArray>(true)
gradient.w.data.at(0)
const byInput = grad(loss, { argument: 1 })(params, array([3, 4]))
same<typeof byInput, NDArray>(true)
