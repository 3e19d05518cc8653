// Operands and parameters for each primitive; the compiler names those without a case.
import { rng } from '../../src/base/index.js'
import { array, type DType, type NDArray, sizeOf } from '../../src/engine/graph/array.js'
import { full } from '../../src/engine/graph/creation.js'
import { into } from '../../src/engine/graph/bind.js'
import { t } from '../../src/engine/graph/index.js'
import type { Primitive, PrimitiveParams } from '../../src/engine/graph/primitives.js'
import { trace } from '../../src/engine/graph/trace.js'
import {
  closeDraft,
  type Graph,
  newDraft,
  newValue,
  type Spec,
  type Tensor,
} from '../../src/engine/graph/value.js'

export interface PrimitiveCase<P extends Primitive> {
  readonly name?: string
  readonly inputs: readonly NDArray[]
  readonly params: PrimitiveParams[P]
  /** Not checked by differences: the point of the test is not smooth there, or nothing flows. */
  readonly smooth?: false
}

const random = rng(11)

/** Numbers that keep away from kinks: no two are closer than a hundredth, none is closer to a whole number. */
export function spread(shape: readonly number[], low = -2, high = 2, dtype: DType = 'float64'): NDArray {
  const size = sizeOf(shape)
  const order = random.permutation(size)
  const values = Array.from({ length: size }, (_, i) => {
    const value = low + ((high - low) * (order[i]! + 0.3 + 0.4 * random.uniform())) / size
    const near = Math.round(value)
    return Math.abs(value - near) < 0.01 ? near + 0.02 : value
  })
  return array(dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values), { shape })
}

const ints = (values: readonly number[], shape: readonly number[], dtype: DType = 'int32'): NDArray =>
  array(values, { dtype, shape })
const bools = (shape: readonly number[]): NDArray =>
  array(
    Array.from({ length: sizeOf(shape) }, () => random.below(2)),
    { dtype: 'bool', shape },
  )
const words = (shape: readonly number[]): NDArray =>
  array(
    Array.from({ length: sizeOf(shape) }, () => Math.floor(random.uniform() * 2 ** 32)),
    { dtype: 'uint32', shape },
  )

const unary = (low = -2, high = 2): PrimitiveCase<never>[] => [
  { inputs: [spread([2, 3], low, high)], params: {} as never },
  { name: 'scalar', inputs: [spread([], low, high)], params: {} as never },
]
const flat = (cases: PrimitiveCase<never>[]): PrimitiveCase<never>[] =>
  cases.map((one) => ({ ...one, smooth: false }))
const pairs = (low = -2, high = 2): PrimitiveCase<never>[] => [
  { inputs: [spread([2, 3], low, high), spread([2, 3], low, high)], params: {} as never },
  {
    name: 'broadcast',
    inputs: [spread([2, 1, 3], low, high), spread([4, 1], low, high)],
    params: {} as never,
  },
  { name: 'scalar', inputs: [spread([], low, high), spread([3], low, high)], params: {} as never },
]
const whole: PrimitiveCase<never> = {
  name: 'int32',
  inputs: [ints([7, -3, 2, 5], [4]), ints([2, 2, -3, 5], [4])],
  params: {} as never,
  smooth: false,
}
const bitwise = (): PrimitiveCase<never>[] => [
  { inputs: [words([5]), words([5])], params: {} as never, smooth: false },
]
const logical = (): PrimitiveCase<never>[] => [
  { inputs: [bools([2, 4]), bools([4])], params: {} as never, smooth: false },
]
const shifts = (): PrimitiveCase<never>[] => [
  { inputs: [words([4]), ints([0, 1, 13, 31], [4], 'uint32')], params: {} as never, smooth: false },
]

const conv = (over: Partial<PrimitiveParams['conv']> = {}): PrimitiveParams['conv'] => ({
  strides: [1, 1],
  dilations: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  groups: 1,
  ...over,
})
const uneven = conv({
  strides: [2, 1],
  dilations: [1, 2],
  padding: [
    [1, 0],
    [2, 1],
  ],
  groups: 2,
})
const conv1d = { strides: [2], dilations: [1], padding: [[1, 1]] as const, groups: 1 }
const pool = {
  window: [2, 2],
  strides: [2, 2],
  padding: [
    [0, 0],
    [0, 0],
  ] as const,
}
const overlapping = {
  window: [3, 2],
  strides: [2, 1],
  padding: [
    [1, 1],
    [0, 1],
  ] as const,
}

