// Digits read by a convolutional network: npm run example -- digits. In a few seconds it learns printed digits, which are drawn
// here; with --full --data FOLDER it learns MNIST, 60,000 digits in handwriting, to more than 99.2 % on the 10,000 of the test.
import { array, random, spec, t } from 'modelwright/graph'
import { accuracy } from 'modelwright/metrics'
import {
  adamW,
  type Batch,
  batches,
  conv2d,
  crossEntropy,
  dense,
  fitNetwork,
  flatten,
  maxPool,
  network,
  oneCycle,
  predictNetwork,
  relu,
  sequential,
} from 'modelwright/nn'
import { drawGlyphs, holdOut, side } from './common/glyphs.js'
import { mnistFiles, readMnist } from './common/mnist.js'
import { dataFolder } from './common/settings.js'
import { trainingLog } from './common/training-log.js'

const folder = dataFolder(...mnistFiles)
const full = folder !== undefined
const known = full ? readMnist(folder, 'train') : drawGlyphs('0123456789', 160, 1)
const test = full ? readMnist(folder, 'test') : drawGlyphs('0123456789', 50, 2)
const [epochs, batchSize] = full ? [5, 128] : [3, 32]

const [train, held] = holdOut(known, 0.05)

const net = network(
  sequential(
    // The largest of a window before it is cut at zero: the same, on a quarter of the numbers.
    ...[16, 32].flatMap((filters) => [conv2d(filters, 5), maxPool(2), relu]),
    flatten,
    dense(128),
    relu,
    dense(10),
  ),
  spec('float32', ['batch', 1, side, side]),
)
console.log(
  `${net.parameterCount.toLocaleString('en')} parameters, ${train.y.data.length} images to learn from`,
)

const log = trainingLog()
const start = performance.now()
const { values } = await fitNetwork(net, {
  data: moved,
  loss: (scores, { y }) => crossEntropy(scores, y),
  optimizer: adamW({ learningRate: 3e-3 }),
  schedule: oneCycle(epochs * Math.floor(train.y.data.length / batchSize)),
  averageDecay: full ? 0.998 : 0.95,
  epochs,
  validation: batches(held, { batchSize: 500, shuffle: false }),
  onEvent: log.onEvent,
})
const seconds = (performance.now() - start) / 1000

const scores = await predictNetwork(net, values, test.x)
const share = accuracy(test.y.data, t.argMax(scores).data)
console.log(`test accuracy ${(100 * share).toFixed(2)} % after ${seconds.toFixed(0)} s`)
log.saveCurve(full ? 'MNIST' : 'Printed digits')

/** Batches of images that are moved by up to a pixel each way: where a digit stands says nothing about which it is. */
function* moved(epoch: number): Generator<Batch> {
  const key = random.foldIn(random.key(3), epoch)
  let count = 0
  for (const { x, y } of batches(train, { batchSize, dropLast: true })(epoch)) {
    const moves = random.uniform(random.foldIn(key, count++), [batchSize, 2], { low: -1.5, high: 1.5 })
    const pixels = new Float32Array(x.data.length)
    for (let row = 0; row < batchSize; row++) {
      const [right, down] = [Math.round(moves.data[2 * row]!), Math.round(moves.data[2 * row + 1]!)]
      const image = x.data.subarray(row * side * side, (row + 1) * side * side)
      for (let i = 0; i < image.length; i++) {
        const [column, line] = [(i % side) - right, Math.floor(i / side) - down]
        const inside = column >= 0 && column < side && line >= 0 && line < side
        pixels[row * side * side + i] = inside ? image[line * side + column]! : 0
      }
    }
    yield { x: array(pixels, { shape: x.shape }), y }
  }
}
