// A training step of the mlp by jax-js, on WebAssembly. Prints the losses of three steps, then for each line "N" on standard
// input the milliseconds of N steps, as JSON. Run where @jax-js/jax is installed: jax-js.mjs FOLDER
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from './serve.mjs'

const found = createRequire(join(process.cwd(), 'index.js')).resolve('@jax-js/jax')
const {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  nn,
  numpy: np,
  tree,
  valueAndGrad,
} = await import(pathToFileURL(found.replace(/\.cjs$/, '.js')).href)
await init('wasm')
defaultDevice('wasm')

const folder = process.argv[2]
const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8'))
const floats = (name) => new Float32Array(Uint8Array.from(readFileSync(join(folder, name))).buffer)
const initial = floats('initial.f32')
let at = 0
const params = about.parameters.map(([, shape]) => {
  const length = shape.reduce((a, b) => a * b, 1)
  at += length
  return np.array(initial.slice(at - length, at)).reshape(shape)
})
const zeros = () => about.parameters.map(([, shape]) => np.zeros(shape))

const linear = (x, weight, bias) => np.matmul(x, weight.transpose()).add(bias)

function loss([w0, b0, w1, b1, w2, b2], x, y) {
  const hidden = nn.relu(linear(nn.relu(linear(x, w0, b0)), w1, b1))
  const logits = nn.logSoftmax(linear(hidden, w2, b2))
  return logits
    .mul(nn.oneHot(y, 10))
    .sum()
    .mul(-1 / 128)
}

// Adam as PyTorch computes it; the corrections of the step are given.
const step = jit(([p, m, v], [x, y], [rate, scale]) => {
  const [value, grads] = valueAndGrad(loss)(tree.ref(p), x, y)
  const mean = m.map((old, i) => old.mul(0.9).add(grads[i].ref.mul(0.1)))
  const square = v.map((old, i) => old.mul(0.999).add(np.square(grads[i]).mul(0.001)))
  const next = p.map((old, i) =>
    old.sub(rate.ref.mul(mean[i].ref).div(np.sqrt(square[i].ref).mul(scale.ref).add(1e-8))),
  )
  rate.dispose()
  scale.dispose()
  return [next, mean, square, value]
})

let state = [params, zeros(), zeros()]
const x = np.array(floats('x.bin')).reshape(about.x)
const labels = new Int32Array(Uint8Array.from(readFileSync(join(folder, 'y.bin'))).buffer)
let count = 0
async function once() {
  count++
  const [p, m, v, value] = step(
    state,
    [x.ref, np.array(labels)],
    [np.array(1e-3 / (1 - 0.9 ** count)), np.array(1 / Math.sqrt(1 - 0.999 ** count))],
  )
  await blockUntilReady([p, m, v])
  state = [p, m, v]
  return (await value.data())[0]
}

await serve(labels, once)
