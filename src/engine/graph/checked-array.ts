// Arrays are plain data, which programs may make by hand: what does not fit together must neither be computed on nor written.
import { ShapeError, UsageError } from '../../base/index.js'
import { formatShape, type NDArray, sizeOf } from './array.js'
import { checkSizes, checkType } from './checked.js'
import { dataClass } from './element-types.js'
import { userLine } from './user-line.js'
import { isValue } from './value.js'

/** @throws {@link ShapeError} for an array whose elements do not fill its shape */
export function checkFilled(where: string, { dtype, shape, data }: NDArray): void {
  const size = sizeOf(shape)
  if (data.length === size) return
  throw new ShapeError(
    `${where}${userLine()}: an array says that it is ${dtype}${formatShape(shape)}, but it has ${data.length} elements, expected ${size}.`,
    { expected: size, received: data.length, where },
  )
}

/**
 * @throws {@link UsageError} for what is no array
 * @throws {@link ShapeError} for an array whose elements do not fill its shape
 */
export function checkArray(where: string, value: unknown): asserts value is NDArray {
  if (isValue(value))
    throw new UsageError(
      `${where}${userLine()}: the numbers of a traced value are not known yet. Return it from the traced function, and run that.`,
      { where },
    )
  if (
    typeof value !== 'object' ||
    value === null ||
    !('dtype' in value && 'data' in value && 'shape' in value)
  )
    throw new UsageError(
      `${where}${userLine()}: expected an array; received ${value === null ? 'null' : typeof value}. Make one with array(…).`,
      { expected: 'array', where },
    )
  const { dtype, shape, data } = value
  checkType(where, dtype)
  checkSizes(where, shape)
  if (!(data instanceof dataClass[dtype]))
    throw new UsageError(
      `${where}${userLine()}: the data of an array of ${dtype} are no ${dataClass[dtype].name}. Make it with array(…).`,
      { expected: dataClass[dtype].name, where },
    )
  checkFilled(where, value as NDArray)
}