/** A body that a loop runs: state · tanh + slice, which it also stacks. */
function loopBody(): Graph {
  const draft = newDraft()
  const make = (spec: Spec) => newValue(draft, spec)
  const [state, row, weight] = [
    make({ dtype: 'float64', shape: [3] }),
    make({ dtype: 'float64', shape: [3] }),
    make({ dtype: 'float64', shape: [3] }),
  ]
  const next = t.add(t.mul(t.tanh(state), weight), row)
  return closeDraft(draft, [state, row, weight], [into(draft, next), into(draft, t.mul(next, row))])
}

/** Grows by factors while the largest is below 20. */
function doubling(): PrimitiveParams['whileLoop'] {
  const three = { dtype: 'float64', shape: [3] } as const
  const graph = (f: (x: Tensor, by: Tensor) => Tensor): Graph =>
    trace(({ x, by }) => f(x, by), { x: three, by: three }).graph
  return {
    condition: graph((x) => t.less(t.max(x), 20)),
    body: graph((x, by) => t.mul(x, by)),
    carried: 1,
  }
}

function calledGraph(): Graph {
  return trace(({ a, b }) => t.mul(t.sin(a), b), {
    a: { dtype: 'float64', shape: [3] },
    b: { dtype: 'float64', shape: [3] },
  }).graph
}

