// Element by element.
import { isFloat, type Tensor } from '../../value.js'
import * as t from '../../operations/index.js'
import { scalar } from '../held.js'
import type { ImportedNode, OperatorRule, OperatorRules } from '../node.js'

const unary =
  (f: (x: Tensor) => Tensor): OperatorRule =>
  (node) =>
    f(node.tensor(0))

const binary =
  (f: (a: Tensor, b: Tensor) => Tensor): OperatorRule =>
  (node) =>
    f(node.tensor(0), node.tensor(1))

/** Any number of operands. */
const variadic =
  (f: (a: Tensor, b: Tensor) => Tensor): OperatorRule =>
  (node) =>
    node.inputs.map((_, i) => node.tensor(i)).reduce((a, b) => f(a, b))

/** log(x + √(x² + 1)), from the side where nothing cancels. */
const asinh = (x: Tensor): Tensor => {
  const size = t.abs(x)
  return t.mul(t.sign(x), t.log(t.add(size, t.sqrt(t.add(t.square(size), 1)))))
}
const acosh = (x: Tensor): Tensor => t.log(t.add(x, t.sqrt(t.sub(t.square(x), 1))))
const atanh = (x: Tensor): Tensor => t.mul(t.log(t.div(t.add(1, x), t.sub(1, x))), 0.5)

/** Bits of unsigned words of 32: other widths would lose or gain some on the way. */
const words =
  (f: (a: Tensor, b: Tensor) => Tensor): OperatorRule =>
  (node) => {
    const operands = node.inputs.map((_, i) => node.tensor(i))
    const other = operands.find(({ dtype }) => dtype !== 'uint32')
    if (other !== undefined) throw node.fault(`bits of ${other.dtype} are not carried, only those of uint32.`)
    return f(operands[0]!, operands[1]!)
  }

/** Powers that are written out are faster, and so are their gradients. */
function pow(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const exponent = node.tensor(1)
  if (!('draft' in exponent) && exponent.data.length === 1 && exponent.shape.length === 0) {
    const [p] = exponent.data
    if (p === 2) return t.square(x)
    if (p === 3) return t.mul(t.square(x), x)
    if (p === 0.5 && isFloat(x)) return t.sqrt(x)
  }
  return t.pow(x, t.cast(exponent, x.dtype))
}

/** The rest has the sign of the divisor, or with fmod that of what is divided. */
function mod(node: ImportedNode): Tensor {
  const [a, b] = [node.tensor(0), node.tensor(1)]
  const ratio = t.div(a, b)
  // Whole numbers are cut towards zero already.
  const whole = isFloat(a) ? t.mul(t.sign(ratio), t.floor(t.abs(ratio))) : ratio
  const rest = t.sub(a, t.mul(whole, b))
  if (node.int('fmod', 0) === 1) return rest
  const zero = scalar(0, a.dtype)
  const turned = t.not(t.equal(t.less(rest, zero), t.less(b, zero)))
  return t.where(t.and(turned, t.not(t.equal(rest, zero))), t.add(rest, b), rest)
}

/** Limits are attributes before version 11, inputs from then on. */
function clip(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const limit = (i: number, name: string, none: number): Tensor | undefined => {
    if (node.opset >= 11) return node.optional(i)
    const value = node.float(name, none)
    return value === none ? undefined : scalar(value, x.dtype)
  }
  // Written as the numbers of float32 that lie farthest out.
  const [low, high] = [limit(1, 'min', -3.4028234663852886e38), limit(2, 'max', 3.4028234663852886e38)]
  const above = low === undefined ? x : t.maximum(x, t.cast(low, x.dtype))
  return high === undefined ? above : t.minimum(above, t.cast(high, x.dtype))
}

/** Numbers of TensorProto.DataType in the format. */
const types: Readonly<Record<number, Tensor['dtype']>> = {
  1: 'float32',
  2: 'int32',
  3: 'int32',
  4: 'int32',
  5: 'int32',
  6: 'int32',
  7: 'int32',
  9: 'bool',
  10: 'float32',
  11: 'float64',
  12: 'uint32',
  13: 'uint32',
  16: 'float32',
}

function cast(node: ImportedNode): Tensor {
  const to = node.int('to', 0)
  const dtype = types[to]
  if (dtype === undefined) throw node.fault(`a cast to element type ${to} (text?) cannot be carried.`)
  return t.cast(node.tensor(0), dtype)
}

function isInfinite(node: ImportedNode): Tensor {
  const x = node.tensor(0)
  const [positive, negative] = [node.int('detect_positive', 1) === 1, node.int('detect_negative', 1) === 1]
  const up = t.equal(x, scalar(Infinity, x.dtype))
  const down = t.equal(x, scalar(-Infinity, x.dtype))
  if (positive && negative) return t.or(up, down)
  return positive ? up : negative ? down : t.and(up, down)
}

export const elementwiseOperators: OperatorRules = {
  Neg: unary(t.neg),
  Abs: unary(t.abs),
  Sign: unary(t.sign),
  Exp: unary(t.exp),
  Log: unary(t.log),
  Sqrt: unary(t.sqrt),
  Sin: unary(t.sin),
  Cos: unary(t.cos),
  Tan: unary(t.tan),
  Sinh: unary(t.sinh),
  Cosh: unary(t.cosh),
  Asin: unary(t.asin),
  Acos: unary(t.acos),
  Atan: unary(t.atan),
  Asinh: unary(asinh),
  Acosh: unary(acosh),
  Atanh: unary(atanh),
  Erf: unary(t.erf),
  Floor: unary(t.floor),
  Ceil: unary(t.ceil),
  Round: unary(t.round),
  Reciprocal: unary((x) => t.div(1, x)),
  IsNaN: unary(t.isNaN),
  IsInf: isInfinite,
  Not: unary(t.not),
  Identity: (node) => node.inputs[0],
  Add: binary(t.add),
  Sub: binary(t.sub),
  Mul: binary(t.mul),
  Div: binary(t.div),
  Pow: pow,
  Mod: mod,
  Sum: variadic(t.add),
  Max: variadic(t.maximum),
  Min: variadic(t.minimum),
  Mean: (node) => t.mul(variadic(t.add)(node) as Tensor, 1 / node.inputs.length),
  Equal: binary(t.equal),
  Less: binary(t.less),
  LessOrEqual: binary(t.lessEqual),
  Greater: binary(t.greater),
  GreaterOrEqual: binary(t.greaterEqual),
  And: binary(t.and),
  Or: binary(t.or),
  Xor: binary((a, b) => t.not(t.equal(a, b))),
  BitwiseAnd: words(t.bitAnd),
  BitwiseOr: words(t.bitOr),
  BitwiseXor: words(t.bitXor),
  BitwiseNot: words((x) => t.bitXor(x, scalar(2 ** 32 - 1, 'uint32'))),
  BitShift: (node) => words(node.text('direction', 'LEFT') === 'LEFT' ? t.shiftLeft : t.shiftRight)(node),
  Where: (node) => t.where(node.tensor(0), node.tensor(1), node.tensor(2)),
  Clip: clip,
  Cast: cast,
  CastLike: (node) => t.cast(node.tensor(0), node.tensor(1).dtype),
  // As the graph predicts; in training too, so that the gradient is that of the whole network.
  Dropout: (node) => [node.tensor(0), node.asksFor(1) ? t.equal(node.tensor(0), node.tensor(0)) : undefined],
}
