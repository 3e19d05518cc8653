// A network of PyTorch's learns something new: npm run example -- fine-tune. The file reads printed digits; here its classifier
// alone is trained to read letters, or, with --full --data FOLDER, the handwriting of MNIST, and then all of the network is.
// What comes out is the same file with other numbers, for whatever ran the first.
import { mkdirSync, writeFileSync } from 'node:fs'
import { compile, importOnnx, type NDArray, spec, t } from 'modelwright/graph'
import { accuracy } from 'modelwright/metrics'
import {
  adamW,
  batches,
  cosineSchedule,
  crossEntropy,
  fitNetwork,
  importedLayer,
  network,
} from 'modelwright/nn'
import { drawGlyphs, holdOut, type Images, side } from './common/glyphs.js'
import { mnistFiles, readMnist } from './common/mnist.js'
import { dataFolder } from './common/settings.js'
import { trainingLog } from './common/training-log.js'

const folder = dataFolder(...mnistFiles)
const letters = 'ABCDEFGHJK'
const all = folder === undefined ? drawGlyphs(letters, 110, 1) : readMnist(folder, 'train')
const [train, held] = holdOut(all, 0.1)
const test = folder === undefined ? drawGlyphs(letters, 50, 2) : readMnist(folder, 'test')
const epochs = folder === undefined ? 4 : 1
const batchSize = 64

const original = 'examples/data/printed-digits.onnx'
console.log(`before: test accuracy ${await score(original)}`)

const log = trainingLog()
const classifier = await tuned(original, { trainable: /^classifier\./, learningRate: 1e-2 })
console.log(`the classifier trained: test accuracy ${await score(classifier)}`)
const whole = await tuned(classifier, { trainable: /./, learningRate: 1e-3 })
console.log(`all of it trained: test accuracy ${await score(whole)}`)

mkdirSync('out/fine-tune', { recursive: true })
writeFileSync('out/fine-tune/model.onnx', whole)
console.log('model: out/fine-tune/model.onnx')
log.saveCurve('The classifier, then all of the network')

/** The bytes of a model after some epochs of its parameters of these names. */
async function tuned(
  source: string | Uint8Array,
  { trainable, learningRate }: { readonly trainable: RegExp; readonly learningRate: number },
): Promise<Uint8Array> {
  const model = await importOnnx(source)
  const net = network(importedLayer(model, { trainable }), spec('float32', ['batch', 1, side, side]))
  console.log(`learns: ${net.parameters.map(({ path }) => path).join(', ')}`)
  const { values } = await fitNetwork(net, {
    data: batches(train, { batchSize }),
    loss: (scores, { y }) => crossEntropy(scores, y),
    optimizer: adamW({ learningRate }),
    schedule: cosineSchedule((epochs * train.y.data.length) / batchSize),
    epochs,
    validation: batches(held, { batchSize: 500, shuffle: false }),
    onEvent: log.onEvent,
  })
  return model.toOnnx(values)
}

/** The share of the test that a file reads right, on ONNX Runtime. */
async function score(source: string | Uint8Array): Promise<string> {
  const { traced } = await importOnnx(source)
  await using compiled = await compile(traced)
  const read: number[] = []
  for (const { x } of batches<Images>(test, { batchSize: 500, shuffle: false })(0)) {
    const { scores } = (await compiled.run({ image: x })) as Record<string, NDArray>
    read.push(...t.argMax(scores!).data)
  }
  return `${(100 * accuracy(test.y.data, read)).toFixed(1)} %`
}
