// A network from nothing but operations and their gradients: two moons, told apart by sixteen hidden units. After
// Karpathy's micrograd; the graph does what its 150 lines do, and the same code would run on ONNX Runtime.
import { array, type NDArray, random, t, type Tensor, valueAndGrad } from 'modelwright/graph'
import { trainingLog } from './common/training-log.js'

/** Points on two half circles that reach into each other, with some noise. */
function moons(count: number, key: NDArray): { x: NDArray; y: NDArray } {
  const angles = Array.from({ length: count }, (_, i) => (Math.PI * (i >> 1)) / (count / 2))
  const points = angles.map((angle, i) =>
    i % 2 === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)],
  )
  const noise = t.mul(random.normal(key, [count, 2]), 0.1)
  return { x: t.add(points, noise), y: array(points.map((_, i) => [i % 2 === 0 ? 1 : -1])) }
}

type Params<T = Tensor> = Readonly<Record<'w1' | 'b1' | 'w2' | 'b2', T>>

const scores = ({ w1, b1, w2, b2 }: Params, x: Tensor): Tensor =>
  t.add(t.matmul(t.tanh(t.add(t.matmul(x, w1), b1)), w2), b2)

/** Wrong by less than a margin of 1 costs, and so do large weights. */
function loss(params: Params, x: Tensor, y: Tensor): Tensor {
  const margin = t.mean(t.relu(t.sub(1, t.mul(scores(params, x), y))))
  const size = t.add(t.sum(t.square(params.w1)), t.sum(t.square(params.w2)))
  return t.add(margin, t.mul(size, 1e-4))
}

const [forData, forFirst, forSecond] = random.splitKey(random.key(1), 3)
const { x, y } = moons(200, forData)
let params: Params<NDArray> = {
  w1: random.normal(forFirst, [2, 16]),
  b1: array(new Float32Array(16)),
  w2: t.mul(random.normal(forSecond, [16, 1]), 0.25),
  b2: array([0]),
}

const log = trainingLog()
const step = valueAndGrad(loss)
for (let i = 0; i < 200; i++) {
  const { value, gradient } = step(params, x, y)
  const rate = 0.5 * (1 - i / 250)
  const moved = (name: keyof Params): NDArray => t.sub(params[name], t.mul(gradient[name], rate))
  params = { w1: moved('w1'), b1: moved('b1'), w2: moved('w2'), b2: moved('b2') }
  log.addStep(value.data[0]!)
  if (i % 40 === 0) console.log(`step ${i}: loss ${value.data[0]!.toFixed(3)}`)
}

const answers = scores(params, x)
const right = t.sum(t.cast(t.equal(t.sign(answers), y), 'int32')) as NDArray
console.log(`${right.data[0]!} of ${y.data.length} points are on the right side`)
log.saveCurve('Two moons')
