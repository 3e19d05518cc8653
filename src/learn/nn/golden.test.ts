// Layers, losses and optimizers against PyTorch: outputs and gradients from equal parameters (test/golden/nn.py).
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  array,
  compile,
  grad,
  type NDArray,
  spec,
  t,
  type Tensor,
  trace,
  valueAndGrad,
} from '../../engine/graph/index.js'
import * as nn from './index.js'

interface Stored {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
interface LayerCase {
  readonly name: string
  readonly training: boolean
  readonly x: Stored
  readonly integers: boolean
  readonly y: Stored
  readonly weights: Stored
  readonly values: Record<string, Stored>
  readonly gradients: Record<string, Stored>
  readonly xGradient: Stored | null
  readonly states: Record<string, Stored>
}
interface LossCase {
  readonly name: string
  readonly x: Stored
  readonly y: Stored
  readonly value: number
  readonly gradient: Stored
}
interface OptimizerCase {
  readonly name: string
  readonly start: Record<'w' | 'b', Stored>
  readonly x: Stored
  readonly y: Stored
  readonly end: Record<'w' | 'b', Stored>
}
const golden = JSON.parse(readFileSync(new URL('../../../test/golden/nn.json', import.meta.url), 'utf8')) as {
  layers: LayerCase[]
  losses: LossCase[]
  optimizers: OptimizerCase[]
  schedules: { readonly name: string; readonly factors: readonly number[] }[]
  plateau: { readonly losses: readonly number[]; readonly factors: readonly number[] }
}

const float = ({ shape, data }: Stored): NDArray<'float32'> =>
  array(Float32Array.from(data), { shape }) as NDArray<'float32'>
const integer = ({ shape, data }: Stored): NDArray => array(Int32Array.from(data), { shape })
const floats = (all: Record<string, Stored>): Record<string, NDArray<'float32'>> =>
  Object.fromEntries(Object.entries(all).map(([name, one]) => [name, float(one)]))

// Float32 sums in another order: a few units in the last digit of numbers around 1.
function expectClose(found: Tensor, expected: Stored, what: string): void {
  expect(found.shape, what).toEqual(expected.shape)
  const { data } = found as NDArray
  expected.data.forEach((value, i) =>
    expect(Math.abs(data[i]! - value), what).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(value))),
  )
}

// What attention is given beside x, as test/golden/nn.py has it.
const seen = array([
  [true, true, true, false, false],
  [true, true, true, true, false],
])
const memory = array(
  Float32Array.from({ length: 2 * 3 * 8 }, (_, i) => Math.sin(i)),
  { shape: [2, 3, 8] },
)
const given =
  (layer: nn.AttentionLayer, context: nn.AttentionContext): nn.Layer =>
  (x, scope) =>
    layer(x, scope, context)
const decoder = (norm: 'before' | 'after'): nn.Layer =>
  given(nn.transformerBlock({ heads: 2, feedForward: 16, causal: true, norm }), { memory })

