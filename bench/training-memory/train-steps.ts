// Trains a small network and prints the resident memory of the process at some of the steps. train-steps.js MODEL WHERE STEPS
import { graph, nn } from '../networks/program.js'

const [model, where, count] = process.argv.slice(2) as [string, string, string]
const steps = Number(count)
const { array, spec } = graph

const image = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i))
const labels = (length: number) => array(Int32Array.from({ length }, (_, i) => i % 10))

const rows = 640
const models = {
  mlp: {
    layer: nn.sequential(nn.dense(64), nn.batchNorm(), nn.relu, nn.dropout(0.1), nn.dense(10)),
    shape: [32],
  },
  cnn: {
    layer: nn.sequential(nn.conv2d(8, 3), nn.relu, nn.maxPool(2), nn.flatten, nn.dense(10)),
    shape: [1, 12, 12],
  },
  lstm: { layer: nn.sequential(nn.lstm(16, { sequences: false }), nn.dense(10)), shape: [12, 8] },
}
const { layer, shape } = models[model as keyof typeof models]
const x = array(image(rows * shape.reduce((a, b) => a * b, 1)), { shape: [rows, ...shape] })
const arrays = { x, y: labels(rows) }

/** Batches that come one by one, as from files. */
async function* stream(epoch: number) {
  for (const batch of nn.batches(arrays, { batchSize: 32 })(epoch)) {
    await Promise.resolve()
    yield batch
  }
}

/** Steps, and MiB after them. */
export type Resident = readonly (readonly [number, number])[]

const resident: [number, number][] = []
const { gc } = globalThis as { gc?: () => void }
await nn.fitNetwork(nn.network(layer, spec('float32', ['batch', ...shape])), {
  data: stream,
  loss: (output, { y }) => nn.crossEntropy(output, y),
  optimizer: nn.adamW(),
  steps,
  clipNorm: 1,
  averageDecay: 0.99,
  validation: nn.batches(arrays, { batchSize: 64, shuffle: false }),
  metrics: ['accuracy'],
  threads: 1,
  worker: where === 'worker',
  engine: where === 'wasm' ? 'wasm' : 'auto',
  onEvent(event) {
    if (event.type !== 'step-end' || event.step % 1000 !== 0) return
    gc?.()
    resident.push([event.step, process.memoryUsage.rss() / 2 ** 20])
  },
})
console.log(JSON.stringify(resident))
