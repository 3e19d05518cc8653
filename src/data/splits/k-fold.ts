// Cross-validation: every row is tested once, or, along time, every block but the first.
import { checkOptions, integer } from '../../base/index.js'
import {
  checkSplitOptions,
  requireSplitOptions,
  rowCountOf,
  splitChecks,
  type SplitOptions,
  type SplitWarning,
} from './split-options.js'
import { byStratum, className, rowsOf } from './take-share.js'
import { boundary, timeOrder } from './time-order.js'
import { type Unit, unitsOf } from './units.js'

export interface KFoldOptions extends SplitOptions {
  /** @default 5 */
  readonly folds?: number | undefined
}

/** Row indices of one fold. */
export interface Fold {
  readonly train: Int32Array
  readonly test: Int32Array
}

export interface KFold {
  readonly folds: readonly Fold[]
  readonly warnings: readonly SplitWarning[]
}

/**
 * Deals rows into folds: units in seeded order, class by class, each to the fold that has fewest of that class.
 *
 * Every class is in every fold when it has at least as many units as there are folds; otherwise a warning says so.
 * With `time`: forward chaining over folds + 1 blocks of equal size; fold i learns from blocks 0…i and tests block i + 1.
 *
 * @throws {@link InvalidOptionError}; {@link DataError} when there are fewer different rows or groups than folds
 * @example
 * ```ts
 * const rows = fromRows(Array.from({ length: 10 }, (_, x) => ({ x })))
 * kFold({ rows, folds: 5 }).folds.map((fold) => fold.test.length) // => [2, 2, 2, 2, 2]
 * ```
 */
export function kFold(options: KFoldOptions): KFold {
  requireSplitOptions(options, 'kFold')
  checkOptions<KFoldOptions>('kFold', options, {
    ...splitChecks,
    folds: integer({ min: 2, default: 5 }),
  })
  const { folds = 5 } = options
  checkSplitOptions(options)
  if (options.time !== undefined) return forwardChaining(options, folds)
  // Salt 1: the folds are independent of the train/test split of the same seed.
  const units = unitsOf(options, 1, folds)
  const parts = deal(units, folds)
  return {
    folds: parts.map((part) => ({ train: complement(part, rowCountOf(options.rows)), test: part })),
    warnings: rareClasses(units, folds, options),
  }
}

function deal(units: readonly Unit[], folds: number): Int32Array[] {
  const parts: Unit[][] = Array.from({ length: folds }, () => [])
  const totals = new Float64Array(folds)
  for (const own of byStratum(units).values()) {
    const rows = new Float64Array(folds)
    // Large units first, or the last one may not fit anywhere; the order of equal sizes stays seeded.
    for (const unit of own.toSorted((a, b) => b.rows.length - a.rows.length)) {
      const fold = fewest(rows, totals)
      parts[fold]!.push(unit)
      rows[fold]! += unit.rows.length
      totals[fold]! += unit.rows.length
    }
  }
  return parts.map(rowsOf)
}

/** The fold with fewest rows of the class; of several, the smallest; of several, the first. */
function fewest(rows: Float64Array, totals: Float64Array): number {
  let best = 0
  for (let fold = 1; fold < rows.length; fold++) {
    const nearer = rows[fold]! - rows[best]! || totals[fold]! - totals[best]!
    if (nearer < 0) best = fold
  }
  return best
}

function complement(part: Int32Array, rows: number): Int32Array {
  const inPart = new Uint8Array(rows)
  for (const row of part) inPart[row] = 1
  const rest = new Int32Array(rows - part.length)
  for (let row = 0, at = 0; row < rows; row++) if (inPart[row] === 0) rest[at++] = row
  return rest
}

function rareClasses(units: readonly Unit[], folds: number, named: SplitOptions): SplitWarning[] {
  const strata = byStratum(units)
  if (strata.size < 2) return []
  return [...strata]
    .filter(([, own]) => own.length < folds)
    .map(([stratum, own]) => ({
      code: 'rare-class',
      message: `Class ${className(named, stratum)} has ${own.length} different row${own.length === 1 ? '' : 's'}, fewer than ${folds} folds; some folds do not have it.`,
    }))
}

function forwardChaining(options: SplitOptions, folds: number): KFold {
  const order = timeOrder(options)
  const cuts = Array.from({ length: folds }, (_, i) =>
    boundary(order, (order.rows.length * (i + 1)) / (folds + 1)),
  )
  cuts.push(order.rows.length)
  const chained = cuts.slice(0, folds).flatMap((cut, i): Fold[] => {
    const end = cuts[i + 1]!
    return end > cut ? [{ train: order.rows.slice(0, cut), test: order.rows.slice(cut, end) }] : []
  })
  const lost = folds - chained.length
  const warnings: SplitWarning[] =
    lost === 0
      ? []
      : [{ code: 'split-size', message: `${lost} of ${folds} folds are left out: too few different times.` }]
  return { folds: chained, warnings: [...order.warnings, ...warnings] }
}
