// Batches: from arrays in memory, in another order in each epoch, or from anything asynchronous.
import { rng, ShapeError, UsageError } from '../../base/index.js'
import { dataClass, type NDArray, sizeOf, type Spec } from '../../engine/graph/index.js'

/** What a step is given: x, y, and whatever else the loss takes. */
export type Batch = Readonly<Record<string, NDArray>>

/** Batches of one pass over the data. */
export type BatchSource = (epoch: number) => Iterable<Batch> | AsyncIterable<Batch>

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

/**
 * Batches of rows: the first axis of every array.
 *
 * @throws {@link ShapeError} when arrays differ in rows
 * @example
 * ```ts
 * const x = array([[1], [2], [3]])
 * const [first] = batches({ x }, { batchSize: 2, shuffle: false })(0)
 * first.x.shape // => [2, 1]
 * ```
 */
export function batches(arrays: Batch, options: BatchOptions): (epoch: number) => Iterable<Batch> {
  const { batchSize, shuffle = true, seed = 0, dropLast = false } = options
  const rows = rowCount(arrays)
  if (!Number.isInteger(batchSize) || batchSize < 1)
    throw new UsageError(`batches: option 'batchSize' must be a whole number from 1; received ${batchSize}.`)
  return function* (epoch) {
    const order = shuffle ? rng(seed).split('batches', epoch).permutation(rows) : undefined
    const end = dropLast ? rows - (rows % batchSize) : rows
    for (let start = 0; start < end; start += batchSize) {
      const stop = Math.min(end, start + batchSize)
      yield Object.fromEntries(
        Object.entries(arrays).map(([name, value]) => [name, taken(value, { start, stop, order })]),
      )
    }
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

interface Part {
  readonly start: number
  readonly stop: number
  readonly order: Int32Array | undefined
}

function taken({ dtype, shape, data }: NDArray, { start, stop, order }: Part): NDArray {
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

/** Asks for the next batch while the present one is used. */
export async function* prefetched(source: Iterable<Batch> | AsyncIterable<Batch>): AsyncGenerator<Batch> {
  if (Symbol.iterator in source) {
    yield* source
    return
  }
  const iterator = source[Symbol.asyncIterator]()
  // A failure must wait until its batch is asked for.
  const ask = (): Promise<IteratorResult<Batch>> => {
    const next = iterator.next()
    next.catch(() => undefined)
    return next
  }
  let coming = ask()
  try {
    for (;;) {
      const { value, done } = await coming
      if (done === true) return
      coming = ask()
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
