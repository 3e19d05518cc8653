// Stacks of matrices: the last two axes are a matrix, those before them count matrices. Factors are computed in float64 and
// given in the element type of the operand.
import { ShapeError, UsageError } from '../../../base/index.js'
import type { Matrix } from '../../linalg/index.js'
import { dataClass, type DType, formatShape, type NDArray, sizeOf } from '../array.js'
import { type Operand, toTensor } from '../operations/operand.js'
import { userLine } from '../user-line.js'
import { isFloat, isValue } from '../value.js'

/** Matrices of one size. */
export interface MatrixStack {
  readonly matrices: readonly Matrix[]
  /** The axes before the last two. */
  readonly lead: readonly number[]
  readonly rows: number
  readonly columns: number
  readonly dtype: 'float32' | 'float64'
}

/**
 * An operand as an array of floats.
 *
 * @throws {@link UsageError} inside of a trace: ONNX has no operator for factors of matrices
 */
export function knownArray(name: string, operand: Operand): NDArray<'float32' | 'float64'> {
  const tensor = toTensor(operand)
  if (isValue(tensor))
    throw new UsageError(
      `linalg.${name}: it works on arrays at once, in float64, and not inside of a traced function${userLine()}: ONNX has no operator for it. Compute it before and give the result to the function as an input; t.einsum, t.trace, t.kron, t.norm and t.matrixPower are traced.`,
      { argument: name },
    )
  if (isFloat(tensor)) return tensor as NDArray<'float32' | 'float64'>
  return { dtype: 'float64', shape: tensor.shape, data: Float64Array.from(tensor.data) }
}

/** @throws {@link ShapeError} for fewer than two axes */
export function matrixStack(name: string, operand: Operand): MatrixStack {
  const { dtype, shape, data } = knownArray(name, operand)
  if (shape.length < 2) throw shapeFault(name, shape, 'expected two axes at least')
  const [rows, columns] = shape.slice(-2) as [number, number]
  const lead = shape.slice(0, -2)
  const size = rows * columns
  const matrices = Array.from({ length: sizeOf(lead) }, (_, i) => ({
    data: Float64Array.from(data.subarray(i * size, (i + 1) * size)),
    rows,
    columns,
  }))
  return { matrices, lead, rows, columns, dtype }
}

/** @throws {@link ShapeError} for matrices that are not square */
export function squareStack(name: string, operand: Operand): MatrixStack {
  const stack = matrixStack(name, operand)
  const { lead, rows, columns } = stack
  if (rows !== columns) throw shapeFault(name, [...lead, rows, columns], 'expected square matrices')
  return stack
}

export const shapeFault = (name: string, shape: readonly number[], why: string): ShapeError =>
  new ShapeError(`linalg.${name}(${formatShape(shape)})${userLine()}: ${why}.`, {
    expected: why,
    received: shape,
    where: `linalg.${name}`,
  })

/** Results of equal size, one after the other. */
export function joined<T extends DType>(
  parts: readonly ArrayLike<number>[],
  {
    lead,
    dtype,
    shape,
  }: { readonly lead: readonly number[]; readonly dtype: T; readonly shape: readonly number[] },
): NDArray<T> {
  const size = sizeOf(shape)
  const data = new dataClass[dtype](parts.length * size)
  parts.forEach((part, i) => data.set(part, i * size))
  return { dtype, shape: [...lead, ...shape], data }
}
