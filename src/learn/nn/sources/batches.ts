// Batches from arrays in memory, in another order in each epoch.
import {
  checkOptions,
  flag,
  integer,
  nameOf,
  type OptionChecks,
  rng,
  seedOption,
  ShapeError,
  UsageError,
} from '../../../base/index.js'
import { dataClass, type NDArray, sizeOf, type Spec } from '../../../engine/graph/index.js'
import type { Batch } from './batch.js'

/** How rows become batches. */
export interface BatchOptions {
  readonly batchSize: number
  /** Another order in each epoch. @default true */
  readonly shuffle?: boolean
  /** @default 0 */
  readonly seed?: number
  /** Leaves out the rest that does not fill a batch. @default false */
  readonly dropLast?: boolean
}

/** What each option of batches of rows must be. */
export const batchChecks: OptionChecks<BatchOptions> = {
  batchSize: integer({ min: 1, default: 32 }),
  shuffle: flag({ default: true }),
  seed: seedOption,
  dropLast: flag({ default: false }),
}

/** The size of a batch has no default: it changes what is learned. */
export function requireBatchSize(who: string, options: Pick<BatchOptions, 'batchSize'>): void {
  if ((options as Partial<BatchOptions>).batchSize !== undefined) return
  throw new UsageError(
    `${who}: option 'batchSize' is not given, expected the rows of a batch. Give { batchSize: 32 }, for instance.`,
    { argument: 'batchSize' },
  )
}

/** Batches of rows, epoch by epoch; each holds arrays of the same names as the whole. */
export interface RowBatches<Arrays = Batch> {
  (epoch: number): Iterable<{ readonly [Name in keyof Arrays]: NDArray }>
  /** How many batches an epoch has. */
  readonly batchCount: number
}

/**
 * Batches of rows: the first axis of every array.
 *
 * @throws {@link InvalidOptionError} for an unknown option or a value out of range
 * @throws {@link ShapeError} when arrays differ in rows
 * @throws {@link UsageError} for what is no array with a shape
 * @example
 * ```ts
 * const x = array([[1], [2], [3]])
 * const [first] = batches({ x }, { batchSize: 2, shuffle: false })(0)
 * first.x.shape // => [2, 1]
 * ```
 */
export function batches<Arrays extends { readonly [Name in keyof Arrays]: NDArray }>(
  arrays: Arrays,
  options: BatchOptions,
): RowBatches<Arrays> {
  checkOptions('batches', options, batchChecks)
  requireBatchSize('batches', options)
  requireShapes(arrays)
  const rows = rowCount(arrays as Batch)
  const parts = rowParts(rows, options)
  const batchOf = (part: RowPart) =>
    Object.fromEntries(
      Object.entries<NDArray>(arrays).map(([name, value]) => [name, taken(value, part)]),
    ) as { [Name in keyof Arrays]: NDArray }
  return Object.assign(
    function* (epoch: number) {
      for (const part of parts.of(epoch)) yield batchOf(part)
    },
    { batchCount: parts.count },
  )
}

function requireShapes(arrays: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(arrays)) {
    if (typeof value === 'object' && value !== null && 'shape' in value && 'data' in value) continue
    throw new UsageError(
      `batches: '${name}' is ${nameOf(value)}, expected an array of numbers with its shape. Make it with array([[1, 2], [3, 4]]), or array(numbers, { shape: [rows, columns] }).`,
      { argument: name },
    )
  }
}

/** Which rows a batch has: those from start to stop, in an order where there is one. */
export interface RowPart {
  readonly start: number
  readonly stop: number
  readonly order: Int32Array | undefined
}

/** How rows are divided into batches, epoch by epoch. */
export function rowParts(
  rows: number,
  { batchSize, shuffle = true, seed = 0, dropLast = false }: BatchOptions,
): { readonly count: number; of(epoch: number): Iterable<RowPart> } {
  const end = dropLast ? rows - (rows % batchSize) : rows
  return {
    count: Math.ceil(end / batchSize),
    *of(epoch) {
      const order = shuffle ? rng(seed).split('batches', epoch).permutation(rows) : undefined
      for (let start = 0; start < end; start += batchSize)
        yield { start, stop: Math.min(end, start + batchSize), order }
    },
  }
}

/** What a graph is told of such batches: any number of rows. */
export const batchSpecs = (batch: Batch): Record<string, Spec> =>
  Object.fromEntries(
    Object.entries(batch).map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape: ['batch', ...shape.slice(1)] },
    ]),
  )

/** Rows of arrays that belong together. */
export function rowCount(arrays: Batch): number {
  const counts = Object.entries(arrays).map(([name, { shape }]) => ({ name, rows: shape[0] ?? 0 }))
  const [first] = counts
  const other = counts.find(({ rows }) => rows !== first?.rows)
  if (first === undefined) throw new UsageError('batches: no array is given.')
  if (other === undefined) return first.rows
  throw new ShapeError(`batches: '${first.name}' has ${first.rows} rows, '${other.name}' ${other.rows}.`, {
    expected: first.rows,
    received: other.rows,
    where: 'batches',
  })
}

function taken({ dtype, shape, data }: NDArray, { start, stop, order }: RowPart): NDArray {
  const width = sizeOf(shape.slice(1))
  const sizes = [stop - start, ...shape.slice(1)]
  if (order === undefined)
    return { dtype, shape: sizes, data: data.slice(start * width, stop * width) } as NDArray
  const part = new dataClass[dtype]((stop - start) * width)
  for (let i = start; i < stop; i++) {
    const from = order[i]! * width
    part.set(data.subarray(from, from + width) as never, (i - start) * width)
  }
  return { dtype, shape: sizes, data: part } as NDArray
}
