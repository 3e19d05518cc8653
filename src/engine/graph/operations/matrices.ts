// Matrices: their parts, and products that are no matrix products. Factors and solutions are in linalg, for arrays at once.
import { isStatic } from '../dims.js'
import { shapeFault } from '../shape-fault.js'
import type { Tensor } from '../value.js'
import { UsageError } from '../../../base/index.js'
import {
  abs,
  add,
  cast,
  equal,
  greater,
  greaterEqual,
  lessEqual,
  mul,
  pow,
  sqrt,
  square,
  where,
} from './elementwise.js'
import { matmul } from './network.js'
import { axisOf, type Operand, type Result, toTensor, toTensors } from './operand.js'
import { max, min, type ReduceOptions, sum } from './reductions.js'
import { expandDims, iota, onesLike, reshape } from './shapes.js'
import { slice } from './slicing.js'
import { moveAxis } from './arrangement.js'

/** Which diagonal, of which axes. */
export interface DiagonalOptions {
  /** Above the main one, or below it where negative. @default 0 */
  readonly offset?: number
  /** @default the last two */
  readonly axes?: readonly [number, number]
}

/**
 * The elements whose indices along two axes are equal, along a new last axis.
 *
 * @throws {@link ShapeError} for a diagonal with an offset of axes without a known length
 * @example
 * ```ts
 * t.diagonal([[1, 2], [3, 4]]).data // => Float32Array [1, 4]
 * t.diagonal([[1, 2], [3, 4]], { offset: 1 }).data // => Float32Array [2]
 * ```
 */
export function diagonal<A extends Operand>(
  x: A,
  { offset = 0, axes = [-2, -1] }: DiagonalOptions = {},
): Result<A> {
  const tensor = toTensor(x)
  const rank = tensor.shape.length
  if (rank < 2) throw shapeFault('diagonal', [tensor], 'expected two axes at least')
  const [first, second] = [axisOf(axes[0], rank), axisOf(axes[1], rank)]
  const last = moveAxis(moveAxis(tensor, first, -1), second > first ? second - 1 : second, -1)
  const [rows, columns] = last.shape.slice(-2)
  const lead = last.shape.slice(0, -2)
  if (typeof rows !== 'number' || typeof columns !== 'number') {
    if (offset !== 0 || rows !== columns)
      throw shapeFault('slice', [tensor], 'expected axes of known lengths for a diagonal beside the main one')
    return sum(where(triangle(last, 'equal', 0), last, 0), { axes: -1 }) as Result<A>
  }
  const [down, right] = [Math.max(0, -offset), Math.max(0, offset)]
  const length = Math.max(0, Math.min(rows - down, columns - right))
  // In a row of all elements the next one stands a row and a column further on.
  const flat = reshape(last, [...lead, rows * columns])
  const start = Math.min(rows * columns, down * columns + right)
  const end = length === 0 ? start : start + (length - 1) * (columns + 1) + 1
  return slice(flat, [...lead.map(() => null), [start, end, columns + 1]]) as Result<A>
}

/** True where row and column stand so to each other, of the shape of the last two axes. */
function triangle(x: Tensor, side: 'lower' | 'upper' | 'equal', offset: number): Tensor {
  const rank = x.shape.length
  const rows = add(expandDims(iota(x, rank - 2), 1), offset)
  const columns = expandDims(iota(x, rank - 1), 0)
  if (side === 'equal') return equal(columns, rows)
  return side === 'lower' ? lessEqual(columns, rows) : greaterEqual(columns, rows)
}

const part =
  (side: 'lower' | 'upper') =>
  <A extends Operand>(x: A, offset = 0): Result<A> => {
    const tensor = toTensor(x)
    if (tensor.shape.length < 2)
      throw shapeFault(side === 'lower' ? 'tril' : 'triu', [tensor], 'expected two axes at least')
    return where(triangle(tensor, side, offset), tensor, toTensor(0, tensor.dtype)) as Result<A>
  }

/** The lower triangle of the last two axes, zeros above. @param offset - diagonals above the main one that stay. @default 0 */
export const tril = part('lower')
/** The upper triangle of the last two axes, zeros below. @param offset - the first diagonal that stays. @default 0 */
export const triu = part('upper')

