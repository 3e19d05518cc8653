// Our side: checks ten steps against the peer's, then serves timings. step-once.js MODEL THREADS FOLDER
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type About, type ModelName, tracedLoss } from './models.js'
import { nn } from './program.js'

/** What is told before steps are timed. */
export interface Checked {
  readonly openMs: number
  readonly gradientError: number
  readonly parameterError: number
  readonly lossError: number
  readonly engine: string
}

const [model, threads, folder] = process.argv.slice(2) as [ModelName, string, string]
const about = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8')) as About
const bytes = (name: string): ArrayBuffer => Uint8Array.from(readFileSync(join(folder, name))).buffer
const floats = (name: string): Float32Array => new Float32Array(bytes(name))

function byName(
  values: Float32Array,
): Record<string, { dtype: 'float32'; shape: readonly number[]; data: Float32Array }> {
  let at = 0
  return Object.fromEntries(
    about.parameters.map(([name, shape]) => {
      const length = shape.reduce((a, b) => a * b, 1)
      at += length
      return [name, { dtype: 'float32', shape, data: values.slice(at - length, at) }]
    }),
  )
}

const optimizers = {
  mlp: nn.adam(),
  cnn: nn.sgd({ momentum: 0.9 }),
  gpt: nn.adamW({ weightDecay: 0.1, beta2: 0.99 }),
  lstm: nn.adam(),
}
const started = performance.now()
const step = await nn.openTrainingStep(tracedLoss(model, about) as never, {
  optimizer: optimizers[model],
  parameters: byName(floats('initial.f32')),
  threads: Number(threads),
})
const openMs = performance.now() - started
const tokens = model === 'gpt' || model === 'lstm'
const x = {
  dtype: tokens ? 'int32' : 'float32',
  shape: about.x,
  data: tokens ? new Int32Array(bytes('x.bin')) : floats('x.bin'),
} as const
const labels = new Int32Array(bytes('y.bin'))
const batch = { x, y: { dtype: 'int32', shape: [labels.length], data: labels } } as never

const largest = (found: Readonly<Record<string, { data: Float32Array }>>, expected: Float32Array): number => {
  let most = 0
  for (const [name, { data }] of Object.entries(byName(expected)))
    data.forEach((value, i) => (most = Math.max(most, Math.abs(value - found[name]!.data[i]!))))
  return most
}
const losses: number[] = []
let gradientError = 0
for (let i = 0; i < 10; i++) {
  losses.push(await step.step(batch))
  if (i === 0) gradientError = largest(step.gradients, floats('gradients.f32'))
}
const lossError = Math.max(...losses.map((loss, i) => Math.abs(loss - about.losses[i]!)))
console.log(
  JSON.stringify({
    openMs,
    gradientError,
    parameterError: largest(step.parameters, floats('tenth.f32')),
    lossError,
    engine: step.engine,
  }),
)

const classes = tokens ? 65 : 10
for await (const line of createInterface({ input: process.stdin })) {
  const times: number[] = []
  for (let i = 0; i < Number(line); i++) {
    labels.forEach((_, k) => (labels[k] = (k * 7 + i * 13) % classes))
    const start = performance.now()
    await step.step(batch)
    times.push(performance.now() - start)
  }
  console.log(JSON.stringify(times))
}
await step.close()
