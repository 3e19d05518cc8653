// What networks bend their lines with.
import type { Tensor } from '../../value.js'
import { isFloat } from '../../value.js'
import * as t from '../../operations/index.js'
import { scalar } from '../held.js'
import type { ImportedNode, OperatorRule, OperatorRules } from '../node.js'

const unary =
  (f: (x: Tensor, node: ImportedNode) => Tensor): OperatorRule =>
  (node) =>
    f(node.tensor(0), node)

/** One number below zero, another above; what is not taken stays finite, so that its gradient is 0 and not NaN. */
const bent = (x: Tensor, below: (negative: Tensor) => Tensor): Tensor =>
  t.where(t.less(x, 0), below(t.minimum(x, 0)), x)

const elu = (x: Tensor, alpha: number): Tensor => bent(x, (low) => t.mul(t.sub(t.exp(low), 1), alpha))

/** Slopes count from the last axis, as in NumPy. */
const prelu = (node: ImportedNode): Tensor => {
  const x = node.tensor(0)
  return t.where(t.less(x, 0), t.mul(x, node.tensor(1)), x)
}

function gelu(x: Tensor, node: ImportedNode): Tensor {
  if (node.text('approximate', 'none') === 'none') return t.gelu(x)
  const inner = t.mul(t.add(x, t.mul(t.mul(t.square(x), x), 0.044715)), Math.sqrt(2 / Math.PI))
  return t.mul(t.mul(x, 0.5), t.add(t.tanh(inner), 1))
}

const clipped = (x: Tensor): Tensor => t.minimum(t.maximum(x, 0), 1)

function shrink(x: Tensor, node: ImportedNode): Tensor {
  const [bias, limit] = [node.float('bias', 0), node.float('lambd', 0.5)]
  const inside = t.where(t.greater(x, limit), t.sub(x, bias), scalar(0, x.dtype))
  return t.where(t.less(x, -limit), t.add(x, bias), inside)
}

/** Until version 12 the axes from one on are one long axis; from 13 on a single axis. */
function overAxis(f: (x: Tensor, axis: number) => Tensor): OperatorRule {
  return (node) => {
    const x = node.tensor(0)
    if (node.opset >= 13) return f(x, node.int('axis', -1))
    const given = node.int('axis', 1)
    const axis = given < 0 ? given + x.shape.length : given
    if (axis === x.shape.length - 1) return f(x, axis)
    const rows = t.reshape(x, [...x.shape.slice(0, axis), -1])
    return t.reshape(f(rows, axis), x.shape)
  }
}

function hardmax(x: Tensor, axis: number): Tensor {
  const own = axis < 0 ? axis + x.shape.length : axis
  const place = t.expandDims(t.argMax(x, own), own)
  const indices = t.reshape(
    t.iota(x, own),
    x.shape.map((dim, i) => (i === own ? dim : 1)),
  )
  return t.cast(t.equal(place, indices), x.dtype)
}

export const activationOperators: OperatorRules = {
  Relu: unary((x) => (isFloat(x) ? t.relu(x) : t.maximum(x, 0))),
  Sigmoid: unary(t.sigmoid),
  Tanh: unary(t.tanh),
  Softplus: unary(t.softplus),
  Softsign: unary((x) => t.div(x, t.add(t.abs(x), 1))),
  Gelu: unary(gelu),
  'com.microsoft.Gelu': unary(t.gelu),
  LeakyRelu: unary((x, node) => t.where(t.less(x, 0), t.mul(x, node.float('alpha', 0.01)), x)),
  PRelu: prelu,
  Elu: unary((x, node) => elu(x, node.float('alpha', 1))),
  Selu: unary((x, node) =>
    t.mul(elu(x, node.float('alpha', 1.6732632423543772)), node.float('gamma', 1.0507009873554805)),
  ),
  Celu: unary((x, node) => {
    const alpha = node.float('alpha', 1)
    return bent(x, (low) => t.mul(t.sub(t.exp(t.div(low, alpha)), 1), alpha))
  }),
  ThresholdedRelu: unary((x, node) => t.where(t.greater(x, node.float('alpha', 1)), x, scalar(0, x.dtype))),
  HardSigmoid: unary((x, node) =>
    clipped(t.add(t.mul(x, node.float('alpha', 0.2)), node.float('beta', 0.5))),
  ),
  HardSwish: unary((x) => t.mul(x, clipped(t.add(t.mul(x, 1 / 6), 0.5)))),
  Swish: unary((x, node) => t.mul(x, t.sigmoid(t.mul(x, node.float('alpha', 1))))),
  Mish: unary((x) => t.mul(x, t.tanh(t.softplus(x)))),
  Shrink: unary(shrink),
  Softmax: overAxis(t.softmax),
  LogSoftmax: overAxis(t.logSoftmax),
  Hardmax: overAxis(hardmax),
}
