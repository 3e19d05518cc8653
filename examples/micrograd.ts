// A network from nothing but operations and their gradients: two moons, told apart by sixteen hidden units. After
// Karpathy's micrograd; the graph does what its 150 lines do, and the same code would run on ONNX Runtime.
import { array, type NDArray, random, t, type Tensor, valueAndGrad } from 'modelwright/graph'

/** Points on two half circles that reach into each other, with some noise. */
function moons(count: number, key: random.Key): { x: NDArray; y: NDArray } {
  const noise = random.normal(key, [count, 2]) as NDArray
  const points = Array.from({ length: count }, (_, i) => {
    const angle = (Math.PI * (i >> 1)) / (count / 2)
    const upper = i % 2 === 0
    const x = upper ? Math.cos(angle) : 1 - Math.cos(angle)
    const y = upper ? Math.sin(angle) : 0.5 - Math.sin(angle)
    return [x + 0.1 * noise.data[2 * i]!, y + 0.1 * noise.data[2 * i + 1]!]
  })
  return { x: array(points), y: array(points.map((_, i) => [i % 2 === 0 ? 1 : -1])) }
}

interface Params {
  readonly w1: Tensor
  readonly b1: Tensor
  readonly w2: Tensor
  readonly b2: Tensor
  readonly [name: string]: Tensor
}

const scores = ({ w1, b1, w2, b2 }: Params, x: Tensor): Tensor =>
  t.add(t.matmul(t.tanh(t.add(t.matmul(x, w1), b1)), w2), b2)

/** Wrong by less than a margin of 1 costs, and so do large weights. */
function loss(params: Params, x: Tensor, y: Tensor): Tensor {
  const margin = t.mean(t.relu(t.sub(1, t.mul(scores(params, x), y))))
  const size = t.add(t.sum(t.square(params.w1)), t.sum(t.square(params.w2)))
  return t.add(margin, t.mul(size, 1e-4))
}

const [forData, forFirst, forSecond] = random.splitKey(random.key(1), 3) as [
  random.Key,
  random.Key,
  random.Key,
]
const { x, y } = moons(200, forData)
let params: Params = {
  w1: random.normal(forFirst, [2, 16]),
  b1: array(new Float32Array(16)),
  w2: t.mul(random.normal(forSecond, [16, 1]), 0.25),
  b2: array([0]),
}

const step = valueAndGrad(loss)
for (let i = 0; i < 200; i++) {
  const { value, gradient } = step(params, x, y)
  const rate = 0.5 * (1 - i / 250)
  params = Object.fromEntries(
    Object.entries(params).map(([name, weight]) => [
      name,
      t.sub(weight, t.mul((gradient as Params)[name]!, rate)),
    ]),
  ) as Params
  if (i % 40 === 0) console.log(`step ${i}: loss ${(value as NDArray).data[0]!.toFixed(3)}`)
}

const answers = scores(params, x) as NDArray
const right = y.data.filter((label, i) => Math.sign(answers.data[i]!) === label).length
console.log(`${right} of ${y.data.length} points are on the right side`)