const layers: Record<string, nn.Layer> = {
  dense: nn.dense(3),
  'dense, no bias': nn.dense(3, { bias: false }),
  embedding: nn.embedding(6, 3),
  conv1d: nn.conv1d(6, 3, { stride: 2, padding: 1, dilation: 2, groups: 2 }),
  conv2d: nn.conv2d(4, 3, { padding: 1 }),
  'conv2d, strided': nn.conv2d(4, [3, 2], { stride: [2, 1], padding: 1, groups: 4 }),
  'conv2d, same': nn.conv2d(3, [2, 3], { padding: 'same' }),
  convTranspose1d: nn.convTranspose1d(6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
  convTranspose2d: nn.convTranspose2d(2, 3, { stride: 2, padding: 1 }),
  maxPool: nn.maxPool(2),
  'maxPool, overlapping': nn.maxPool(3, { stride: 2, padding: 1 }),
  averagePool: nn.averagePool(3, { stride: 2, padding: 1 }),
  adaptiveAveragePool: nn.adaptiveAveragePool([3, 2]),
  upsample: nn.upsample(2),
  layerNorm: nn.layerNorm(),
  groupNorm: nn.groupNorm(2),
  instanceNorm: nn.instanceNorm({ affine: true }),
  'batchNorm, training': nn.batchNorm(),
  batchNorm: nn.batchNorm(),
  lstm: nn.lstm(4),
  'lstm, deep, both ways': nn.lstm(4, { layers: 2, bidirectional: true }),
  gru: nn.gru(4),
  'gru, both ways': nn.gru(4, { bidirectional: true }),
  attention: nn.multiHeadAttention({ heads: 2 }),
  'attention, causal': nn.multiHeadAttention({ heads: 2, causal: true }),
  'transformerBlock, norm before': nn.transformerBlock({ heads: 2, feedForward: 16 }),
  'transformerBlock, norm after': nn.transformerBlock({ heads: 2, feedForward: 16, norm: 'after' }),
  rmsNorm: nn.rmsNorm(),
  residual: nn.residual(nn.dense(4)),
  adaptiveMaxPool: nn.adaptiveMaxPool([3, 2]),
  globalAveragePool: nn.globalAveragePool,
  globalMaxPool: nn.globalMaxPool,
  flatten: nn.flatten,
  'lstm, last': nn.lstm(4, { sequences: false }),
  'gru, last, both ways': nn.gru(4, { bidirectional: true, sequences: false }),
  'attention, masked': given(nn.multiHeadAttention({ heads: 2 }), { mask: seen }),
  'attention, cross': given(nn.multiHeadAttention({ heads: 2 }), { memory }),
  'attention, shared keys and values': nn.multiHeadAttention({ heads: 4, keyValueHeads: 2 }),
  'attention, rotary': nn.multiHeadAttention({ heads: 2, rotary: true }),
  'transformerBlock, with memory, norm before': decoder('before'),
  'transformerBlock, with memory, norm after': decoder('after'),
  sinusoidalPositions: nn.sinusoidalPositions,
  sigmoid: nn.sigmoid,
  tanh: nn.tanh,
  relu: nn.relu,
  gelu: nn.gelu,
  geluTanh: nn.geluTanh,
  silu: nn.silu,
  leakyRelu: nn.leakyRelu(),
  elu: nn.elu(),
  softplus: nn.softplus,
  softmax: nn.softmax,
}

/** Values, gradients and the runtime's answer beside PyTorch's. */
async function check(layer: nn.Layer, one: (typeof golden.layers)[number]): Promise<void> {
  const x = one.integers ? integer(one.x) : float(one.x)
  const net = nn.network(layer, spec(x.dtype, x.shape))
  const values = floats(one.values)
  expect([...net.parameters, ...net.states].map(({ path }) => path).sort()).toEqual(
    Object.keys(values).sort(),
  )
  const updates: Record<string, Tensor> = {}
  const apply = (params: nn.Values, input: Tensor): Tensor =>
    net.apply(params, input, { training: one.training, onUpdate: (path, value) => (updates[path] = value) })
  expectClose(apply(values, x), one.y, 'output')
  for (const [path, state] of Object.entries(one.states)) expectClose(updates[path]!, state, path)
  const score = (params: nn.Values, input: Tensor): Tensor =>
    t.sum(t.mul(apply(params, input), float(one.weights)))
  const gradients = grad(score as never)(values as never, x as never) as unknown as Record<string, Tensor>
  for (const [path, gradient] of Object.entries(one.gradients)) expectClose(gradients[path]!, gradient, path)
  if (one.xGradient !== null)
    expectClose(
      grad(score as never, { argument: 1 })(values as never, x as never) as Tensor,
      one.xGradient,
      'input',
    )
  await using compiled = await compile(
    trace((input: Tensor) => apply(values, input) as never, spec(x.dtype, x.shape) as never),
  )
  expectClose((await compiled.run(x as never)) as never, one.y, 'on the runtime')
}

const unrolled: Record<string, nn.Layer> = {
  'lstm, deep, both ways': nn.lstm(4, { layers: 2, bidirectional: true, unroll: true }),
  'gru, both ways': nn.gru(4, { bidirectional: true, unroll: true }),
}

describe('layers are those of PyTorch', () => {
  it.each(golden.layers)('$name', (one) => check(layers[one.name]!, one))

  it.each(golden.layers.filter(({ name }) => name in unrolled))('$name, written out', (one) =>
    check(unrolled[one.name]!, one),
  )

  it('takes recurrent layers over sequences of any length', async () => {
    const one = golden.layers.find(({ name }) => name === 'lstm, deep, both ways')!
    const net = nn.network(layers[one.name]!, spec('float32', ['batch', 'time', 3]))
    const f = (x: Tensor) => net.apply(floats(one.values), x)
    await using compiled = await compile(trace(f as never, spec('float32', ['batch', 'time', 3]) as never))
    expectClose((await compiled.run(float(one.x) as never)) as never, one.y, 'on the runtime')
  })

  it('writes out only sequences of a known length', () => {
    expect(() => nn.network(nn.gru(2, { unroll: true }), spec('float32', [1, 'time', 3]))).toThrow(
      /^recurrent layer: unroll needs sequences of a known length; this one is 'time' long\./,
    )
  })

  it('leaves none out', () => {
    expect(golden.layers.map(({ name }) => name).sort()).toEqual(Object.keys(layers).sort())
  })
})

const weights = [1, 2, 0.5]
const losses: Record<string, (x: Tensor, y: NDArray<'float32'>) => Tensor> = {
  crossEntropy: (x, y) => nn.crossEntropy(x, t.cast(y, 'int32')),
  'crossEntropy, weights': (x, y) => nn.crossEntropy(x, t.cast(y, 'int32'), { weights }),
  'crossEntropy, smoothing': (x, y) => nn.crossEntropy(x, t.cast(y, 'int32'), { labelSmoothing: 0.1 }),
  'crossEntropy, weights and smoothing': (x, y) =>
    nn.crossEntropy(x, t.cast(y, 'int32'), { weights, labelSmoothing: 0.1 }),
  'crossEntropy, ignored': (x, y) =>
    nn.crossEntropy(x, t.cast(y, 'int32'), { ignoreIndex: -100, labelSmoothing: 0.2 }),
  binaryCrossEntropy: nn.binaryCrossEntropy,
  focal: nn.focal,
  meanSquaredError: nn.meanSquaredError,
  meanAbsoluteError: nn.meanAbsoluteError,
  huber: (x, y) => nn.huber(x, y, { delta: 0.5 }),
  quantile: (x, y) => nn.quantile(x, y, { quantile: 0.9 }),
  klDivergence: nn.klDivergence,
  triplet(x, y) {
    const [positive, negative] = t.split(y, 2, 0) as [Tensor, Tensor]
    return nn.triplet({ anchor: x, positive, negative }, { margin: 1.5 })
  },
  contrastive(x, y) {
    const [b, same] = t.split(y, [3, 1], 1) as [Tensor, Tensor]
    return nn.contrastive({ a: x, b, same: t.squeeze(same, [1]) }, { margin: 2 })
  },
  dice: (x, y) => nn.dice(t.sigmoid(x), y),
}

describe('losses are those of PyTorch', () => {
  it.each(golden.losses)('$name', ({ name, x, y, value, gradient }) => {
    const found = valueAndGrad((input: Tensor) => losses[name]!(input, float(y)))(float(x))
    expect((found.value as NDArray).data[0]).toBeCloseTo(value, 5)
    expectClose(found.gradient, gradient, 'gradient')
  })

  it('take targets of the shape of the predictions only', () => {
    const [x, y] = [array([[1], [2]]), array([1, 2])]
    for (const loss of [
      nn.meanSquaredError,
      nn.meanAbsoluteError,
      nn.huber,
      nn.quantile,
      nn.binaryCrossEntropy,
      nn.focal,
    ])
      expect(() => loss(x, y)).toThrow(/predictions are \[2, 1\] and targets \[2\], expected one shape/)
    const net = nn.network(nn.dense(1), spec('float32', ['batch', 2]))
    const traced = (): unknown =>
      trace(
        (input: Tensor) => nn.meanSquaredError(net.apply(net.initialize(), input), y),
        spec('float32', ['batch', 2]) as never,
      )
    expect(traced).toThrow(/predictions are \[batch, 1\] and targets \[2\]/)
  })

  it('come to a sum, or to none', () => {
    const [x, y] = [array([1, 2]), array([0, 4])]
    expect((nn.meanSquaredError(x, y, { reduction: 'sum' }) as NDArray).data[0]).toBe(5)
    expect((nn.meanSquaredError(x, y, { reduction: 'none' }) as NDArray).data).toEqual(Float32Array.of(1, 4))
    const pairs = {
      a: array([
        [0, 0],
        [0, 0],
      ]),
      b: array([
        [3, 4],
        [0, 0.5],
      ]),
      same: array([1, 0]),
    }
    expect((nn.contrastive(pairs, { reduction: 'none' }) as NDArray).data[0]).toBeCloseTo(25, 4)
    expect((nn.contrastive(pairs, { reduction: 'none' }) as NDArray).data[1]).toBeCloseTo(0.25, 4)
  })
})

const optimizers: Record<string, nn.Optimizer> = {
  sgd: nn.sgd({ learningRate: 0.05, momentum: 0.9, weightDecay: 0.01 }),
  'sgd, nesterov': nn.sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true }),
  adam: nn.adam({ learningRate: 0.05 }),
  adamW: nn.adamW({ learningRate: 0.05, weightDecay: 0.1 }),
  rmsprop: nn.rmsprop({ learningRate: 0.02, momentum: 0.5 }),
  adagrad: nn.adagrad({ learningRate: 0.1 }),
  clipped: nn.sgd({ learningRate: 0.1 }),
  accumulated: nn.adam({ learningRate: 0.05 }),
  'accumulated and clipped': nn.sgd({ learningRate: 0.1, momentum: 0.9 }),
}
const accumulated: Record<string, number> = { accumulated: 3, 'accumulated and clipped': 4 }

