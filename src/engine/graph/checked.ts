// What makes an array: its element type and its sizes, checked where users give them.
import { ShapeError, UsageError } from '../../base/index.js'
import { dataClass, type DType } from './element-types.js'
import type { Dim, Shape } from './dims.js'
import { userLine } from './user-line.js'

/** @throws {@link UsageError} for the name of an element type that there is none of */
export function checkType(where: string, dtype: unknown): asserts dtype is DType {
  if (typeof dtype === 'string' && Object.hasOwn(dataClass, dtype)) return
  throw new UsageError(
    `${where}${userLine()}: there is no element type '${String(dtype)}', expected ${Object.keys(dataClass).join(', ')}. Whole numbers of other widths become int32, floats of 16 bits float32.`,
    { argument: 'dtype', expected: Object.keys(dataClass), received: dtype },
  )
}

const isSize = (size: unknown): boolean => typeof size === 'number' && Number.isInteger(size) && size >= 0

/** @throws {@link ShapeError} for sizes that no array has */
export function checkSizes(where: string, shape: unknown): asserts shape is readonly number[] {
  if (Array.isArray(shape) && shape.every(isSize)) return
  throw new ShapeError(
    `${where}${userLine()}: the shape is ${shown(shape)}, expected a list of whole numbers from 0 on, such as [2, 3].`,
    { expected: 'whole numbers from 0 on', received: shape, where },
  )
}

/** @throws {@link ShapeError} for sizes that are neither numbers nor names */
export function checkOpenSizes(where: string, shape: unknown): asserts shape is Shape {
  const isDim = (size: Dim): boolean => isSize(size) || (typeof size === 'string' && size !== '')
  if (Array.isArray(shape) && shape.every(isDim)) return
  throw new ShapeError(
    `${where}${userLine()}: the shape is ${shown(shape)}, expected whole numbers from 0 on, and names for sizes that are known later, such as ['batch', 3].`,
    { expected: 'whole numbers from 0 on, or names', received: shape, where },
  )
}

const shown = (shape: unknown): string =>
  Array.isArray(shape) ? `[${shape.map(String).join(', ')}]` : String(shape)