/** The sum of the diagonal of the last two axes. */
export const trace = <A extends Operand>(x: A, options: DiagonalOptions = {}): Result<A> =>
  sum(diagonal(x, options) as Tensor, { axes: -1 }) as Result<A>

/** aᵢ bⱼ for all pairs of elements: [size of a, size of b]. */
export function outer<A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> {
  const [left, right] = toTensors(a, b)
  return mul(reshape(left, [-1, 1]), reshape(right, [1, -1])) as Result<A, B>
}

/** The product of Kronecker: each element of a times all of b, side by side. */
export function kron<A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> {
  const [left, right] = toTensors(a, b)
  const rank = Math.max(left.shape.length, right.shape.length)
  const full = ({ shape }: Tensor): (number | string)[] => [
    ...Array.from({ length: rank - shape.length }, () => 1),
    ...shape,
  ]
  const [outside, inside] = [full(left), full(right)]
  const pairs = mul(
    reshape(
      left,
      outside.flatMap((dim) => [dim, 1]),
    ),
    reshape(
      right,
      inside.flatMap((dim) => [1, dim]),
    ),
  )
  let joined: Tensor = pairs
  // Each pair of axes becomes one.
  for (let axis = 0; axis < rank; axis++) {
    const { shape } = joined
    const open = shape.slice(axis, axis + 2)
    const size = isStatic(open) ? open[0]! * open[1]! : -1
    joined = reshape(joined, [...shape.slice(0, axis), size, ...shape.slice(axis + 2)])
  }
  return joined as Result<A, B>
}

/** Powers of square matrices, over the last two axes, by repeated squares. @param power - a whole number from 0 on */
export function matrixPower<A extends Operand>(x: A, power: number): Result<A> {
  const tensor = toTensor(x)
  const [rows, columns] = tensor.shape.slice(-2)
  if (tensor.shape.length < 2 || rows !== columns)
    throw shapeFault('matrixPower', [tensor], 'expected square matrices')
  if (!Number.isInteger(power) || power < 0)
    throw new UsageError(
      `matrixPower: the power is ${power}, expected a whole number from 0 on. For others use linalg.inverse or linalg.eigh.`,
      { argument: 'power', received: power },
    )
  let square: Tensor = tensor
  let result: Tensor | undefined
  for (let rest = power; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = result === undefined ? square : matmul(result, square)
    if (rest > 1) square = matmul(square, square)
  }
  return (result ??
    where(triangle(tensor, 'equal', 0), onesLike(tensor), toTensor(0, tensor.dtype))) as Result<A>
}

/** Which norm, over which axes. */
export interface NormOptions extends ReduceOptions {
  /** p of (Σ |x|ᵖ)^(1/p); 0 counts what is not 0, ±Infinity takes the largest or smallest. @default 2 */
  readonly order?: number
}

/**
 * The length of vectors: (Σ |x|ᵖ)^(1/p) over some axes; of matrices, over both of theirs, Frobenius's norm. Norms of matrices that
 * need their singular values are `linalg.svd`'s.
 *
 * At 0 the gradient of the root is not a number; add a little inside where that may be: `t.sqrt(t.add(t.sum(t.square(x)), 1e-12))`.
 *
 * @example
 * ```ts
 * t.norm([3, 4]).data // => Float32Array [5]
 * t.norm([3, -4], { order: Infinity }).data // => Float32Array [4]
 * ```
 */
export function norm<A extends Operand>(x: A, { order = 2, ...over }: NormOptions = {}): Result<A> {
  const tensor = toTensor(x)
  const size = (): Tensor => abs(tensor)
  if (order === 2) return sqrt(sum(square(tensor), over) as Tensor) as Result<A>
  if (order === 1) return sum(size(), over) as Result<A>
  if (order === Infinity) return max(size(), over) as Result<A>
  if (order === -Infinity) return min(size(), over) as Result<A>
  if (order === 0) return sum(cast(greater(size(), 0), tensor.dtype), over) as Result<A>
  return pow(sum(pow(size(), order), over) as Tensor, 1 / order) as Result<A>
}
