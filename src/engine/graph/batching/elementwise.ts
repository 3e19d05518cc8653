// Element by element: operands of lower rank get axes of length 1 between the batch and their own.
import { bindAll } from '../bind.js'
import { reshape } from '../operations/index.js'
import type { Primitive, PrimitiveParams } from '../primitives.js'
import type { Tensor } from '../value.js'
import type { BatchContext, BatchRule, BatchRules } from './rule.js'

/** Operands whose own axes stand where broadcasting looks for them. */
export function aligned({
  operands,
  batched,
}: Pick<BatchContext<Primitive>, 'operands' | 'batched'>): Tensor[] {
  const own = operands.map(({ shape }, i) => shape.length - Number(batched[i]))
  const rank = Math.max(...own)
  return operands.map((operand, i) => {
    if (batched[i] !== true || own[i] === rank) return operand
    const [size, ...rest] = operand.shape
    return reshape(operand, [size!, ...Array.from({ length: rank - own[i]! }, () => 1), ...rest])
  })
}

const rule =
  <P extends Primitive>(primitive: P): BatchRule<P> =>
  (context) =>
    bindAll(primitive, aligned(context), context.params as PrimitiveParams[P])

const names = [
  'neg',
  'abs',
  'sign',
  'exp',
  'log',
  'sqrt',
  'sin',
  'cos',
  'atan',
  'tanh',
  'sigmoid',
  'erf',
  'relu',
  'gelu',
  'softplus',
  'floor',
  'ceil',
  'round',
  'isNaN',
  'not',
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'max',
  'min',
  'equal',
  'less',
  'lessEqual',
  'and',
  'or',
  'bitAnd',
  'bitOr',
  'bitXor',
  'shiftLeft',
  'shiftRight',
  'select',
  'cast',
  'stopGradient',
] as const

type Elementwise = (typeof names)[number]

export const elementwiseBatching = Object.fromEntries(
  names.map((name) => [name, rule(name)]),
) as unknown as BatchRules<Elementwise>
