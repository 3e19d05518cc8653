// Memory of training, on the built package in a process of its own; bench/training-memory has more networks and steps.
import { expect, it } from 'vitest'
import { run } from '../../scripts/run.mjs'

// A batch of this network has 32 KB: to keep one a step would be 125 MiB.
const program = `
  import { array, spec } from 'modelwright/graph'
  import { adamW, batches, batchNorm, crossEntropy, dense, dropout, fitNetwork, network, relu, sequential } from 'modelwright/nn'
  const rows = 320
  const x = array(Float32Array.from({ length: rows * 256 }, (_, i) => Math.sin(i)), { shape: [rows, 256] })
  const arrays = { x, y: array(Int32Array.from({ length: rows }, (_, i) => i % 10)) }
  const net = network(sequential(dense(64), batchNorm(), relu, dropout(0.1), dense(10)), spec('float32', ['batch', 256]))
  const resident = {}
  async function* data(epoch) {
    for (const batch of batches(arrays, { batchSize: 32 })(epoch)) yield batch
  }
  await fitNetwork(net, {
    data, steps: 5000, loss: (output, { y }) => crossEntropy(output, y), optimizer: adamW(), clipNorm: 1, averageDecay: 0.99,
    validation: [arrays], metrics: ['accuracy'], threads: 1, worker: WORKER,
    onEvent(event) {
      if (event.type !== 'step-end' || event.step % 1000 > 0) return
      gc()
      resident[event.step] = process.memoryUsage.rss() / 2 ** 20
    },
  })
  console.log(JSON.stringify(resident))`

it.each([false, true])('stays flat over 5,000 steps (worker: %s)', { timeout: 180_000 }, async (worker) => {
  // V8's young generation grows by jumps of megabytes; at its least it hides no leak.
  const flags = ['--expose-gc', '--max-semi-space-size=1', '--input-type=module']
  const { code, output } = await run(process.execPath, [
    ...flags,
    '-e',
    program.replace('WORKER', String(worker)),
  ])
  expect(code, output).toBe(0)
  const resident = JSON.parse(output) as Record<string, number>
  expect(Object.keys(resident)).toEqual(['1000', '2000', '3000', '4000', '5000'])
  // Between processes it differs by up to 2 MiB; garbage of a worker is not collected on request.
  expect(resident['5000']! - resident['1000']!).toBeLessThan(worker ? 16 : 5)
})