const cases: { readonly [P in Primitive]: readonly PrimitiveCase<P>[] } = {
  constant: [],
  neg: unary(),
  abs: unary(),
  sign: flat(unary()),
  exp: unary(),
  log: unary(0.2, 3),
  sqrt: unary(0.2, 3),
  sin: unary(),
  cos: unary(),
  atan: unary(),
  tanh: unary(),
  sigmoid: unary(),
  erf: unary(),
  relu: unary(),
  gelu: unary(),
  softplus: unary(),
  floor: flat(unary()),
  ceil: flat(unary()),
  round: [
    ...flat(unary()),
    {
      name: 'halves',
      inputs: [array(Float64Array.of(0.5, 1.5, -0.5, -1.5, 2.5))],
      params: {},
      smooth: false,
    },
  ],
  isNaN: [{ inputs: [array(Float64Array.of(1, Number.NaN, 2))], params: {}, smooth: false }],
  not: [{ inputs: [bools([5])], params: {}, smooth: false }],
  add: [...pairs(), whole],
  sub: [...pairs(), whole],
  mul: [...pairs(), whole, { name: 'uint32', inputs: [words([5]), words([5])], params: {}, smooth: false }],
  div: [...pairs(0.3, 3), whole],
  pow: pairs(0.3, 2),
  max: [...pairs(), whole],
  min: [...pairs(), whole],
  equal: [whole, ...logical(), ...bitwise()],
  less: [...flat(pairs()), whole],
  lessEqual: [...flat(pairs()), whole],
  and: logical(),
  or: logical(),
  bitAnd: bitwise(),
  bitOr: bitwise(),
  bitXor: bitwise(),
  shiftLeft: shifts(),
  shiftRight: shifts(),
  select: [
    { inputs: [bools([2, 3]), spread([2, 3]), spread([2, 3])], params: {} },
    { name: 'broadcast', inputs: [bools([3]), spread([2, 1]), spread([])], params: {} },
  ],
  cast: [
    { inputs: [spread([4])], params: { dtype: 'float64' } },
    { name: 'to int32', inputs: [spread([4])], params: { dtype: 'int32' }, smooth: false },
    { name: 'of bool', inputs: [bools([4])], params: { dtype: 'float64' }, smooth: false },
  ],
  stopGradient: flat(unary()),
  iota: [{ inputs: [spread([2, 5])], params: { axis: 1 }, smooth: false }],
  reshape: [{ inputs: [spread([2, 6])], params: { shape: [3, 1, 4] } }],
  transpose: [{ inputs: [spread([2, 3, 4])], params: { permutation: [2, 0, 1] } }],
  broadcastTo: [{ inputs: [spread([3, 1])], params: { shape: [2, 3, 4] } }],
  slice: [
    { inputs: [spread([5, 4])], params: { starts: [1, 0], ends: [4, null], steps: [1, 1] } },
    { name: 'steps', inputs: [spread([7, 4])], params: { starts: [1, 0], ends: [7, 3], steps: [2, 3] } },
  ],
  pad: [
    { inputs: [spread([2, 3])], params: { low: [1, 0], high: [0, 2], interior: [0, 0] } },
    { name: 'interior', inputs: [spread([2, 3])], params: { low: [0, 1], high: [1, 0], interior: [1, 2] } },
    { name: 'negative', inputs: [spread([4, 3])], params: { low: [-1, 1], high: [1, -2], interior: [0, 0] } },
  ],
  reverse: [{ inputs: [spread([3, 4])], params: { axes: [1] } }],
  concat: [{ inputs: [spread([2, 3]), spread([2, 1])], params: { axis: 1 } }],
  split: [{ inputs: [spread([2, 6])], params: { axis: 1, sizes: [1, 3, 2] } }],
  gather: [
    { inputs: [spread([4, 3]), ints([2, 0, 2, -1], [2, 2])], params: { axis: 0 } },
    { name: 'inner axis', inputs: [spread([2, 4, 3]), ints([1, 3, 1], [3])], params: { axis: 1 } },
    { name: 'one', inputs: [spread([2, 4]), ints([3], [])], params: { axis: 1 } },
  ],
  scatterAdd: [
    { inputs: [ints([2, 0, 2], [3]), spread([3, 2])], params: { axis: 0, shape: [4, 2] } },
    {
      name: 'inner axis',
      inputs: [ints([1, 3, 1, 0], [2, 2]), spread([2, 2, 2, 3])],
      params: { axis: 1, shape: [2, 4, 3] },
    },
  ],
  takeAlong: [{ inputs: [spread([3, 4]), ints([0, 3, 1, 1, 2, 2], [3, 2])], params: { axis: 1 } }],
  scatterAlong: [
    { inputs: [ints([0, 3, 1, 1, 2, 2], [3, 2]), spread([3, 2])], params: { axis: 1, shape: [3, 4] } },
  ],
  sum: [
    { inputs: [spread([2, 3, 4])], params: { axes: [0, 2] } },
    { name: 'all', inputs: [spread([2, 3])], params: { axes: [0, 1] } },
    { name: 'uint32', inputs: [words([3])], params: { axes: [0] }, smooth: false },
  ],
  reduceMax: [{ inputs: [spread([2, 3, 4])], params: { axes: [0, 2] } }],
  reduceMin: [{ inputs: [spread([2, 3, 4])], params: { axes: [1] } }],
  argMax: [{ inputs: [spread([2, 5, 3])], params: { axis: 1 }, smooth: false }],
  cumulativeSum: [
    { inputs: [spread([2, 4])], params: { axis: 1, reverse: false } },
    { name: 'reverse', inputs: [spread([3, 2])], params: { axis: 0, reverse: true } },
  ],
  topK: [{ inputs: [spread([2, 6])], params: { axis: 1, k: 3 } }],
  matmul: [
    { inputs: [spread([3, 4]), spread([4, 2])], params: { transposeA: false, transposeB: false } },
    {
      name: 'AᵀB',
      inputs: [spread([4, 3]), spread([4, 2])],
      params: { transposeA: true, transposeB: false },
    },
    {
      name: 'ABᵀ',
      inputs: [spread([3, 4]), spread([2, 4])],
      params: { transposeA: false, transposeB: true },
    },
    {
      name: 'AᵀBᵀ',
      inputs: [spread([4, 3]), spread([2, 4])],
      params: { transposeA: true, transposeB: true },
    },
    {
      name: 'batches',
      inputs: [spread([2, 3, 4]), spread([2, 4, 2])],
      params: { transposeA: false, transposeB: false },
    },
    {
      name: 'batches ABᵀ',
      inputs: [spread([2, 1, 3, 4]), spread([3, 2, 4])],
      params: { transposeA: false, transposeB: true },
    },
    {
      name: 'one matrix',
      inputs: [spread([2, 3, 4]), spread([4, 2])],
      params: { transposeA: false, transposeB: false },
    },
    {
      name: 'one matrix ABᵀ',
      inputs: [spread([2, 3, 4]), spread([2, 4])],
      params: { transposeA: false, transposeB: true },
    },
    {
      name: 'one matrix AᵀB',
      inputs: [spread([2, 4, 3]), spread([4, 2])],
      params: { transposeA: true, transposeB: false },
    },
    {
      name: 'one first matrix',
      inputs: [spread([3, 4]), spread([2, 4, 2])],
      params: { transposeA: false, transposeB: false },
    },
  ],
  softmax: [
    { inputs: [spread([2, 5])], params: { axis: 1 } },
    { name: 'first axis', inputs: [spread([3, 2])], params: { axis: 0 } },
  ],
  logSoftmax: [
    { inputs: [spread([2, 5])], params: { axis: 1 } },
    { name: 'first axis', inputs: [spread([3, 2])], params: { axis: 0 } },
  ],
  layerNorm: [{ inputs: [spread([2, 3, 5]), spread([5]), spread([5])], params: { epsilon: 1e-5 } }],
  conv: [
    { inputs: [spread([2, 3, 5, 4]), spread([2, 3, 2, 3])], params: conv() },
    { name: 'uneven', inputs: [spread([2, 4, 6, 5]), spread([2, 2, 3, 2])], params: uneven },
    { name: 'one axis', inputs: [spread([2, 2, 7]), spread([3, 2, 3])], params: conv1d },
  ],
  convTranspose: [
    { inputs: [spread([2, 2, 4, 2]), spread([2, 3, 2, 3])], params: { ...conv(), spatial: [5, 4] } },
    {
      name: 'uneven',
      inputs: [spread([1, 2, 3, 6]), spread([2, 2, 3, 2])],
      params: { ...uneven, spatial: [6, 5] },
    },
    { name: 'one axis', inputs: [spread([2, 3, 4]), spread([3, 2, 3])], params: { ...conv1d, spatial: [7] } },
  ],
  convFilter: [
    { inputs: [spread([2, 3, 5, 4]), spread([2, 2, 4, 2])], params: { ...conv(), kernel: [2, 3] } },
    {
      name: 'uneven',
      inputs: [spread([2, 4, 6, 5]), spread([2, 2, 3, 6])],
      params: { ...uneven, kernel: [3, 2] },
    },
    { name: 'one axis', inputs: [spread([2, 2, 7]), spread([2, 3, 4])], params: { ...conv1d, kernel: [3] } },
  ],
  maxPool: [
    { inputs: [spread([2, 2, 4, 6])], params: pool },
    { name: 'overlapping', inputs: [spread([2, 1, 6, 5])], params: overlapping },
  ],
  maxPoolScatter: [
    {
      name: 'equal elements',
      inputs: [full([1, 2, 4, 4], 1, 'float64'), spread([1, 2, 2, 2])],
      params: pool,
      smooth: false,
    },
    { inputs: [spread([2, 2, 4, 6]), spread([2, 2, 2, 3])], params: pool },
    { name: 'overlapping', inputs: [spread([2, 1, 6, 5]), spread([2, 1, 3, 5])], params: overlapping },
  ],
  maxPoolGather: [
    {
      name: 'equal elements',
      inputs: [full([1, 2, 4, 4], 1, 'float64'), spread([1, 2, 4, 4])],
      params: pool,
      smooth: false,
    },
    { inputs: [spread([2, 2, 4, 6]), spread([2, 2, 4, 6])], params: pool },
    { name: 'overlapping', inputs: [spread([2, 1, 6, 5]), spread([2, 1, 6, 5])], params: overlapping },
  ],
  averagePool: [
    { inputs: [spread([2, 2, 4, 6])], params: pool },
    { name: 'overlapping', inputs: [spread([2, 1, 6, 5])], params: overlapping },
  ],
  averagePoolTranspose: [
    { inputs: [spread([2, 2, 2, 3])], params: { ...pool, spatial: [4, 6] } },
    { name: 'overlapping', inputs: [spread([2, 1, 3, 5])], params: { ...overlapping, spatial: [6, 5] } },
  ],
  call: [
    {
      inputs: [spread([3]), spread([3])],
      params: { graph: calledGraph(), gradient: undefined, name: 'called' },
    },
  ],
  scan: [false, true].flatMap((unroll) =>
    [false, true].map((reverse) => ({
      name: `${reverse ? 'reverse' : 'forward'}, ${unroll ? 'written out' : 'a loop'}`,
      inputs: [spread([3]), spread([4, 3]), spread([3])],
      params: { body: loopBody(), carried: 1, sliced: 1, steps: 4, reverse, unroll },
    })),
  ),
  whileLoop: [
    {
      inputs: [spread([3], 0.1, 0.9), spread([3], 1.2, 2)],
      params: doubling(),
      // It has no gradient.
      smooth: false,
    },
  ],
}

/** All cases, each with a title. */
export const primitiveCases = Object.entries(cases).flatMap(([primitive, list]) =>
  (list as readonly PrimitiveCase<Primitive>[]).map((one) => ({
    title: one.name === undefined ? primitive : `${primitive}, ${one.name}`,
    primitive: primitive as Primitive,
    ...one,
  })),
)
