// What networks are made of. The forms were chosen by measuring: docs/adr says how.
import { floatAttribute, type Value as OnnxValue } from '../../onnx/index.js'
import { product } from '../dims.js'
import type { Node } from '../value.js'
import { type EmitContext, type EmitRules, op, reshape, transpose } from './context.js'

/** Matrices by Gemm, which reads either operand transposed; batches by MatMul, or FusedMatMul where it may be used. */
export function matmul(context: EmitContext, [a, b]: readonly OnnxValue[], node: Node<'matmul'>): OnnxValue {
  const { transposeA, transposeB } = node.params
  const [left, right] = node.inputs as [Node['inputs'][number], Node['inputs'][number]]
  const like = node.outputs[0]!
  if (left.shape.length === 2 && right.shape.length === 2)
    return op(context, 'Gemm', {
      inputs: [a!, b!],
      attributes: { transA: transposeA, transB: transposeB },
      like,
    })
  if (right.shape.length === 2 && !transposeA) {
    // One matrix for all of a batch: rows of all parts are one long matrix.
    const rows = reshape(context, a!, [product(left.shape.slice(0, -1)), left.shape.at(-1)!])
    const flat = op(context, 'Gemm', {
      inputs: [rows, b!],
      attributes: { transA: 0, transB: transposeB },
      like,
    })
    return reshape(context, flat, like.shape)
  }
  if (!transposeA && !transposeB) return op(context, 'MatMul', { inputs: [a!, b!], like })
  if (!context.portable && like.dtype === 'float32')
    return op(context, 'FusedMatMul', {
      inputs: [a!, b!],
      attributes: { transA: transposeA, transB: transposeB, alpha: floatAttribute(1) },
      like,
      domain: 'com.microsoft',
    })
  return op(context, 'MatMul', {
    inputs: [
      transposeA ? swapLast(context, a!, left.shape.length) : a!,
      transposeB ? swapLast(context, b!, right.shape.length) : b!,
    ],
    like,
  })
}

const swapLast = (context: EmitContext, x: OnnxValue, rank: number): OnnxValue =>
  transpose(context, x, [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2])

function layerNorm(
  context: EmitContext,
  inputs: readonly OnnxValue[],
  node: Node<'layerNorm'>,
): readonly OnnxValue[] {
  const { dtype } = node.outputs[0]!
  return context.builder.nodes(
    'LayerNormalization',
    inputs,
    { axis: -1, epsilon: floatAttribute(node.params.epsilon) },
    { types: [dtype, dtype, dtype] },
  )
}

export const networkEmitters: EmitRules<'matmul' | 'softmax' | 'logSoftmax' | 'layerNorm'> = {
  matmul,
  softmax: (context, inputs, { params, outputs }) =>
    op(context, 'Softmax', { inputs, attributes: { axis: params.axis }, like: outputs[0]! }),
  logSoftmax: (context, inputs, { params, outputs }) =>
    op(context, 'LogSoftmax', { inputs, attributes: { axis: params.axis }, like: outputs[0]! }),
  layerNorm,
}
