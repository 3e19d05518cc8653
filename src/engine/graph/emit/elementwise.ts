// Element by element: nearly all have an operator of that name.
import type { ElementwiseParams } from '../primitives.js'
import { type EmitContext, type EmitRule, type EmitRules, cast, number, op } from './context.js'
import type { Node } from '../value.js'
import type { Value as OnnxValue } from '../../onnx/index.js'

const direct =
  (operator: string): EmitRule =>
  (context, inputs, node) =>
    op(context, operator, { inputs, like: node.outputs[0]! })

/** ½ x (1 + erf(x / √2)); an operator of its own from version 20 on, and before in the runtime's own domain. */
function gelu(context: EmitContext, [x]: readonly OnnxValue[], node: Node<'gelu'>): OnnxValue {
  const like = node.outputs[0]!
  if (context.builder.operatorSet >= 20 && like.dtype === 'float32')
    return op(context, 'Gelu', { inputs: [x!], like })
  if (!context.portable && like.dtype === 'float32')
    return op(context, 'Gelu', { inputs: [x!], like, domain: 'com.microsoft' })
  const two = (operator: string, a: OnnxValue, b: OnnxValue): OnnxValue =>
    op(context, operator, { inputs: [a, b], like })
  const scaled = two('Mul', x!, number(context, Math.SQRT1_2, like.dtype))
  const error = erf(context, scaled, like)
  return two(
    'Mul',
    two('Mul', x!, number(context, 0.5, like.dtype)),
    two('Add', error, number(context, 1, like.dtype)),
  )
}

/** The runtime has Erf for float32 only. */
function erf(context: EmitContext, x: OnnxValue, like: Node['outputs'][number]): OnnxValue {
  if (like.dtype === 'float32') return op(context, 'Erf', { inputs: [x], like })
  return cast(
    context,
    op(context, 'Erf', { inputs: [cast(context, x, 'float32')], like: { ...like, dtype: 'float32' } }),
    like.dtype,
  )
}

/** Operators that the runtime lacks for a type are computed in a wider one. */
const through =
  (operator: string, types: readonly string[], wide: 'float32' | 'float64' | 'int32' | 'int64'): EmitRule =>
  (context, inputs, node) => {
    const like = node.outputs[0]!
    const given = node.inputs[0]!.dtype
    if (!types.includes(given)) return op(context, operator, { inputs, like })
    const answer = op(context, operator, {
      inputs: inputs.map((input) => cast(context, input, wide)),
      like: { ...like, dtype: like.dtype === 'bool' ? 'bool' : (wide as 'float32') },
    })
    return like.dtype === 'bool' ? answer : cast(context, answer, like.dtype)
  }

/** The runtime negates no uint32, which wraps around. */
function negated(context: EmitContext, [x]: readonly OnnxValue[], node: Node<'neg'>): OnnxValue {
  const like = node.outputs[0]!
  if (like.dtype !== 'uint32') return op(context, 'Neg', { inputs: [x!], like })
  return op(context, 'Sub', { inputs: [number(context, 0, 'uint32'), x!], like })
}

/** The runtime chooses no uint32 and bool. */
function chosen(
  context: EmitContext,
  [condition, ...sides]: readonly OnnxValue[],
  node: Node<'select'>,
): OnnxValue {
  const like = node.outputs[0]!
  const wide = { uint32: 'int64', bool: 'int32' }[like.dtype as string] as 'int32' | undefined
  if (wide === undefined) return op(context, 'Where', { inputs: [condition!, ...sides], like })
  const inputs = [condition!, ...sides.map((side) => cast(context, side, wide))]
  return cast(context, op(context, 'Where', { inputs, like: { ...like, dtype: wide } }), like.dtype)
}

const shift =
  (direction: 'LEFT' | 'RIGHT'): EmitRule =>
  (context, inputs, node) =>
    op(context, 'BitShift', { inputs, like: node.outputs[0]!, attributes: { direction } })

export const elementwiseEmitters: EmitRules<keyof ElementwiseParams> = {
  neg: negated,
  abs: direct('Abs'),
  sign: direct('Sign'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  sin: direct('Sin'),
  cos: direct('Cos'),
  // The runtime has Atan for float32 only.
  atan: through('Atan', ['float64'], 'float32'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  erf: (context, [x], node) => erf(context, x!, node.outputs[0]!),
  relu: direct('Relu'),
  gelu,
  softplus: direct('Softplus'),
  floor: direct('Floor'),
  ceil: direct('Ceil'),
  round: direct('Round'),
  isNaN: direct('IsNaN'),
  not: direct('Not'),
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  pow: through('Pow', ['uint32'], 'int64'),
  max: direct('Max'),
  min: direct('Min'),
  equal: through('Equal', ['uint32'], 'int64'),
  less: through('Less', ['bool'], 'int32'),
  lessEqual: through('LessOrEqual', ['bool'], 'int32'),
  and: direct('And'),
  or: direct('Or'),
  bitAnd: direct('BitwiseAnd'),
  bitOr: direct('BitwiseOr'),
  bitXor: direct('BitwiseXor'),
  shiftLeft: shift('LEFT'),
  shiftRight: shift('RIGHT'),
  select: chosen,
  cast: (context, [x], { params }) => cast(context, x!, params.dtype),
  stopGradient: (_, [x]) => x!,
}
