// One division into parts that are learned from, chosen by, and judged by.
import { checkOptions, InvalidOptionError, real } from '../../base/index.js'
import {
  checkSplitOptions,
  requireSplitOptions,
  splitChecks,
  type SplitOptions,
  type SplitWarning,
} from './split-options.js'
import { countRows, rowsOf, takeShare } from './take-share.js'
import { boundary, timeOrder } from './time-order.js'
import { unitsOf } from './units.js'

const share = real({ min: 0, max: 1, exclusive: true, default: 0.2 })

export interface TrainTestOptions extends SplitOptions {
  /** Share of the rows to test on. @default 0.2 */
  readonly test?: number | undefined
}

/** Row indices in ascending order (by time: from old to new). */
export interface TrainTestSplit {
  readonly train: Int32Array
  readonly test: Int32Array
  readonly warnings: readonly SplitWarning[]
}

/**
 * Divides rows into train and test: each unit (a row, equal rows, or a group) by a hash of its values and the seed.
 *
 * With `stratify` each class is divided in the same share; with `time` the newest rows are the test.
 * Cost: O(n log n) for n units.
 *
 * @throws {@link InvalidOptionError}; {@link DataError} when there are too few different rows or groups
 * @example
 * ```ts
 * const rows = fromRows(Array.from({ length: 10 }, (_, x) => ({ x })))
 * trainTestSplit({ rows, test: 0.2 }).test.length // => 2
 * ```
 */
export function trainTestSplit(options: TrainTestOptions): TrainTestSplit {
  requireSplitOptions(options, 'trainTestSplit')
  checkOptions<TrainTestOptions>('split', options, { ...splitChecks, test: share })
  const { test = 0.2 } = options
  checkSplitOptions(options)
  if (options.time !== undefined) {
    const order = timeOrder(options)
    const cut = boundary(order, order.rows.length * (1 - test))
    return { train: order.rows.slice(0, cut), test: order.rows.slice(cut), warnings: order.warnings }
  }
  const { taken, left, warnings } = takeShare(unitsOf(options, 0, 2), test, options)
  return { train: rowsOf(left), test: rowsOf(taken), warnings }
}

export interface TrainValidationTestOptions extends TrainTestOptions {
  /** Share of all rows to choose by. @default 0.2 */
  readonly validation?: number | undefined
}

export interface TrainValidationTestSplit extends TrainTestSplit {
  readonly validation: Int32Array
}

/**
 * As {@link trainTestSplit}, with a third part to choose models by; the test part is the same as there.
 *
 * @throws {@link InvalidOptionError} when the shares leave nothing to train on
 */
export function trainValidationTestSplit(options: TrainValidationTestOptions): TrainValidationTestSplit {
  requireSplitOptions(options, 'trainValidationTestSplit')
  checkOptions<TrainValidationTestOptions>('split', options, {
    ...splitChecks,
    test: share,
    validation: share,
  })
  const { test = 0.2, validation = 0.2 } = options
  checkSplitOptions(options)
  if (test + validation >= 1) {
    throw new InvalidOptionError(
      `split: options 'test' and 'validation' must sum to less than 1; received ${test} and ${validation}.`,
      { option: 'validation', expected: `less than ${1 - test}`, received: validation },
    )
  }
  if (options.time !== undefined) return byTime(options, test, validation)
  const units = unitsOf(options, 0, 3)
  const first = takeShare(units, test, options)
  const second = takeShare(first.left, (countRows(units) * validation) / countRows(first.left), options)
  return {
    train: rowsOf(second.left),
    validation: rowsOf(second.taken),
    test: rowsOf(first.taken),
    warnings: [...first.warnings, ...second.warnings],
  }
}

function byTime(options: SplitOptions, test: number, validation: number): TrainValidationTestSplit {
  const order = timeOrder(options)
  const testCut = boundary(order, order.rows.length * (1 - test))
  const older = { ...order, rows: order.rows.slice(0, testCut) }
  const validationCut = boundary(older, order.rows.length * (1 - test - validation))
  return {
    train: older.rows.slice(0, validationCut),
    validation: older.rows.slice(validationCut),
    test: order.rows.slice(testCut),
    warnings: order.warnings,
  }
}
