// A training step of the mlp by TensorFlow.js, on WebAssembly. Prints the losses of three steps, then for each line "N" on
// standard input the milliseconds of N steps, as JSON. Run where its packages are installed: tensorflow-js.mjs FOLDER THREADS
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { serve } from './serve.mjs'

const [folder, threads] = process.argv.slice(2)
const require = createRequire(join(process.cwd(), 'index.js'))
const tf = require('@tensorflow/tfjs')
const wasm = require('@tensorflow/tfjs-backend-wasm')
wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
wasm.setThreadsCount(Number(threads))
await tf.setBackend('wasm')
await tf.ready()

const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8'))
const bytes = (name) => Uint8Array.from(readFileSync(join(folder, name))).buffer
const initial = new Float32Array(bytes('initial.f32'))
let at = 0
const [w0, b0, w1, b1, w2, b2] = about.parameters.map(([, shape]) => {
  const length = shape.reduce((a, b) => a * b, 1)
  at += length
  return tf.variable(tf.tensor(initial.slice(at - length, at), shape))
})
const x = tf.tensor(new Float32Array(bytes('x.bin')), about.x)
const labels = new Int32Array(bytes('y.bin'))
const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8)

const linear = (input, weight, bias) => tf.add(tf.matMul(input, weight, false, true), bias)
async function once() {
  const loss = tf.tidy(() => {
    const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 10)
    return optimizer.minimize(() => {
      const hidden = tf.relu(linear(tf.relu(linear(x, w0, b0)), w1, b1))
      return tf.losses.softmaxCrossEntropy(y, linear(hidden, w2, b2))
    }, true)
  })
  const [value] = await loss.data()
  loss.dispose()
  return value
}

await serve(labels, once)