describe('twelve steps end where those of PyTorch do', () => {
  it.each(golden.optimizers)('$name', async ({ name, start, x, y, end }) => {
    const specs = {
      params: { w: spec('float32', [3, 2]), b: spec('float32', [2]) },
      x: spec('float32', [5, 3]),
      y: spec('float32', [5, 2]),
    }
    const traced = trace(
      ({ params, x: given, y: goal }) =>
        nn.meanSquaredError(t.add(t.matmul(given, params.w), params.b), goal),
      specs,
    )
    await using step = await nn.openTrainingStep(traced as never, {
      optimizer: optimizers[name]!,
      parameters: floats(start),
      decays: () => true,
      ...(name.endsWith('clipped') ? { clipNorm: 0.5 } : {}),
    })
    const accumulate = accumulated[name] ?? 1
    for (let i = 0; i < 12; i++) {
      const stretched = float({ ...x, data: x.data.map((value) => value * (1 + i / 12)) })
      await step.step({ x: stretched, y: float(y) }, { accumulate })
    }
    expectClose(step.parameters['w']!, end.w, 'w')
    expectClose(step.parameters['b']!, end.b, 'b')
  })
})

const schedules: Record<string, nn.Schedule> = {
  cosine: nn.cosineSchedule(10),
  'cosine to a floor': nn.cosineSchedule(10, { floor: 0.1 }),
  step: nn.stepSchedule(3, 0.5),
  warmup: nn.warmup(4),
  oneCycle: nn.oneCycle(20),
  'oneCycle, other': nn.oneCycle(15, { rise: 0.4, startDivisor: 10, endDivisor: 100 }),
}

describe('schedules are those of PyTorch', () => {
  it.each(golden.schedules)('$name', ({ name, factors }) => {
    factors.forEach((factor, step) => expect(schedules[name]!(step)).toBeCloseTo(factor, 9))
  })

  it('leaves none out, of losses and optimizers either', () => {
    expect(golden.losses.map(({ name }) => name).sort()).toEqual(Object.keys(losses).sort())
    expect(golden.optimizers.map(({ name }) => name).sort()).toEqual(Object.keys(optimizers).sort())
    expect(golden.schedules.map(({ name }) => name).sort()).toEqual(Object.keys(schedules).sort())
  })

  it('plateau', () => {
    const falling = nn.plateau({ factor: 0.5, patience: 2, floor: 0.2 })
    const found = golden.plateau.losses.map((loss, step) => {
      falling.report(loss)
      return falling.factor(step)
    })
    expect(found).toEqual(golden.plateau.factors)
  })
})
