// What networks are made of. Products, convolutions and pools are linear in each operand, so that their gradients are
// again of the same few primitives.
import type { NetworkParams, WindowParams } from '../primitives.js'
import { bind } from '../bind.js'
import { add, broadcastTo, exp, matmul, mean, mul, reshape, sub, sum } from '../operations/index.js'
import { sameShape } from '../dims.js'
import type { Tensor, Value } from '../value.js'
import { type GradientContext, type GradientRules, unbroadcast } from './rule.js'

function matmulGradients({ inputs, cotangents, params }: GradientContext<'matmul'>): [Tensor, Tensor] {
  const [a, b] = inputs as [Value, Value]
  const { transposeA, transposeB } = params
  const dy = cotangents[0]!
  const da = transposeA
    ? matmul(b, dy, { transposeA: transposeB, transposeB: true })
    : matmul(dy, b, { transposeB: !transposeB })
  const db = transposeB
    ? matmul(dy, a, { transposeA: true, transposeB: transposeA })
    : matmul(a, dy, { transposeA: !transposeA })
  return [unbroadcast(da, a.shape), withoutBatch(a, b, dy, params) ?? unbroadcast(db, b.shape)]
}

/** For a matrix that all of a batch is multiplied with, one large product in place of many that are summed. */
function withoutBatch(
  a: Value,
  b: Value,
  dy: Tensor,
  { transposeA, transposeB }: GradientContext<'matmul'>['params'],
): Tensor | undefined {
  if (b.shape.length !== 2 || a.shape.length === 2 || transposeA) return undefined
  if (!sameShape(a.shape.slice(0, -1), dy.shape.slice(0, -1))) return undefined
  const rows = reshape(a, [-1, a.shape.at(-1)!])
  const dyRows = reshape(dy, [-1, dy.shape.at(-1)!])
  return transposeB ? matmul(dyRows, rows, { transposeA: true }) : matmul(rows, dyRows, { transposeA: true })
}

/** x̂ = (x − mean) · inverse; the statistics depend on x too, and so does a gradient that comes through them. */
function layerNormGradients({
  inputs,
  outputs,
  cotangents,
}: GradientContext<'layerNorm'>): (Tensor | undefined)[] {
  const [x, scale] = inputs as [Value, Value, Value]
  const [, center, inverse] = outputs as [Value, Value, Value]
  const [dy, dCenter, dInverse] = cotangents
  const last = { axes: -1, keepDims: true }
  const lead = x.shape.slice(0, -1).map((_, axis) => axis)
  const normal = mul(sub(x, center), inverse)
  const width = Number(x.shape.at(-1))
  const parts: Tensor[] = []
  if (dy !== undefined) {
    const g = mul(dy, scale)
    const shared = add(mean(g, last), mul(normal, mean(mul(g, normal), last)))
    parts.push(mul(inverse, sub(g, shared)))
  }
  if (dCenter !== undefined) parts.push(broadcastTo(mul(dCenter, 1 / width), x.shape))
  // d inverse / dx = −inverse² · x̂ / width
  if (dInverse !== undefined) parts.push(mul(mul(dInverse, mul(inverse, inverse)), mul(normal, -1 / width)))
  const total = parts.length === 0 ? undefined : parts.reduce((a, b) => add(a, b))
  if (dy === undefined) return [total, undefined, undefined]
  return [total, sum(mul(dy, normal), { axes: lead }), sum(dy, { axes: lead })]
}

const spatialOf = ({ shape }: Tensor): number[] => shape.slice(2).map(Number)

export const networkGradients: GradientRules<keyof NetworkParams | keyof WindowParams> = {
  matmul: matmulGradients,
  softmax({ outputs, cotangents, params: { axis } }) {
    const y = outputs[0]!
    const product = mul(cotangents[0]!, y)
    return [sub(product, mul(y, sum(product, { axes: axis, keepDims: true })))]
  },
  logSoftmax({ outputs, cotangents, params: { axis } }) {
    const dy = cotangents[0]!
    return [sub(dy, mul(exp(outputs[0]!), sum(dy, { axes: axis, keepDims: true })))]
  },
  layerNorm: layerNormGradients,
  conv({ inputs, cotangents, params }) {
    const [x, w] = inputs as [Value, Value]
    const dy = cotangents[0]!
    return [
      bind('convTranspose', [dy, w], { ...params, spatial: spatialOf(x) }),
      bind('convFilter', [x, dy], { ...params, kernel: spatialOf(w) }),
    ]
  },
  convTranspose({ inputs, cotangents, params: { spatial: _spatial, ...params } }) {
    const [y, w] = inputs as [Value, Value]
    const dx = cotangents[0]!
    return [bind('conv', [dx, w], params), bind('convFilter', [dx, y], { ...params, kernel: spatialOf(w) })]
  },
  convFilter({ inputs, cotangents, params: { kernel: _kernel, ...params } }) {
    const [x, y] = inputs as [Value, Value]
    const dw = cotangents[0]!
    return [
      bind('convTranspose', [y, dw], { ...params, spatial: spatialOf(x) }),
      bind('conv', [x, dw], params),
    ]
  },
  maxPool: ({ inputs, cotangents, params }) => [bind('maxPoolScatter', [inputs[0]!, cotangents[0]!], params)],
  maxPoolScatter: ({ inputs, cotangents, params }) => [
    undefined,
    bind('maxPoolGather', [inputs[0]!, cotangents[0]!], params),
  ],
  maxPoolGather: ({ inputs, cotangents, params }) => [
    undefined,
    bind('maxPoolScatter', [inputs[0]!, cotangents[0]!], params),
  ],
  averagePool: ({ inputs, cotangents, params }) => [
    bind('averagePoolTranspose', [cotangents[0]!], { ...params, spatial: spatialOf(inputs[0]!) }),
  ],
  averagePoolTranspose({ cotangents, params: { spatial: _spatial, ...params } }) {
    return [bind('averagePool', [cotangents[0]!], params)]
  },
}
