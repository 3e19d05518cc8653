// Tensors as JSON nests them: lists of lists. Reading finds the sizes and refuses ragged lists; no recursion goes deeper than a tensor
// has axes.
import { ShapeError, UsageError } from '../../../../base/index.js'

/** More axes than any model has; NumPy stops at 64, and deeper bodies are hostile. */
const mostAxes = 32

export interface Flat {
  readonly dims: readonly number[]
  readonly values: readonly unknown[]
}

/**
 * The leaves of nested lists in row-major order, and the sizes.
 *
 * @param where - the tensor, as errors call it
 * @throws {@link ShapeError} for lists of unequal length; {@link UsageError} for too many axes
 */
export function flatten(value: unknown, where: string): Flat {
  const dims = sizesOf(value, where)
  if (dims.length === 0) return { dims, values: [value] }
  let level = value as readonly unknown[]
  for (let axis = 1; axis < dims.length; axis++) level = opened(level, dims[axis]!, where)
  if (level.some(Array.isArray)) throw ragged(where)
  return { dims, values: level }
}

function sizesOf(value: unknown, where: string): number[] {
  const dims: number[] = []
  for (let first = value; Array.isArray(first); first = (first as readonly unknown[])[0]) {
    dims.push(first.length)
    if (dims.length > mostAxes) {
      throw new UsageError(`${where}: its lists are nested more than ${mostAxes} deep, which no tensor is.`, {
        argument: where,
      })
    }
  }
  return dims
}

function opened(lists: readonly unknown[], size: number, where: string): unknown[] {
  const values: unknown[] = []
  for (const list of lists) {
    if (!Array.isArray(list) || list.length !== size) throw ragged(where)
    for (const value of list as readonly unknown[]) values.push(value)
  }
  return values
}

const ragged = (where: string): ShapeError =>
  new ShapeError(`${where}: its lists are not of equal length at each depth, so that they are no tensor.`, {
    where,
  })
