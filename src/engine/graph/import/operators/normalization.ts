// Numbers brought to a common scale.
import { type Dim, product } from '../../dims.js'
import * as t from '../../operations/index.js'
import type { Tensor } from '../../value.js'
import { full } from '../../creation.js'
import { scalar } from '../held.js'
import type { ImportedNode, OperatorRules, Results } from '../node.js'

const fromFront = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

/** A vector of channels beside [batch, channels, …]. */
const channelwise = (vector: Tensor, x: Tensor): Tensor =>
  t.reshape(vector, [Number(vector.shape[0]), ...x.shape.slice(2).map(() => 1)])

/** By running statistics, or by those of the batch where the file was written in training. */
function batchNormalization(node: ImportedNode): Results {
  const [x, scale, bias] = [node.tensor(0), node.tensor(1), node.tensor(2)]
  const [mean, variance] = [node.tensor(3), node.tensor(4)]
  const epsilon = node.float('epsilon', 1e-5)
  if (node.int('training_mode', 0) === 0) {
    // One factor and one shift: what depends on no input is computed once.
    const factor = t.div(scale, t.sqrt(t.add(variance, epsilon)))
    const shift = t.sub(bias, t.mul(mean, factor))
    return t.add(t.mul(x, channelwise(factor, x)), channelwise(shift, x))
  }
  const axes = x.shape.map((_, i) => i).filter((i) => i !== 1)
  const own = { mean: t.mean(x, { axes }), variance: t.variance(x, { axes }) }
  const centered = t.sub(x, channelwise(own.mean, x))
  const factor = t.div(scale, t.sqrt(t.add(own.variance, epsilon)))
  const y = t.add(t.mul(centered, channelwise(factor, x)), channelwise(bias, x))
  const momentum = node.float('momentum', 0.9)
  const mixed = (before: Tensor, now: Tensor): Tensor =>
    t.add(t.mul(before, momentum), t.mul(now, 1 - momentum))
  return [y, mixed(mean, own.mean), mixed(variance, own.variance)]
}

/** Over all axes from one on, which count as the last. */
function layerNormalization(node: ImportedNode): Results {
  const x = node.tensor(0)
  const axis = fromFront(node.int('axis', -1), x.shape.length)
  const width = product(x.shape.slice(axis))
  const flat = (parameter: Tensor): Tensor =>
    t.reshape(t.broadcastTo(parameter, x.shape.slice(axis)), [width])
  const rows = t.reshape(x, [...x.shape.slice(0, axis), width])
  const y = t.layerNorm(rows, {
    scale: flat(node.tensor(1)),
    bias: node.inputs[2] === undefined ? full([Number(width)], 0, x.dtype) : flat(node.tensor(2)),
    epsilon: node.float('epsilon', 1e-5),
  })
  const result = t.reshape(y, x.shape)
  if (node.outputCount === 1) return result
  const axes = x.shape.map((_, i) => i).filter((i) => i >= axis)
  const mean = t.mean(x, { axes, keepDims: true })
  const variance = t.mean(t.square(t.sub(x, mean)), { axes, keepDims: true })
  return [result, mean, t.div(1, t.sqrt(t.add(variance, node.float('epsilon', 1e-5))))]
}

/** x / √(mean of x² + ε) · scale, over all axes from one on. @see Zhang & Sennrich 2019, arXiv:1910.07467 */
function rmsNormalization(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const from = fromFront(node.int('axis', -1), x.shape.length)
  const axes = x.shape.map((_, i) => i).filter((i) => i >= from)
  const size = t.sqrt(t.add(t.mean(t.square(x), { axes, keepDims: true }), node.float('epsilon', 1e-5)))
  return t.mul(t.div(x, size), node.tensor(1))
}

function standardized(rows: Tensor, axes: readonly number[], epsilon: number): Tensor {
  const centered = t.sub(rows, t.mean(rows, { axes, keepDims: true }))
  return t.div(centered, t.sqrt(t.add(t.mean(t.square(centered), { axes, keepDims: true }), epsilon)))
}

const affine = (x: Tensor, scale: Tensor, bias: Tensor): Tensor =>
  t.add(t.mul(x, channelwise(scale, x)), channelwise(bias, x))

function instanceNormalization(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const axes = x.shape.map((_, i) => i).filter((i) => i >= 2)
  return affine(standardized(x, axes, node.float('epsilon', 1e-5)), node.tensor(1), node.tensor(2))
}

/** Scale and bias are of the groups in version 18, of the channels from 21 on. */
function groupNormalization(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const [batch, channels, ...spatial] = x.shape
  const groups = node.int('num_groups', 1)
  const rows = t.reshape(x, [batch!, groups, -1])
  const plain = t.reshape(standardized(rows, [2], node.float('epsilon', 1e-5)), [
    batch!,
    channels!,
    ...spatial,
  ])
  const each = (parameter: Tensor): Tensor => {
    if (parameter.shape[0] === channels) return parameter
    const wide = t.broadcastTo(t.expandDims(parameter, 1), [groups, Number(channels) / groups])
    return t.reshape(wide, [channels!])
  }
  return affine(plain, each(node.tensor(1)), each(node.tensor(2)))
}

function lpNormalization(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const options = { axes: [node.int('axis', -1)], keepDims: true }
  const size = node.int('p', 2) === 1 ? t.sum(t.abs(x), options) : t.sqrt(t.sum(t.square(x), options))
  return t.div(x, size)
}

function meanVarianceNormalization(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const axes = node.ints('axes') ?? [0, 2, 3]
  const centered = t.sub(x, t.mean(x, { axes, keepDims: true }))
  const deviation = t.sqrt(t.mean(t.square(centered), { axes, keepDims: true }))
  // The reference function of the operator adds this, so that an even image is not divided by 0.
  return t.div(centered, t.add(deviation, scalar(1e-9, x.dtype)))
}

/** Over neighboring channels. @see Krizhevsky et al. 2012, section 3.3 */
function localResponse(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const [batch, channels, ...spatial] = x.shape as [Dim, Dim, ...Dim[]]
  const size = node.int('size', 1)
  const squares = t.reshape(t.square(x), [batch, 1, channels, product(spatial)])
  const before = Math.floor((size - 1) / 2)
  const means = t.averagePool(squares, [size, 1], {
    strides: [1, 1],
    padding: [
      [before, size - 1 - before],
      [0, 0],
    ],
  })
  const scale = t.add(t.mul(t.reshape(means, x.shape), node.float('alpha', 1e-4)), node.float('bias', 1))
  return t.div(x, t.pow(scale, scalar(node.float('beta', 0.75), x.dtype)))
}

export const normalizationOperators: OperatorRules = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LRN: localResponse,
}
