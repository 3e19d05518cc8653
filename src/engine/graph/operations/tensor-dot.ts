// Sums of products over axes that are counted, as NumPy's dot and tensordot.
import { einsum } from './einsum.js'
import { mul } from './elementwise.js'
import { matmul } from './network.js'
import { axisOf, type Operand, type Result, toTensors } from './operand.js'

/** The inner product of vectors, the matrix product of matrices; of more axes, the last of a with the last but one of b. */
export function dot<A extends Operand, B extends Operand>(a: A, b: B): Result<A, B> {
  const [left, right] = toTensors(a, b)
  const [m, n] = [left.shape.length, right.shape.length]
  if (m === 0 || n === 0) return mul(left, right) as Result<A, B>
  return (n <= 2 ? matmul(left, right) : tensorDot(left, right, [[m - 1], [n - 2]])) as Result<A, B>
}

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/**
 * The sum of products over some axes of both.
 *
 * @param axes - so many last of a and first of b, or which of each. @default 2
 * @throws {@link ShapeError} where the axes differ in length
 * @example
 * ```ts
 * t.tensorDot([[1, 2], [3, 4]], [[1, 1], [0, 1]]).data // => Float32Array [7]
 * t.tensorDot([[1, 2], [3, 4]], [1, 10], [[0], [0]]).data // => Float32Array [31, 42]
 * ```
 */
export function tensorDot<A extends Operand, B extends Operand>(
  a: A,
  b: B,
  axes: number | readonly [readonly number[], readonly number[]] = 2,
): Result<A, B> {
  const [left, right] = toTensors(a, b)
  const [m, n] = [left.shape.length, right.shape.length]
  const first = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
  const [own, others] = typeof axes === 'number' ? [first(axes).map((i) => m - axes + i), first(axes)] : axes
  const rows = letters.slice(0, m).split('')
  const columns = letters.slice(m, m + n).split('')
  own.forEach((axis, i) => (columns[axisOf(others[i]!, n)] = rows[axisOf(axis, m)]!))
  const kept = [
    ...rows.filter((letter) => !columns.includes(letter)),
    ...columns.filter((letter) => !rows.includes(letter)),
  ]
  return einsum(`${rows.join('')},${columns.join('')}->${kept.join('')}`, left, right) as Result<A, B>
}
