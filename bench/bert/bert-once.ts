// BERT-base from its description to a training step, each part timed, in a process of its own. bert-once.js BATCH THREADS
import { graph, nn, onnx } from '../networks/program.js'

type Tensor = import('../../dist/engine/graph/index.js').Tensor
type Traced = import('../../dist/engine/graph/index.js').Traced

/** Milliseconds, and memory. */
export interface BertTimes {
  readonly parameters: number
  readonly operators: number
  readonly trace: number
  readonly differentiate: number
  readonly write: number
  readonly open: number
  readonly firstStep: number
  readonly step: number
  readonly losses: readonly number[]
  readonly memoryMB: number
}

const { gradientsOf, spec, t, toOnnx, trace } = graph
const [batch, threads] = process.argv.slice(2).map(Number) as [number, number]
const length = 128

/** The sizes of BERT-base, uncased; two classes of texts. */
const layer = nn.bert({
  vocabulary: 30_522,
  width: 768,
  blocks: 12,
  heads: 12,
  head: 'classifier',
  classes: 2,
})
const clock = (): number => performance.now()
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const started = clock()
const network = nn.network(layer, spec('int32', [batch, length]))
const params = Object.fromEntries(network.parameters.map(({ path, shape }) => [path, spec('float32', shape)]))
const traced = trace(
  ({ params: values, x, y }: Record<'params' | 'x' | 'y', Tensor>) => {
    const logits = network.apply(values as never, x)
    return t.neg(t.mean(t.takeAlong(t.logSoftmax(logits), t.expandDims(y, -1))))
  },
  { params, x: spec('int32', [batch, length]), y: spec('int32', [batch]) } as never,
) as Traced
const described = clock()
const differentiated = gradientsOf(traced, 'params')
const derived = clock()
const bytes = toOnnx(differentiated, { portable: false })
const written = clock()
// The numbers are made outside of what is timed: a trained model reads them.
const parameters = network.initialize(0)
const ready = clock()
await using step = await nn.openTrainingStep(traced, {
  optimizer: nn.adamW({ learningRate: 1e-4 }),
  parameters: parameters as never,
  threads,
})
// Opening a step differentiates and writes once more, which has been counted.
const open = clock() - ready - (written - described)
const tokens = Int32Array.from({ length: batch * length }, (_, i) => 1000 + ((i * 7919) % 20_000))
const example = {
  x: { dtype: 'int32', shape: [batch, length], data: tokens },
  y: { dtype: 'int32', shape: [batch], data: Int32Array.from({ length: batch }, (_, i) => i % 2) },
} as const
const losses: number[] = []
const times: number[] = []
for (let i = 0; i < 6; i++) {
  const from = clock()
  losses.push(await step.step(example))
  times.push(clock() - from)
}
const operators = Object.values(onnx.inspectModel(bytes).operators).reduce((a, b) => a + b, 0)
const result: BertTimes = {
  parameters: network.parameterCount,
  operators,
  trace: described - started,
  differentiate: derived - described,
  write: written - derived,
  open,
  firstStep: times[0]!,
  step: median(times.slice(1)),
  losses,
  // Kilobytes, on Linux.
  memoryMB: process.resourceUsage().maxRSS / 1024,
}
console.log(JSON.stringify(result))
