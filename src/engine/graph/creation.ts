// Arrays from nothing.
import { outOfMemory, UsageError } from '../../base/index.js'
import { type DataByType, dataClass, type DType, formatShape, type NDArray, sizeOf } from './array.js'
import { checkSizes, checkType } from './checked.js'
import { userLine } from './user-line.js'

/**
 * An array filled with one number.
 *
 * @throws {@link ShapeError} for sizes that are no whole numbers
 * @throws {@link MemoryError} for more elements than there is memory for
 */
export function full<T extends DType = 'float32'>(
  shape: readonly number[],
  value: number,
  dtype: T = 'float32' as T,
): NDArray<T> {
  checkType('full', dtype)
  checkSizes('full', shape)
  const data = blankData(shape, dtype)
  if (value !== 0) data.fill(value)
  return { dtype, shape, data }
}

function blankData<T extends DType>(shape: readonly number[], dtype: T): DataByType[T] {
  try {
    return new dataClass[dtype](sizeOf(shape))
  } catch (error) {
    const bytes = sizeOf(shape) * dataClass[dtype].BYTES_PER_ELEMENT
    throw outOfMemory(`full(${formatShape(shape)})${userLine()}`, bytes, error)
  }
}

/** Zeros. */
export const zeros = <T extends DType = 'float32'>(shape: readonly number[], dtype?: T): NDArray<T> =>
  full(shape, 0, dtype)

/** Ones. */
export const ones = <T extends DType = 'float32'>(shape: readonly number[], dtype?: T): NDArray<T> =>
  full(shape, 1, dtype)

/** The identity matrix, or one that is not square: ones where row and column are equal. */
export function eye<T extends DType = 'float32'>(rows: number, columns = rows, dtype?: T): NDArray<T> {
  const result = zeros([rows, columns], dtype)
  for (let i = 0; i < Math.min(rows, columns); i++) result.data[i * columns + i] = 1
  return result
}

/**
 * Numbers from a start (0) up to an end, which is not among them.
 *
 * @param step - @default 1; negative to count down
 * @param dtype - @default int32, float32 where start, end or step is no whole number
 * @throws {@link UsageError} for a step of 0 or numbers that are not finite
 * @example
 * ```ts
 * arange(3).data // => Int32Array [0, 1, 2]
 * arange(1, 2, 0.25).data // => Float32Array [1, 1.25, 1.5, 1.75]
 * ```
 */
export function arange<T extends DType = 'int32'>(end: number, dtype?: T): NDArray<T>
export function arange(start: number, end: number, step?: number, dtype?: DType): NDArray
export function arange(first: number, second?: number | DType, step = 1, dtype?: DType): NDArray {
  const [start, end] = typeof second === 'number' ? [first, second] : [0, first]
  const type = typeof second === 'string' ? second : dtype
  if (step === 0 || ![start, end, step].every(Number.isFinite))
    throw new UsageError(
      `arange: expected finite numbers and a step other than 0; received ${start}, ${end}, ${step}.`,
      { argument: 'step', received: [start, end, step] },
    )
  const own = type ?? ([start, end, step].every(Number.isInteger) ? 'int32' : 'float32')
  const data = new dataClass[own](Math.max(0, Math.ceil((end - start) / step)))
  for (let i = 0; i < data.length; i++) data[i] = start + i * step
  return { dtype: own, shape: [data.length], data } as NDArray
}

/**
 * So many numbers from a start to an end, which is the last one, at equal distances.
 *
 * @throws {@link UsageError} for a count that is no whole number
 * @example
 * ```ts
 * linspace(0, 1, 5).data // => Float32Array [0, 0.25, 0.5, 0.75, 1]
 * ```
 */
export function linspace<T extends DType = 'float32'>(
  start: number,
  end: number,
  count = 50,
  dtype: T = 'float32' as T,
): NDArray<T> {
  if (!Number.isInteger(count) || count < 0)
    throw new UsageError(`linspace: the count is ${count}, expected a whole number from 0 on.`, {
      argument: 'count',
      received: count,
    })
  const data = new dataClass[dtype](count)
  for (let i = 0; i < count; i++) data[i] = start + ((end - start) * i) / (count - 1)
  if (count > 0) data[0] = start
  // Not what rounding makes of it.
  if (count > 1) data[count - 1] = end
  return { dtype, shape: [count], data }
}
