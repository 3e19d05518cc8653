// Products of matrices, and sums of products.
import * as t from '../../operations/index.js'
import { isFloat, type Tensor } from '../../value.js'
import type { ImportedNode, OperatorRules } from '../node.js'

/** α · A · B + β · C, with either matrix read transposed. */
function gemm(node: ImportedNode): Tensor {
  const product = t.matmul(node.tensor(0), node.tensor(1), {
    transposeA: node.int('transA', 0) === 1,
    transposeB: node.int('transB', 0) === 1,
  })
  const scaled = (x: Tensor, by: number): Tensor => (by === 1 ? x : t.mul(x, by))
  const bias = node.optional(2)
  const main = scaled(product, node.float('alpha', 1))
  return bias === undefined ? main : t.add(main, scaled(bias, node.float('beta', 1)))
}

function matmul(node: ImportedNode): Tensor {
  const [a, b] = [node.tensor(0), node.tensor(1)]
  if (!isFloat(a))
    throw node.fault('products of matrices of whole numbers have no gradient and are not carried.')
  return t.matmul(a, b)
}

function fusedMatmul(node: ImportedNode): Tensor {
  const result = t.matmul(node.tensor(0), node.tensor(1), {
    transposeA: node.int('transA', 0) === 1,
    transposeB: node.int('transB', 0) === 1,
  })
  return t.mul(result, node.float('alpha', 1))
}

const einsum = (node: ImportedNode): Tensor =>
  t.einsum(node.text('equation', ''), ...node.inputs.map((_, i) => node.tensor(i)))

export const productOperators: OperatorRules = {
  Gemm: gemm,
  MatMul: matmul,
  'com.microsoft.FusedMatMul': fusedMatmul,
  Einsum: einsum,
}
