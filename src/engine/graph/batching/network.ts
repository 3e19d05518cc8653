// What networks are made of.
import { bind, bindAll } from '../bind.js'
import { add, mul, reshape } from '../operations/index.js'
import type {
  ConvParams,
  PoolParams,
  Primitive,
  PrimitiveParams,
  NetworkParams,
  WindowParams,
} from '../primitives.js'
import type { Tensor } from '../value.js'
import { full } from '../creation.js'
import { aligned } from './elementwise.js'
import {
  type BatchContext,
  type BatchRule,
  type BatchRules,
  filled,
  merged,
  moveAxis,
  parted,
} from './rule.js'

function layerNormBatch(context: BatchContext<'layerNorm'>): readonly Tensor[] {
  const [x, scale, bias] = [filled(context, 0), context.operands[1]!, context.operands[2]!]
  const [, scaled, moved] = context.batched
  if (scaled !== true && moved !== true) return bindAll('layerNorm', [x, scale, bias], context.params)
  const width = Number(x.shape.at(-1))
  const [plain, center, inverse] = bindAll(
    'layerNorm',
    [x, full([width], 1, x.dtype as 'float32'), full([width], 0, x.dtype as 'float32')],
    context.params,
  )
  const [, s, b] = aligned({ operands: [x, scale, bias], batched: [true, scaled!, moved!] })
  return [add(mul(plain!, s!), b!), center!, inverse!]
}

/** The batch as more groups of channels: each has filters of its own. */
function asGroups(x: Tensor): Tensor {
  const front = moveAxis(x, 0, 1)
  const [rows, batch, channels, ...spatial] = front.shape as [number, number, number, ...number[]]
  return reshape(front, [rows, batch * channels, ...spatial])
}

function fromGroups(x: Tensor, size: number): Tensor {
  const [rows, channels, ...spatial] = x.shape as [number, number, ...number[]]
  return moveAxis(reshape(x, [rows, size, channels / size, ...spatial]), 1, 0)
}

/** Of x or y alone the batch joins the rows; of filters too, it becomes groups. */
const convBatch =
  <P extends 'conv' | 'convTranspose'>(primitive: P): BatchRule<P> =>
  (context) => {
    const { operands, batched, size } = context
    const params = context.params as PrimitiveParams[P] & ConvParams
    if (batched[1] !== true)
      return [parted(bind(primitive, [merged(operands[0]!), operands[1]!], params), size)]
    const count = Number(size)
    const grouped = { ...params, groups: params.groups * count }
    return [fromGroups(bind(primitive, [asGroups(filled(context, 0)), merged(operands[1]!)], grouped), count)]
  }

const poolBatch =
  <P extends Primitive & `${'max' | 'average'}Pool${string}`>(primitive: P): BatchRule<P> =>
  (context) => {
    const operands = context.operands.map((_, i) => merged(filled(context, i)))
    return [
      parted(bind(primitive, operands, context.params as PrimitiveParams[P] & PoolParams), context.size),
    ]
  }

export const networkBatching: BatchRules<
  Exclude<keyof NetworkParams, 'softmax' | 'logSoftmax'> | keyof WindowParams
> = {
  matmul(context) {
    // Only the axes before the last two broadcast.
    return bindAll('matmul', aligned(context), context.params)
  },
  layerNorm: layerNormBatch,
  conv: convBatch('conv'),
  convTranspose: convBatch('convTranspose'),
  convFilter(context) {
    const count = Number(context.size)
    const params = { ...context.params, groups: context.params.groups * count }
    const filters = bind('convFilter', [asGroups(filled(context, 0)), asGroups(filled(context, 1))], params)
    return [parted(filters, context.size)]
  },
  maxPool: poolBatch('maxPool'),
  maxPoolScatter: poolBatch('maxPoolScatter'),
  maxPoolGather: poolBatch('maxPoolGather'),
  averagePool: poolBatch('averagePool'),
  averagePoolTranspose: poolBatch('averagePoolTranspose'),
}
